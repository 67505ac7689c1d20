using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Venues;

/// <summary>Where a venue goes by the end of the window if it sells on as reported.</summary>
internal sealed record VenueProjectionShown : ProjectedFigures
{
    /// <inheritdoc/>
    public VenueProjectionShown(JudgedFigures atEnd, bool isEnough, JudgingWindow window)
        : base(atEnd, isEnough, window)
    {
    }

    /// <summary>Always <c>reported</c>: made from what was told by hand.</summary>
    public string Figures { get; init; } = "reported";

    /// <summary>Reported days that it rests on.</summary>
    public required int DaysReported { get; init; }

    /// <summary>Days of the window from the first one in business.</summary>
    public required int DaysInAll { get; init; }

    /// <summary>Last reported day; null for none.</summary>
    public required DateOnly? ReportedUntil { get; init; }
}

/// <summary>
/// Projects venues to the end of their windows as <see cref="ProjectionRule"/> does cabinets, from reported days in the
/// place of complete ones: amount of the reported days × days of the window in business ÷ number of reported days, half
/// up, aid and ordinary each by itself. An operator before the present one, and a venue that is not open, count with
/// what they sold so far. Pure.
/// </summary>
internal static class VenueProjectionRule
{
    private readonly record struct Basis(int DaysInAll, bool IsEnough);

    /// <summary>The rows with their projections; none where the window is over, rolls on, or is yet to begin.</summary>
    /// <param name="rows">The rows, one for each of the venues.</param>
    /// <param name="venues">The venues in their windows as of today.</param>
    /// <param name="sales">What each reported, likewise.</param>
    /// <param name="by">The policies, and the zone of the days.</param>
    /// <param name="now">The moment and its business day.</param>
    public static IReadOnlyList<VenueStandingRow> Add(
        IReadOnlyList<VenueStandingRow> rows, IReadOnlyList<VenueInWindow> venues, IReadOnlyList<VenueSales> sales,
        (PolicyBook Policies, BusinessZone Zone) by, (DateTimeOffset Moment, DateOnly Day) now)
    {
        var asked = new AskedMoment(now.Day, null, false);
        var bases = venues.Select((v, i) => BasisOf(v, sales[i], now.Day)).ToList();
        var atEnd = venues.Select(v => VenueStandingsRule.On(v, by.Policies, v.Window.Last)).ToList();
        var projected = VenueStandingsRule.Judge(
            atEnd, [.. sales.Select((s, i) => bases[i].IsEnough ? Projected(s, bases[i]) : s)], by.Zone, now.Moment);
        return [.. rows.Select((row, i) => ProjectionRule.IsOpen(venues[i].Window, asked)
            ? row with
            {
                Projection = new VenueProjectionShown(projected[i], bases[i].IsEnough, venues[i].Window)
                {
                    DaysReported = sales[i].DaysCovered,
                    DaysInAll = bases[i].DaysInAll,
                    ReportedUntil = sales[i].ReportedUntil,
                },
            }
            : row)];
    }

    private static Basis BasisOf(VenueInWindow of, VenueSales sales, DateOnly today)
    {
        var began = new[] { of.Venue.OpenedOn!.Value, of.OperatorFrom, of.Window.From }.Max();
        var first = sales.ReportedFrom < began ? sales.ReportedFrom.Value : began;
        return new Basis(
            Math.Max(of.Window.To.DayNumber - first.DayNumber, 1),
            of.IsCurrent && of.Venue.LifeOn(today) == VenueLife.Open
                && sales.DaysCovered >= ProjectionRule.NeededDays(of.Window));
    }

    private static VenueSales Projected(VenueSales sales, Basis basis)
    {
        var aid = ProjectionRule.Project(sales.AidFen, basis.DaysInAll, sales.DaysCovered);
        var ordinary = ProjectionRule.Project(
            sales.TotalFen - sales.AidFen, basis.DaysInAll, sales.DaysCovered);
        return sales with { AidFen = aid, TotalFen = checked(aid + ordinary) };
    }
}
