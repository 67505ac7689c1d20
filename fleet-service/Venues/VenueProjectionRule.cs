using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Venues;

/// <summary>
/// Where a venue goes by the end of the window if it sells on as reported. Amounts in fen; null where there is too
/// little data. Judged by the policy that is in force on the window's last day as decided now.
/// </summary>
internal sealed record VenueProjectionShown
{
    /// <summary>Always <c>reported</c>: made from what was told by hand.</summary>
    public string Figures { get; init; } = "reported";

    /// <summary>False when too few days are reported, or the venue sells no more: then it counts as so far.</summary>
    public required bool EnoughData { get; init; }

    /// <summary>Aid sales.</summary>
    public required long? AidFen { get; init; }

    /// <summary>Ordinary sales.</summary>
    public required long? OrdinaryFen { get; init; }

    /// <summary>Both.</summary>
    public required long? TotalFen { get; init; }

    /// <summary>The share, rounded down.</summary>
    public required long? ShareBasisPoints { get; init; }

    /// <summary>The standing of what is judged, with the projections of others that are judged with it.</summary>
    public required Standing? Standing { get; init; }

    /// <summary>Smallest aid sales beyond the projected ones that would make the test true, in fen.</summary>
    public required long? ShortfallFen { get; init; }

    /// <summary>The policy on the window's last day.</summary>
    public required string? PolicyId { get; init; }

    /// <summary>Its version.</summary>
    public required int? PolicyVersion { get; init; }

    /// <summary>Its threshold on that day.</summary>
    public required int? ThresholdBasisPoints { get; init; }

    /// <summary>Reported days that it rests on.</summary>
    public required int DaysReported { get; init; }

    /// <summary>Days of the window from the first one in business.</summary>
    public required int DaysInAll { get; init; }

    /// <summary>Last reported day; null for none.</summary>
    public required DateOnly? ReportedUntil { get; init; }

    /// <summary>Reported days that are needed.</summary>
    public required int NeededDays { get; init; }
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
            ? row with { Projection = Shown(projected[i], sales[i], bases[i], venues[i].Window) }
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

    private static VenueProjectionShown Shown(
        VenueStandingRow row, VenueSales sales, Basis basis, JudgingWindow window) => new()
        {
            EnoughData = basis.IsEnough,
            AidFen = basis.IsEnough ? row.AidFen : null,
            OrdinaryFen = basis.IsEnough ? row.OrdinaryFen : null,
            TotalFen = basis.IsEnough ? row.TotalFen : null,
            ShareBasisPoints = basis.IsEnough ? row.ShareBasisPoints : null,
            Standing = basis.IsEnough ? row.Standing : null,
            ShortfallFen = basis.IsEnough ? row.ShortfallFen : null,
            PolicyId = row.PolicyId,
            PolicyVersion = row.PolicyVersion,
            ThresholdBasisPoints = row.ThresholdBasisPoints,
            DaysReported = sales.DaysCovered,
            DaysInAll = basis.DaysInAll,
            ReportedUntil = sales.ReportedUntil,
            NeededDays = ProjectionRule.NeededDays(window),
        };
}
