using KioskFleet.Service.Compliance;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Venues;

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
    /// <summary>The documents of venues that count in a window, by venue.</summary>
    public ILookup<string, VenueReport> OfVenues(JudgingWindow window)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare($"""
            SELECT r.venue_id, r.report_id, r.first_day, r.last_day, r.sign * r.aid_fen, r.sign * r.total_fen,
              r.reverses_id IS NULL AND {SalesReportTable.Stands}
            FROM sales_reports r WHERE r.venue_id IS NOT NULL AND r.last_day >= ?1 AND r.last_day < ?2
            """);
        query.Set(1, (long)window.FromNumber).Set(2, (long)window.ToNumber);
        var documents = new List<(string Venue, VenueReport Document)>();
        while (query.Next())
        {
            documents.Add((query.Text(0), new VenueReport(
                query.Long(1), DayText.Of(query.Long(2)), DayText.Of(query.Long(3)), query.Long(4), query.Long(5),
                query.Long(6) != 0)));
        }

        return documents.ToLookup(d => d.Venue, d => d.Document, StringComparer.Ordinal);
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
        using var query = connection.Prepare("SELECT min(first_day) FROM sales_reports");
        query.Next();
        return query.LongOrNull(0) is { } day ? DayText.Of(day) : null;
    }

    private List<ReportedSales> Sum(string sql, DateOnly from, DateOnly last)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare(sql);
        query.Set(1, DayText.Number(from)).Set(2, DayText.Number(last));
        var sums = new List<ReportedSales>();
        while (query.Next())
        {
            sums.Add(new ReportedSales(query.Text(0), query.Text(1), query.Long(2) != 0, query.Long(3), query.Long(4),
                query.Long(5), query.Long(6)));
        }

        return sums;
    }
}
