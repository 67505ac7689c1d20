namespace KioskFleet.Service.Venues;

/// <summary>One document of a venue as it counts: a report, or a counter-document with the period of the one that it
/// reverses.</summary>
/// <param name="ReportId">Its id.</param>
/// <param name="First">First day.</param>
/// <param name="Last">Last day, inside: it counts on it, whole.</param>
/// <param name="AidFen">Aid products, in fen; negative of a counter-document.</param>
/// <param name="TotalFen">All products, likewise.</param>
/// <param name="Stands">False of a counter-document, and of a report that was wholly taken back.</param>
internal sealed record VenueReport(
    long ReportId, DateOnly First, DateOnly Last, long AidFen, long TotalFen, bool Stands);

/// <summary>What a venue reported for a window. Amounts in fen, net of what counter-documents took back.</summary>
/// <param name="AidFen">Aid products.</param>
/// <param name="TotalFen">All products.</param>
/// <param name="Reports">Reports that still say something.</param>
/// <param name="NewestReportId">The newest document that counts in it, counter-documents included.</param>
/// <param name="DaysCovered">Days of the window that their periods cover.</param>
/// <param name="ReportedFrom">First of these days; null for none.</param>
/// <param name="ReportedUntil">Last of them; null for none.</param>
internal sealed record VenueSales(
    long AidFen, long TotalFen, int Reports, long NewestReportId, int DaysCovered, DateOnly? ReportedFrom,
    DateOnly? ReportedUntil)
{
    /// <summary>Nothing was reported.</summary>
    public static VenueSales None { get; } = new(0, 0, 0, 0, 0, null, null);

    /// <summary>Sums documents that count in a window. Pure.</summary>
    public static VenueSales Of(IEnumerable<VenueReport> documents, DateOnly windowFrom)
    {
        var (aid, total, reports, newest) = (0L, 0L, 0, 0L);
        var days = new SortedSet<DateOnly>();
        foreach (var document in documents)
        {
            aid = checked(aid + document.AidFen);
            total = checked(total + document.TotalFen);
            newest = Math.Max(newest, document.ReportId);
            if (document.Stands)
            {
                reports++;
                for (var day = document.First; day <= document.Last; day = day.AddDays(1))
                {
                    days.Add(day);
                }
            }
        }

        days.RemoveWhere(day => day < windowFrom);
        return new VenueSales(
            aid, total, reports, newest, days.Count, days.Count == 0 ? null : days.Min,
            days.Count == 0 ? null : days.Max);
    }
}
