using System.Globalization;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Terminal;
using Spectre.Console;

namespace KioskFleet.Simulators.Outage;

/// <summary>What was measured from the return on. Times in seconds from the return; null: not within the run.</summary>
internal sealed record OutageFigures
{
    /// <summary>Entries that came back uncommitted.</summary>
    public required long ReturnedEntries { get; init; }

    /// <summary>When the last cabinet made its first try.</summary>
    public required double LastTrySeconds { get; init; }

    /// <summary>Until every cabinet had connected.</summary>
    public required double? ConnectedSeconds { get; init; }

    /// <summary>Until the service showed every cabinet's newest state.</summary>
    public required double? ShownSeconds { get; init; }

    /// <summary>Until everything was receipted as committed.</summary>
    public required double? DrainedSeconds { get; init; }

    /// <summary>Cabinets whose own sums were shown before their backlog was committed.</summary>
    public required int ShownBeforeCommitted { get; init; }

    /// <summary>Longest time from a healthy cabinet's batch to its receipt.</summary>
    public required double HealthyPauseSeconds { get; init; }

    /// <summary>Longest time from a healthy cabinet's sale to the receipt that commits it.</summary>
    public required double HealthyWaitSeconds { get; init; }

    /// <summary>Receipts of healthy cabinets meanwhile.</summary>
    public required long HealthyReceipts { get; init; }

    /// <summary>Longest time from a healthy cabinet's batch to its receipt while nobody returned.</summary>
    public double QuietPauseSeconds { get; init; }

    /// <summary>The service's most memory before the return, in MiB.</summary>
    public required double MemoryBeforeMiB { get; init; }

    /// <summary>The service's most memory over its whole life, in MiB.</summary>
    public double PeakMiB { get; init; }
}

/// <summary>What the return of a city came to, as it is written to the result file.</summary>
internal sealed record OutageResult
{
    /// <summary>Cabinets that came back.</summary>
    public required int Cabinets { get; init; }

    /// <summary>Cabinets that were never away.</summary>
    public required int Healthy { get; init; }

    /// <summary>How long the others were away, in days.</summary>
    public required double OutageDays { get; init; }

    /// <summary>True when all tried within one second.</summary>
    public required bool AtOnce { get; init; }

    /// <summary>The seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The measurements.</summary>
    public required OutageFigures Figures { get; init; }

    /// <summary>Entries committed a second from the return until all were.</summary>
    public required double EntriesPerSecond { get; init; }

    /// <summary>Tries to connect that failed.</summary>
    public required long RefusedConnects { get; init; }

    /// <summary>Links that broke or answered nothing.</summary>
    public required long BrokenLinks { get; init; }

    /// <summary>Receipts that asked for a pause.</summary>
    public required long PacedReceipts { get; init; }

    /// <summary>The longest pause that a receipt asked for, in seconds.</summary>
    public required double LongestPaceSeconds { get; init; }

    /// <summary>Refusals by their reason.</summary>
    public required IReadOnlyDictionary<string, long> Refusals { get; init; }

    /// <summary>Entries recorded.</summary>
    public required long Recorded { get; init; }

    /// <summary>Those that the ledger holds.</summary>
    public required long Committed { get; init; }

    /// <summary>Those that it does not.</summary>
    public required long Lost { get; init; }

    /// <summary>Those that it holds or counts twice.</summary>
    public required long Doubled { get; init; }

    /// <summary>True when all limits and the proof hold.</summary>
    public required bool Proven { get; init; }

    /// <summary>What does not fit between journals and ledger.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>Processors of this machine.</summary>
    public int Processors { get; init; } = Environment.ProcessorCount;

    /// <summary>Makes the result.</summary>
    public static OutageResult Of(
        OutageOptions options, OutageFigures figures, LinkTally tally, EntryProofResult proof) => new()
    {
        Cabinets = options.Cabinets,
        Healthy = options.Healthy,
        OutageDays = options.Outage.TotalDays,
        AtOnce = options.IsAtOnce,
        Seed = options.Seed,
        Figures = figures,
        EntriesPerSecond = figures.DrainedSeconds is > 0 and { } seconds
            ? Math.Round(figures.ReturnedEntries / seconds)
            : 0,
        RefusedConnects = tally.RefusedConnects,
        BrokenLinks = tally.BrokenLinks + tally.UnansweredLinks,
        PacedReceipts = tally.PacedReceipts,
        LongestPaceSeconds = tally.LongestPaceMs / 1_000.0,
        Refusals = tally.Refusals,
        Recorded = proof.Recorded,
        Committed = proof.Committed,
        Lost = proof.Lost,
        Doubled = proof.Doubled,
        Proven = proof.Holds && Lines(figures).All(static line => line.Holds != false),
        Findings = proof.Findings,
    };

    /// <summary>Shows it.</summary>
    public void Show(IAnsiConsole console)
    {
        ResultScreen.WriteProof(console,
        [
            .. Lines(Figures),
            Line("entries committed a second", EntriesPerSecond, "", null),
            Line("links refused or broken", RefusedConnects + BrokenLinks, "", null),
            Line("receipts that asked for a pause", PacedReceipts, "", null),
            Line("longest pause asked for", LongestPaceSeconds, "s", null),
            Line("entries recorded", Recorded, "", null),
            Line("lost", Lost, "", Lost == 0),
            Line("doubled", Doubled, "", Doubled == 0),
            new ProofLine("journals equal the ledger", Findings.Count == 0 ? "yes" : "no", Findings.Count == 0),
        ]);
        foreach (var finding in Findings)
        {
            console.WriteLine(finding);
        }

        console.WriteLine(Proven ? "The proof holds." : "THE PROOF FAILS.");
    }

    /// <summary>The figures beside their limits.</summary>
    internal static IEnumerable<ProofLine> Lines(OutageFigures figures) =>
    [
        Line("entries that came back", figures.ReturnedEntries, "", null),
        Line("last cabinet's first try", figures.LastTrySeconds, "s", null),
        Line("every cabinet connected", figures.ConnectedSeconds, "s", null),
        Line("every cabinet's newest state shown", figures.ShownSeconds, "s",
            figures.ShownSeconds <= OutageLimits.ShownSeconds),
        Line("of them while their backlog waited", figures.ShownBeforeCommitted, "", null),
        Line("backlog drained", figures.DrainedSeconds, "s", figures.DrainedSeconds is not null),
        Line("service's memory before the return", figures.MemoryBeforeMiB, "MiB", null),
        Line("service's peak memory", figures.PeakMiB, "MiB", figures.PeakMiB <= OutageLimits.PeakMiB),
        Line("healthy cabinets' longest receipt", figures.HealthyPauseSeconds, "s",
            figures.HealthyReceipts > 0 && figures.HealthyPauseSeconds <= OutageLimits.HealthyPauseSeconds),
        Line("the same from sale to receipt", figures.HealthyWaitSeconds, "s", null),
        Line("the same while nobody returned", figures.QuietPauseSeconds, "s", null),
        Line("healthy cabinets' receipts", figures.HealthyReceipts, "", null),
    ];

    private static ProofLine Line(string name, double? value, string unit, bool? holds) => new(
        name,
        value is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:#,0.##} {unit}").TrimEnd() : "never",
        holds);
}
