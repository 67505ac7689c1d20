using System.Globalization;
using KioskFleet.Protocol.Amounts;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Terminal;
using Spectre.Console;

namespace KioskFleet.Simulators.City;

/// <summary>Everything a finished run knows.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Truth">The planted truth.</param>
/// <param name="Run">How it went.</param>
/// <param name="Proof">Journals against ledger.</param>
/// <param name="Standings">Standings against truth.</param>
internal sealed record CityOutcome(
    CityPlan Plan, PlantedTruth Truth, LoadRunReport Run, EntryProofResult Proof, StandingsProofResult Standings)
{
    /// <summary>
    /// What else does not fit: reports that an agent refused, rows of the ledger that contradict each other.
    /// </summary>
    public IReadOnlyList<string> Other { get; init; } = [];

    /// <summary>Findings against what was planted; null where nobody brings the payment bills.</summary>
    public AccusationProof? Accusations { get; init; }
}

/// <summary>What a city load came to, as it is written to the result file. Amounts in fen.</summary>
internal sealed record CityResult
{
    /// <summary>Entries in the agents' journals.</summary>
    public required long Recorded { get; init; }

    /// <summary>Those of them that the ledger holds.</summary>
    public required long Committed { get; init; }

    /// <summary>Those of them that it does not hold.</summary>
    public required long Lost { get; init; }

    /// <summary>Entries, vends and refunds that are there or count twice.</summary>
    public required long Doubled { get; init; }

    /// <summary>Entries kept apart.</summary>
    public required long Quarantined { get; init; }

    /// <summary>Cabinets planted to breach, sorted.</summary>
    public required IReadOnlyList<string> PlantedBreaches { get; init; }

    /// <summary>Cabinets that the service found in breach, sorted.</summary>
    public required IReadOnlyList<string> FoundBreaches { get; init; }

    /// <summary>The counties as the service shows them.</summary>
    public required IReadOnlyList<CountyResult> Counties { get; init; }

    /// <summary>Of the service's accusations, the part that is true, 0 to 1; null when they were not judged.</summary>
    public decimal? Precision { get; init; }

    /// <summary>Of what was planted, the part that was found, 0 to 1; null when that was not judged.</summary>
    public decimal? Recall { get; init; }

    /// <summary>The accusations kind by kind; null when they were not judged.</summary>
    public AccusationScore? Accusations { get; init; }

    /// <summary>Why they were not judged; null when they were, or when nobody was to.</summary>
    public string? NotJudged { get; init; }

    /// <summary>True when everything above is as it must be.</summary>
    public required bool Proven { get; init; }

    /// <summary>Everything that does not fit, in words.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>What was sold.</summary>
    public required CityLoadResult Load { get; init; }

    /// <summary>How long it took.</summary>
    public required RunSpeed Speed { get; init; }

    /// <summary>Makes the result.</summary>
    public static CityResult Of(CityOutcome outcome)
    {
        var (plan, truth, run, proof, standings) = outcome;
        List<string> findings = [.. outcome.Other, .. proof.Findings, .. standings.Differences];
        var score = (outcome.Accusations as AccusationProof.Judged)?.Score;
        if (run.Undrained is { } undrained)
        {
            findings.Insert(0, undrained);
        }

        return new CityResult
        {
            Recorded = proof.Recorded,
            Committed = proof.Committed,
            Lost = proof.Lost,
            Doubled = proof.Doubled,
            Quarantined = proof.Quarantined,
            PlantedBreaches = standings.PlantedBreaches,
            FoundBreaches = standings.FoundBreaches,
            Counties = standings.Counties,
            Precision = score?.Precision,
            Recall = score?.Recall,
            Accusations = score,
            NotJudged = (outcome.Accusations as AccusationProof.NotJudged)?.Why,
            Proven = findings.Count == 0 && proof.Holds && standings.Holds
                && outcome.Accusations is not { Holds: false },
            Findings = [.. findings, .. outcome.Accusations?.Findings ?? []],
            Load = new CityLoadResult(
                plan.Options.Cabinets, plan.Options.Days, plan.Options.StartUtc, plan.Options.Seed,
                truth.Counts.Sales, truth.Counts.Refunds, truth.Counts.NonSales, truth.Counts.FailedVends,
                truth.Counts.UnknownDeliveries, truth.Counts.HiddenSales),
            Speed = RunSpeed.Of(run, proof.Recorded),
        };
    }

    /// <summary>Shows standings, proof and what does not fit.</summary>
    public void Show(IAnsiConsole console, CityOutcome outcome)
    {
        ResultScreen.WriteStandings(console, Counties);
        ResultScreen.WriteProof(console,
        [
            .. outcome.Proof.Lines,
            .. outcome.Standings.Lines,
            .. outcome.Accusations?.Lines ?? [],
            new ProofLine("other findings", Count(outcome.Other.Count), outcome.Other.Count == 0),
            new ProofLine(
                "total net of refunds, yuan", new Money(Counties.Sum(static c => c.TotalFen)).ToString(), null),
            new ProofLine("entries a second, fsynced", Count((long)Speed.EntriesPerSecond), null),
        ]);
        foreach (var finding in Findings.Take(ProofFindings.Most))
        {
            console.WriteLine(finding);
        }

        if (NotJudged is not null)
        {
            console.WriteLine($"Whether the planted breaches and staged sales are found was NOT JUDGED: {NotJudged}.");
        }

        console.WriteLine(Proven ? "The proof holds." : "THE PROOF FAILS.");
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>What was sold in a city load.</summary>
/// <param name="Cabinets">Cabinets.</param>
/// <param name="Days">Days.</param>
/// <param name="StartUtc">The first instant.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Sales">Sales.</param>
/// <param name="Refunds">Refunds.</param>
/// <param name="NonSales">Goods that left without a sale.</param>
/// <param name="FailedVends">Failed vends.</param>
/// <param name="UnknownDeliveries">Unknown deliveries.</param>
/// <param name="HiddenSales">Sales of which no agent was told.</param>
internal sealed record CityLoadResult(
    int Cabinets, int Days, DateTimeOffset StartUtc, ulong Seed, long Sales, long Refunds, long NonSales,
    long FailedVends, long UnknownDeliveries, long HiddenSales);
