namespace KioskFleet.Simulators.Crash;

/// <summary>The result of a campaign, as it is written to the JSON file.</summary>
internal sealed record CrashReport
{
    /// <summary>The seed of every decision.</summary>
    public ulong Seed { get; init; }

    /// <summary>Rounds done.</summary>
    public int Rounds { get; init; }

    /// <summary>kill -9, agents and service together.</summary>
    public int Kills { get; init; }

    /// <summary>Broken links.</summary>
    public int Cuts { get; init; }

    /// <summary>Clean stops.</summary>
    public int Stops { get; init; }

    /// <summary>Ledgers restored from an older backup.</summary>
    public int Restores { get; init; }

    /// <summary>Cabinets restored from an older disk image.</summary>
    public int Images { get; init; }

    /// <summary>Journals with an overwritten page.</summary>
    public int Corruptions { get; init; }

    /// <summary>Records answered by agents: sales, refunds, non-sales.</summary>
    public int Recorded { get; init; }

    /// <summary>Answered records that the ledger counts.</summary>
    public int Committed { get; init; }

    /// <summary>Records without an answer that the ledger counts; allowed, once each.</summary>
    public int UnansweredCommitted { get; init; }

    /// <summary>Money of the answered sales that the ledger counts, in fen.</summary>
    public long CommittedFen { get; init; }

    /// <summary>Answered records that are missing though a copy of each was left. Must be 0.</summary>
    public int Lost { get; init; }

    /// <summary>Records counted more than once. Must be 0.</summary>
    public int Doubled { get; init; }

    /// <summary>Answered records whose last copy an injected loss of disk or ledger destroyed.</summary>
    public int Destroyed { get; init; }

    /// <summary>The same by what destroyed them.</summary>
    public IReadOnlyDictionary<string, int> DestroyedBy { get; init; } = new Dictionary<string, int>();

    /// <summary>Journals on cabinets and in the ledger whose chain was checked and holds.</summary>
    public int ChainsVerified { get; init; }

    /// <summary>Journals whose chain does not hold, in words. Must be empty.</summary>
    public IReadOnlyList<string> ChainsBroken { get; init; } = [];

    /// <summary>Forks that were injected and are findings.</summary>
    public int ForksFound { get; init; }

    /// <summary>Corruptions that were injected and are findings.</summary>
    public int CorruptionsFound { get; init; }

    /// <summary>Everything else that broke a promise, in words. Must be empty.</summary>
    public IReadOnlyList<string> Wrong { get; init; } = [];

    /// <summary>Services on one database; 1 for the embedded engine.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Processes that stood still for a while (SIGSTOP).</summary>
    public int Freezes { get; init; }

    /// <summary>
    /// Cabinets, classes and hours in which the time series increased by something else than the ledger. Must be 0;
    /// null where there were no time series.
    /// </summary>
    public int? SeriesMismatches { get; init; }

    /// <summary>The power-loss part; null when it was left out.</summary>
    public PowerLossReport? PowerLoss { get; init; }

    /// <summary>Whether every promise held and every control failed as it must.</summary>
    public bool Holds => Lost == 0 && Doubled == 0 && ChainsBroken.Count == 0 && Wrong.Count == 0
        && SeriesMismatches is null or 0
        && (PowerLoss is null || PowerLoss.Holds);

    /// <summary>What was done and what the ledger holds of it.</summary>
    public static CrashReport Of(ProofResult proof, FaultCounts counts) => new()
    {
        Kills = counts.Kills,
        Cuts = counts.Cuts,
        Stops = counts.Stops,
        Restores = counts.Restores,
        Images = counts.Images,
        Corruptions = counts.Corruptions,
        Recorded = proof.Recorded,
        Committed = proof.Committed,
        UnansweredCommitted = proof.UnansweredCommitted,
        CommittedFen = proof.CommittedFen,
        Lost = proof.Lost.Count,
        Doubled = proof.Doubled.Count,
        Destroyed = proof.Destroyed.Count,
        DestroyedBy = proof.Destroyed.Values.GroupBy(what => what).OrderBy(group => group.Key)
            .ToDictionary(group => group.Key, group => group.Count()),
        ForksFound = counts.ForksFound,
        CorruptionsFound = counts.CorruptionsFound,
    };
}

/// <summary>What power cuts did.</summary>
/// <param name="Full">With synchronous=FULL: nothing may be lost.</param>
/// <param name="Off">With synchronous=OFF, the control: something must be lost, else the test tests nothing.</param>
internal sealed record PowerLossReport(PowerLossFigures Full, PowerLossFigures Off)
{
    /// <summary>Whether FULL lost nothing and OFF did.</summary>
    public bool Holds => Full is { Lost: 0, Half: 0, Damaged: 0 } && Off.Lost > 0;
}

/// <summary>The figures of one power-loss campaign.</summary>
/// <param name="Rounds">Rounds, each with a fresh disk and three cuts in a row.</param>
/// <param name="Cuts">Power cuts.</param>
/// <param name="Answered">Records answered before their cut.</param>
/// <param name="Lost">Answered records that a cut took.</param>
/// <param name="Half">Records found in part.</param>
/// <param name="Damaged">Cuts after which the files were damaged or the agent could not go on.</param>
/// <param name="First">The first findings, in words.</param>
internal sealed record PowerLossFigures(
    int Rounds, int Cuts, long Answered, long Lost, long Half, int Damaged, IReadOnlyList<string> First);
