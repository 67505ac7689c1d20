using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Venues;

/// <summary>A venue under one operator in the window in which it is judged.</summary>
/// <param name="Venue">The venue.</param>
/// <param name="OperatorId">Who ran it on days of the window.</param>
/// <param name="IsCurrent">Whether that one runs it on the day.</param>
/// <param name="Window">The window.</param>
/// <param name="Day">The day whose policy is in force.</param>
/// <param name="Policy">The policy, or null where none is in force.</param>
internal sealed record VenueInWindow(
    VenueModel Venue, string OperatorId, bool IsCurrent, JudgingWindow Window, DateOnly Day, Policy? Policy)
{
    /// <summary>The day on which this operator took over last; a report counts for who ran it on its last day.
    /// </summary>
    public DateOnly OperatorFrom => Venue.Operators.Last(o => o.OperatorId == OperatorId).From;
}

/// <summary>
/// Makes the standings of venues from what they reported and the policies of their kinds. Source of the rule: halls
/// sell a least share of aid products, to rise step by step (地方馆、企业馆扶贫产品比例…逐步提高). Pure.
/// </summary>
internal static class VenueStandingsRule
{
    private sealed record Unit(string Judged, string Key, string Window);

    /// <summary>
    /// The windows in which venues are judged as of a day: each venue in the window of its own policy, or all in one.
    /// Venues that were in life on no day of the window are left out. Whoever ran a venue on one of the days has an
    /// entry of its own: a new operator does not inherit its predecessor's share.
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
            var window = asked
                ?? JudgingWindow.Of(PolicyOf(venue, policies, day)?.Window ?? ReportPeriodRule.Month, day);
            var judged = day < window.From ? window.From : day > window.Last ? window.Last : day;
            if (venue.OpenedOn > window.Last || venue.ClosedOn <= window.From)
            {
                continue;
            }

            var from = venue.OpenedOn > window.From ? venue.OpenedOn.Value : window.From;
            found.AddRange(venue.OperatorsIn(from < judged ? from : judged, judged).Select(operatorId => On(
                new VenueInWindow(venue, operatorId, operatorId == venue.OperatorOn(judged), window, judged, null),
                policies, judged)));
        }

        return found;
    }

    /// <summary>The same with the policy of a day.</summary>
    public static VenueInWindow On(VenueInWindow of, PolicyBook policies, DateOnly day) => of with
    {
        Day = day,
        Policy = policies.For(
            of.Venue.Kind, new PolicySubject(of.Venue.VenueId, of.OperatorId, of.Venue.PlaceCode), day),
    };

    /// <summary>The policy of a venue on a day, under whoever runs it then; null when none is in force.</summary>
    public static Policy? PolicyOf(VenueModel venue, PolicyBook policies, DateOnly day) => policies.For(
        venue.Kind, new PolicySubject(venue.VenueId, venue.OperatorOn(day), venue.PlaceCode), day);

    /// <summary>One row for each, in their order.</summary>
    /// <param name="venues">The venues in their windows.</param>
    /// <param name="sales">What each reported.</param>
    /// <param name="zone">The zone of the days.</param>
    /// <param name="now">The moment, for what is still provisional.</param>
    public static IReadOnlyList<VenueStandingRow> Judge(
        IReadOnlyList<VenueInWindow> venues, IReadOnlyList<VenueSales> sales, BusinessZone zone, DateTimeOffset now)
    {
        var of = venues.Select((v, i) => (In: v, Sales: sales[i], Unit: UnitOf(v))).ToList();
        var units = of.GroupBy(o => o.Unit).ToDictionary(
            g => g.Key,
            g => (Aid: g.Aggregate(0L, (sum, o) => checked(sum + o.Sales.AidFen)),
                Total: g.Aggregate(0L, (sum, o) => checked(sum + o.Sales.TotalFen))));
        return [.. of.Select(o => Row(
            o.In, o.Sales, (o.Unit.Judged, units[o.Unit].Aid, units[o.Unit].Total), zone, now))];
    }

    private static Unit UnitOf(VenueInWindow of) => of.Policy?.Judged switch
    {
        Judged.OperatorInCounty => new Unit("operatorInCounty",
            $"{of.Policy.Id}\n{of.Venue.Kind}\n{of.OperatorId}\n{of.Venue.PlaceCode}", of.Window.Name),
        Judged.County => new Unit(
            "county", $"{of.Policy.Id}\n{of.Venue.Kind}\n{of.Venue.PlaceCode}", of.Window.Name),
        _ => new Unit("venue", $"{of.Venue.VenueId}\n{of.OperatorId}", of.Window.Name),
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
            OperatorId = of.OperatorId,
            CurrentOperator = of.IsCurrent,
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
            DaysCovered = sales.DaysCovered,
            ReportedUntil = sales.ReportedUntil,
            NewestReportId = sales.NewestReportId,
        };
    }
}
