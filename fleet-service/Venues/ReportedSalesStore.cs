using KioskFleet.Service.Compliance;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Venues;

/// <summary>What a venue reported for a window. Amounts in fen, net of what counter-documents took back.</summary>
/// <param name="AidFen">Aid products.</param>
/// <param name="TotalFen">All products.</param>
/// <param name="Reports">Reports that still say something.</param>
/// <param name="AcrossEdge">Those of them whose period begins before the window.</param>
/// <param name="NewestReportId">The newest document that counts in it, counter-documents included.</param>
/// <param name="DaysCovered">Days of the window that their periods cover.</param>
/// <param name="DaysTwice">Those of them that two periods or more cover, each time more counted again.</param>
/// <param name="ReportedUntil">Last day that they cover; null for none.</param>
internal sealed record VenueSales(
    long AidFen, long TotalFen, int Reports, int AcrossEdge, long NewestReportId, int DaysCovered, int DaysTwice,
    DateOnly? ReportedUntil)
{
    /// <summary>Nothing was reported.</summary>
    public static VenueSales None { get; } = new(0, 0, 0, 0, 0, 0, 0, null);
}

/// <summary>What was reported under one channel in one place. Amounts in fen, net likewise.</summary>
/// <param name="Channel">The counting channel, or a tag.</param>
/// <param name="PlaceCode">The city or one of its counties.</param>
/// <param name="IsOutsideCity">Whether it was sold to buyers elsewhere.</param>
/// <param name="AidFen">Aid products.</param>
/// <param name="TotalFen">All products.</param>
/// <param name="RecognisedFen">Aid recognised by the city.</param>
/// <param name="UnstatedFen">Aid of which nobody said who recognised it.</param>
internal sealed record ReportedSales(
    string Channel, string PlaceCode, bool IsOutsideCity, long AidFen, long TotalFen, long RecognisedFen,
    long UnstatedFen);

/// <summary>
/// Sums what was reported by hand. A report counts on the last day of its period, whole, so that every sum of windows
/// is the sum of the reports. Thread-safe.
/// </summary>
internal sealed class ReportedSalesStore(FleetDatabase database)
{
    /// <summary>What venues reported for a window, by venue.</summary>
    public IReadOnlyDictionary<string, VenueSales> OfVenues(JudgingWindow window)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginTransaction(deferred: true);
        var periods = Periods(connection, window);
        using var query = new Statement(connection, """
            SELECT venue_id, sum(sign * aid_fen), sum(sign * total_fen), max(report_id) FROM sales_reports
            WHERE venue_id IS NOT NULL AND last_day >= ?1 AND last_day < ?2 GROUP BY venue_id
            """);
        query.Set(1, (long)window.FromNumber).Set(2, (long)window.ToNumber);
        var sums = new Dictionary<string, VenueSales>(StringComparer.Ordinal);
        while (query.Next())
        {
            var own = periods[query.Text(0)].ToList();
            var (days, twice) = Covered(own, window);
            sums[query.Text(0)] = new VenueSales(
                query.Long(1), query.Long(2), own.Count, own.Count(p => p.First < window.From), query.Long(3),
                days, twice, own.Count == 0 ? null : own.Max(p => p.Last));
        }

        return sums;
    }

    /// <summary>What was reported from one day up to another, both inside, by channel and place.</summary>
    public IReadOnlyList<ReportedSales> ByChannel(DateOnly from, DateOnly last) => Sum("""
        SELECT channel, place_code, is_outside_city, sum(sign * aid_fen), sum(sign * total_fen),
          sum(sign * recognised_fen), sum(sign * unstated_fen)
        FROM sales_reports WHERE last_day BETWEEN ?1 AND ?2
        GROUP BY channel, place_code, is_outside_city ORDER BY channel, place_code, is_outside_city
        """, from, last);

    /// <summary>The same by tag: a report with several tags is in each of them, so tags are never added up.</summary>
    public IReadOnlyList<ReportedSales> ByTag(DateOnly from, DateOnly last) => Sum("""
        SELECT t.channel, r.place_code, r.is_outside_city, sum(r.sign * r.aid_fen), sum(r.sign * r.total_fen),
          sum(r.sign * r.recognised_fen), sum(r.sign * r.unstated_fen)
        FROM sales_reports r JOIN sales_report_tags t USING (report_id) WHERE r.last_day BETWEEN ?1 AND ?2
        GROUP BY t.channel, r.place_code, r.is_outside_city ORDER BY t.channel, r.place_code, r.is_outside_city
        """, from, last);

    /// <summary>The first day of all reports; null before any.</summary>
    public DateOnly? FirstDay()
    {
        using var connection = database.OpenReader();
        using var query = new Statement(connection, "SELECT min(first_day) FROM sales_reports");
        query.Next();
        return query.LongOrNull(0) is { } day ? DayText.Of(day) : null;
    }

    private List<ReportedSales> Sum(string sql, DateOnly from, DateOnly last)
    {
        using var connection = database.OpenReader();
        using var query = new Statement(connection, sql);
        query.Set(1, DayText.Number(from)).Set(2, DayText.Number(last));
        var sums = new List<ReportedSales>();
        while (query.Next())
        {
            sums.Add(new ReportedSales(query.Text(0), query.Text(1), query.Long(2) != 0, query.Long(3), query.Long(4),
                query.Long(5), query.Long(6)));
        }

        return sums;
    }

    /// <summary>Periods of the reports that were not wholly taken back.</summary>
    private static ILookup<string, (DateOnly First, DateOnly Last)> Periods(
        SqliteConnection connection, JudgingWindow window)
    {
        using var query = new Statement(connection, """
            SELECT r.venue_id, r.first_day, r.last_day FROM sales_reports r
            WHERE r.venue_id IS NOT NULL AND r.reverses_id IS NULL AND r.last_day >= ?1 AND r.last_day < ?2
              AND (r.total_fen = 0 OR r.total_fen >
                (SELECT coalesce(sum(c.total_fen), 0) FROM sales_reports c WHERE c.reverses_id = r.report_id))
            """);
        query.Set(1, (long)window.FromNumber).Set(2, (long)window.ToNumber);
        var periods = new List<(string Venue, DateOnly First, DateOnly Last)>();
        while (query.Next())
        {
            periods.Add((query.Text(0), DayText.Of(query.Long(1)), DayText.Of(query.Long(2))));
        }

        return periods.ToLookup(p => p.Venue, p => (p.First, p.Last), StringComparer.Ordinal);
    }

    private static (int Days, int Twice) Covered(
        IEnumerable<(DateOnly First, DateOnly Last)> periods, JudgingWindow window)
    {
        var (days, all, until) = (0, 0, window.From.DayNumber - 1);
        foreach (var (first, last) in periods.OrderBy(p => p.First))
        {
            all += last.DayNumber - Math.Max(first.DayNumber, window.From.DayNumber) + 1;
            days += Math.Max(0, last.DayNumber - Math.Max(first.DayNumber, until + 1) + 1);
            until = Math.Max(until, last.DayNumber);
        }

        return (days, all - days);
    }
}
