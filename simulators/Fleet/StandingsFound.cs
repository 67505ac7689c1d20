using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Fleet;

/// <summary>What the fleet service says about one month.</summary>
/// <param name="Month">The month.</param>
/// <param name="Breaches">Cabinets of the load in breach, sorted.</param>
/// <param name="Counties">The load's counties, by the service's standings and totals.</param>
internal sealed record StandingsFound(
    BusinessMonth Month, IReadOnlyList<string> Breaches, IReadOnlyList<ApiCountyTotals> Counties)
{
    /// <summary>Asks a service whose fleet is the load alone, its own county totals included.</summary>
    public static async Task<StandingsFound> AskAsync(FleetApi api, BusinessMonth month, CancellationToken cancel)
    {
        var standings = await api.StandingsAsync(month.ToString(), cancel);
        return new StandingsFound(month, BreachesOf(standings), await api.TotalsAsync(month.ToString(), cancel));
    }

    /// <summary>Asks a service that has other cabinets too: only standings of the load's are looked at.</summary>
    public static async Task<StandingsFound> AskAsync(
        FleetApi api, BusinessMonth month, IReadOnlySet<string> cabinets, CancellationToken cancel)
    {
        var standings = (await api.StandingsAsync(month.ToString(), cancel))
            .Where(row => cabinets.Contains(row.CabinetId))
            .ToList();
        var counties = standings.GroupBy(static row => row.CountyCode).Select(static county => new ApiCountyTotals
        {
            Code = county.Key,
            Cabinets = county.Count(),
            AidFen = county.Sum(static row => row.AidFen),
            TotalFen = county.Sum(static row => row.TotalFen),
            NoData = county.Count(static row => row.Standing == "noData"),
            Compliant = county.Count(static row => row.Standing == "compliant"),
            AtRisk = county.Count(static row => row.Standing == "atRisk"),
            Breach = county.Count(static row => row.Standing == "breach"),
        });
        return new StandingsFound(month, BreachesOf(standings), [.. counties]);
    }

    private static List<string> BreachesOf(IEnumerable<ApiStanding> standings) =>
    [
        .. standings.Where(static row => row.CurrentOperator && row.Standing == "breach")
            .Select(static row => row.CabinetId)
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];
}
