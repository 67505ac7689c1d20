using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Venues;

/// <summary>A venue in the window in which it is judged.</summary>
/// <param name="Venue">The venue.</param>
/// <param name="Window">The window.</param>
/// <param name="Day">The day whose policy is in force.</param>
/// <param name="Policy">The policy, or null where none is in force.</param>
internal sealed record VenueInWindow(VenueModel Venue, JudgingWindow Window, DateOnly Day, Policy? Policy);

/// <summary>
/// Makes the standings of venues from what they reported and the policies of their kinds. Source of the rule: halls
/// sell a least share of aid products, to rise step by step (地方馆、企业馆扶贫产品比例…逐步提高). Pure.
/// </summary>
internal static class VenueStandingsRule
{
    private const string Month = "month";

    private sealed record Unit(string Judged, string Key, string Window);

    /// <summary>
    /// The windows in which venues are judged as of a day: each venue in the window of its own policy, or all in one.
    /// Venues that were in life on no day of the window are left out.
    /// </summary>
    /// <param name="venues">All venues.</param>
    /// <param name="policies">The policies.</param>
    /// <param name="day">The day.</param>
    /// <param name="asked">One window for all, or null.</param>
    public static IReadOnlyList<VenueInWindow> Windows(
        IEnumerable<VenueModel> venues, PolicyBook policies, DateOnly day, JudgingWindow? asked)
    {
        var found = new List<VenueInWindow>();
        foreach (var venue in venues.Where(v => v.OpenedOn is not null))
        {
            var window = asked ?? JudgingWindow.Of(PolicyOf(venue, policies, day)?.Window ?? Month, day);
            var judged = day < window.From ? window.From : day > window.Last ? window.Last : day;
            if (venue.OpenedOn <= window.Last && !(venue.ClosedOn <= window.From))
            {
                found.Add(new VenueInWindow(venue, window, judged, PolicyOf(venue, policies, judged)));
            }
        }

        return found;
    }

    /// <summary>One row per venue, in their order.</summary>
    /// <param name="venues">The venues in their windows.</param>
    /// <param name="sales">What was reported, by venue and the window's name.</param>
    /// <param name="zone">The zone of the days.</param>
    /// <param name="now">The moment, for what is still provisional.</param>
    public static IReadOnlyList<VenueStandingRow> Judge(
        IReadOnlyList<VenueInWindow> venues, Func<string, JudgingWindow, VenueSales> sales, BusinessZone zone,
        DateTimeOffset now)
    {
        var of = venues.Select(v => (In: v, Sales: sales(v.Venue.VenueId, v.Window), Unit: UnitOf(v))).ToList();
        var units = of.GroupBy(o => o.Unit).ToDictionary(
            g => g.Key,
            g => (Aid: g.Aggregate(0L, (sum, o) => checked(sum + o.Sales.AidFen)),
                Total: g.Aggregate(0L, (sum, o) => checked(sum + o.Sales.TotalFen))));
        return [.. of.Select(o => Row(
            o.In, o.Sales, (o.Unit.Judged, units[o.Unit].Aid, units[o.Unit].Total), zone, now))];
    }

    private static Policy? PolicyOf(VenueModel venue, PolicyBook policies, DateOnly day) =>
        policies.For(venue.Kind, new PolicySubject(venue.VenueId, venue.OperatorId, venue.PlaceCode), day);

    private static Unit UnitOf(VenueInWindow of) => of.Policy?.Judged switch
    {
        Judged.OperatorInCounty => new Unit("operatorInCounty",
            $"{of.Policy.Id}\n{of.Venue.Kind}\n{of.Venue.OperatorId}\n{of.Venue.PlaceCode}", of.Window.Name),
        Judged.County => new Unit(
            "county", $"{of.Policy.Id}\n{of.Venue.Kind}\n{of.Venue.PlaceCode}", of.Window.Name),
        _ => new Unit("venue", of.Venue.VenueId, of.Window.Name),
    };

    private static VenueStandingRow Row(
        VenueInWindow of, VenueSales sales, (string Judged, long AidFen, long TotalFen) unit, BusinessZone zone,
        DateTimeOffset now)
    {
        var threshold = of.Policy?.ThresholdOn(of.Day);
        var final = DateTimeOffset.FromUnixTimeMilliseconds(zone.StartOfUtcMs(of.Window.To))
            .AddDays(of.Policy?.ProvisionalDays ?? 0);
        return new VenueStandingRow
        {
            VenueId = of.Venue.VenueId,
            Name = of.Venue.Name,
            Kind = of.Venue.Kind,
            Presence = of.Venue.Presence,
            County = of.Venue.PlaceCode,
            OperatorId = of.Venue.OperatorId,
            Window = new ShownWindow(of.Window.Name, of.Window.From, of.Window.To, zone.Id),
            Standing = of.Policy is not { } policy ? Standing.NoData : AidShareRule.Judge(
                unit.AidFen, unit.TotalFen, threshold!.Value, policy.WarningMarginBasisPoints,
                policy.MinimumTurnoverFen),
            AidFen = sales.AidFen,
            OrdinaryFen = sales.TotalFen - sales.AidFen,
            TotalFen = sales.TotalFen,
            ShareBasisPoints = AidShareRule.ShareBasisPoints(sales.AidFen, sales.TotalFen),
            Judged = unit.Judged,
            JudgedAidFen = unit.AidFen,
            JudgedTotalFen = unit.TotalFen,
            HeadroomFen = threshold is { } least
                ? AidShareRule.HeadroomFen(unit.AidFen, unit.TotalFen, least) : null,
            ShortfallFen = threshold is { } floor
                ? AidShareRule.ShortfallFen(unit.AidFen, unit.TotalFen, floor) : null,
            PolicyId = of.Policy?.Id,
            PolicyVersion = of.Policy?.Version,
            ThresholdBasisPoints = threshold,
            Provisional = now < final,
            FinalFromUtc = final,
            Reports = sales.Reports,
            ReportsAcrossEdge = sales.AcrossEdge,
            DaysCovered = sales.DaysCovered,
            DaysReportedTwice = sales.DaysTwice,
            ReportedUntil = sales.ReportedUntil,
            NewestReportId = sales.NewestReportId,
        };
    }
}
