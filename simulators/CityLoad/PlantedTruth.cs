using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// What a fleet service must find after a load: counted from the emitted events, month by month. Immutable.
/// </summary>
internal sealed class PlantedTruth
{
    private PlantedTruth(CityPlan plan, EventCounts counts, IReadOnlyList<CabinetTruth> cabinets)
    {
        Counts = counts;
        Cabinets = cabinets;
        Months = [.. MonthsOf(plan.Options).Select(month => MonthTruth.Of(plan, month, cabinets))];
    }

    /// <summary>How many events of each kind.</summary>
    public EventCounts Counts { get; }

    /// <summary>Each cabinet by id, with its months.</summary>
    public IReadOnlyList<CabinetTruth> Cabinets { get; }

    /// <summary>The months that the load touches, ascending.</summary>
    public IReadOnlyList<MonthTruth> Months { get; }

    /// <summary>The cabinets that are in breach in any month, sorted by id.</summary>
    public IReadOnlyList<CabinetId> Breaches =>
        [.. Months.SelectMany(static month => month.Breaches).Distinct().Order()];

    /// <summary>Counts a plan's events; takes as long as generating them once.</summary>
    public static PlantedTruth Compute(CityPlan plan)
    {
        var counts = default(EventCounts);
        var cabinets = new List<CabinetTruth>();
        foreach (var cabinet in plan.Cabinets)
        {
            var tally = new TruthTally(plan.Products.Catalogue);
            foreach (var happening in CityStream.Of(plan, cabinet))
            {
                tally.Observe(happening);
            }

            counts += tally.Counts;
            cabinets.Add(new CabinetTruth(cabinet, tally.Counts, tally.Windows));
        }

        return new PlantedTruth(plan, counts, cabinets);
    }

    private static IEnumerable<BusinessMonth> MonthsOf(CityPlanOptions options)
    {
        for (var month = BusinessMonth.Of(options.StartUtc); month.StartUtc < options.EndUtc;)
        {
            yield return month;
            month = BusinessMonth.Of(month.EndUtc);
        }
    }
}

/// <summary>What is true of one cabinet.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Counts">Its events.</param>
/// <param name="Windows">Its months with money in them.</param>
internal sealed record CabinetTruth(
    PlannedCabinet Cabinet, EventCounts Counts, IReadOnlyDictionary<BusinessMonth, WindowSums> Windows)
{
    /// <summary>The sums of a month; zero where nothing was sold.</summary>
    public WindowSums In(BusinessMonth month) => Windows.TryGetValue(month, out var sums) ? sums : default;
}

/// <summary>What is true of one month.</summary>
/// <param name="Month">The month.</param>
/// <param name="Breaches">The cabinets in breach, sorted by id.</param>
/// <param name="Counties">Each county in the order of the plan.</param>
internal sealed record MonthTruth(
    BusinessMonth Month, IReadOnlyList<CabinetId> Breaches, IReadOnlyList<CountyTruth> Counties)
{
    /// <summary>Sums a month up.</summary>
    internal static MonthTruth Of(CityPlan plan, BusinessMonth month, IReadOnlyList<CabinetTruth> cabinets)
    {
        var (threshold, margin) = (plan.Options.ThresholdBasisPoints, plan.Options.WarningMarginBasisPoints);
        var judged = cabinets
            .Select(cabinet => (cabinet.Cabinet, Sums: cabinet.In(month)))
            .Select(entry => (entry.Cabinet, entry.Sums, Standing: entry.Sums.Judge(threshold, margin)))
            .ToLookup(static entry => entry.Cabinet.County.Code);
        var breaches = judged.SelectMany(static county => county)
            .Where(static entry => entry.Standing == ExpectedStanding.Breach)
            .Select(static entry => entry.Cabinet.Id)
            .Order();
        var counties = plan.Counties.Select(county => new CountyTruth
        {
            County = county,
            Cabinets = judged[county.Code].Count(),
            Sums = judged[county.Code].Aggregate(default(WindowSums), static (sum, entry) => sum + entry.Sums),
            Standings = judged[county.Code]
                .GroupBy(static entry => entry.Standing)
                .ToDictionary(static group => group.Key, static group => group.Count()),
        });
        return new MonthTruth(month, [.. breaches], [.. counties]);
    }
}

/// <summary>What is true of one county in one month.</summary>
internal sealed record CountyTruth
{
    /// <summary>The county.</summary>
    public required PlannedCounty County { get; init; }

    /// <summary>Its cabinets.</summary>
    public required int Cabinets { get; init; }

    /// <summary>Its money, net of refunds by the month of the sale.</summary>
    public required WindowSums Sums { get; init; }

    /// <summary>Cabinets per standing; a standing without any is absent.</summary>
    public required IReadOnlyDictionary<ExpectedStanding, int> Standings { get; init; }

    /// <summary>Cabinets in the standing.</summary>
    public int In(ExpectedStanding standing) => Standings.GetValueOrDefault(standing);
}
