using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Fleet;

/// <summary>What the comparison of standings with the planted truth came to.</summary>
internal sealed record StandingsProofResult
{
    /// <summary>Cabinets planted to breach in some month, sorted.</summary>
    public required IReadOnlyList<string> PlantedBreaches { get; init; }

    /// <summary>Cabinets that the service found in breach in some month, sorted.</summary>
    public required IReadOnlyList<string> FoundBreaches { get; init; }

    /// <summary>
    /// The counties as the service shows them: amounts of all months of the load, standings of the last one.
    /// </summary>
    public required IReadOnlyList<CountyResult> Counties { get; init; }

    /// <summary>Everything that differs from the truth, in words.</summary>
    public required IReadOnlyList<string> Differences { get; init; }

    /// <summary>True when nothing differs.</summary>
    public bool Holds => Differences.Count == 0;

    /// <summary>The lines of the proof on the screen.</summary>
    public IEnumerable<ProofLine> Lines =>
    [
        new("breaches planted", $"{PlantedBreaches.Count}", null),
        new("breaches found", $"{FoundBreaches.Count}", PlantedBreaches.SequenceEqual(FoundBreaches)),
        new("differences to the planted truth", $"{Differences.Count}", Holds),
    ];
}

/// <summary>
/// Compares what a fleet service found with the truth that was planted, month by month and county by county, to the
/// fen. Pure.
/// </summary>
internal static class StandingsProof
{
    /// <summary>Compares.</summary>
    /// <param name="truth">The truth.</param>
    /// <param name="found">What the service says of each month of the truth, in the same order.</param>
    public static StandingsProofResult Run(PlantedTruth truth, IReadOnlyList<StandingsFound> found)
    {
        var differences = new List<string>();
        foreach (var (month, answer) in truth.Months.Zip(found))
        {
            Compare(month, answer, differences);
        }

        return new StandingsProofResult
        {
            PlantedBreaches = [.. truth.Breaches.Select(static id => id.Value)],
            FoundBreaches =
                [.. found.SelectMany(static month => month.Breaches).Distinct().Order(StringComparer.Ordinal)],
            Counties = [.. truth.Months[^1].Counties.Select(county => Sum(county.County, found))],
            Differences = differences,
        };
    }

    private static void Compare(MonthTruth month, StandingsFound found, List<string> differences)
    {
        var planted = month.Breaches.Select(static id => id.Value).ToList();
        differences.AddRange(planted.Except(found.Breaches).Select(id => $"{month.Month} {id} breaches, not found"));
        differences.AddRange(found.Breaches.Except(planted).Select(id => $"{month.Month} {id} found, does not breach"));
        foreach (var county in month.Counties)
        {
            // A county without cabinets of the load may be missing; its truth is all zero.
            var row = found.Counties.FirstOrDefault(row => row.Code == county.County.Code.Value)
                ?? new ApiCountyTotals { Code = county.County.Code.Value };
            (string Name, long Truth, long Found)[] figures =
            [
                ("cabinets", county.Cabinets, row.Cabinets),
                ("aid fen", county.Sums.AidFen, row.AidFen),
                ("total fen", county.Sums.TotalFen, row.TotalFen),
                ("compliant", county.In(ExpectedStanding.Compliant), row.Compliant),
                ("at risk", county.In(ExpectedStanding.AtRisk), row.AtRisk),
                ("breach", county.In(ExpectedStanding.Breach), row.Breach),
                ("no data", county.In(ExpectedStanding.NoData), row.NoData),
            ];
            differences.AddRange(figures.Where(static figure => figure.Truth != figure.Found).Select(figure =>
                $"{month.Month} {county.County.Name}: {figure.Name} {figure.Found}, in truth {figure.Truth}"));
        }
    }

    private static CountyResult Sum(PlannedCounty county, IReadOnlyList<StandingsFound> found)
    {
        var rows = found.Select(month => month.Counties.FirstOrDefault(row => row.Code == county.Code.Value))
            .OfType<ApiCountyTotals>()
            .ToList();
        var last = rows.LastOrDefault() ?? new ApiCountyTotals { Code = county.Code.Value };
        return new CountyResult
        {
            Code = county.Code.Value,
            Name = county.Name,
            Cabinets = last.Cabinets,
            AidFen = rows.Sum(static row => row.AidFen),
            TotalFen = rows.Sum(static row => row.TotalFen),
            Compliant = last.Compliant,
            AtRisk = last.AtRisk,
            Breach = last.Breach,
            NoData = last.NoData,
        };
    }
}
