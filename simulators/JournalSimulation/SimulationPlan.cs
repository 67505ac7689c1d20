using KioskFleet.Protocol.Sending;

namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>
/// What one seed is about. Each seed switches faults on and off and sets their weights anew, so that a rare combination
/// is the whole of some runs. Probabilities in cases of a thousand, times in milliseconds.
/// </summary>
internal sealed record SimulationPlan
{
    /// <summary>Time during which faults happen.</summary>
    public required int FaultsEndMs { get; init; }

    /// <summary>Time after which a healed run must have drained.</summary>
    public int HealedWithinMs { get; init; } = 240_000;

    /// <summary>Cabinets.</summary>
    public required int Cabinets { get; init; }

    /// <summary>Mean time between two sales of a cabinet.</summary>
    public required int SaleEveryMs { get; init; }

    /// <summary>Mean time between two faults.</summary>
    public required int FaultEveryMs { get; init; }

    /// <summary>Messages lost.</summary>
    public required int LossPerMille { get; init; }

    /// <summary>Messages delivered twice.</summary>
    public required int DuplicatePerMille { get; init; }

    /// <summary>Messages delivered up to 30 seconds late.</summary>
    public required int StragglerPerMille { get; init; }

    /// <summary>Messages refused for a passing reason (busy, too large, key not known yet).</summary>
    public required int PassingRefusalPerMille { get; init; }

    /// <summary>Commits that fail, end unknown, or meet a crash.</summary>
    public required int CommitTroublePerMille { get; init; }

    /// <summary>Weights of the faults, in the order of <see cref="FaultKind"/>.</summary>
    public required int[] FaultWeights { get; init; }

    /// <summary>Times and sizes of the senders.</summary>
    public required SenderOptions Sender { get; init; }

    /// <summary>Draws the plan of a seed.</summary>
    public static SimulationPlan Draw(SimulationChance chance)
    {
        var weights = new int[Enum.GetValues<FaultKind>().Length];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = chance.PerMille(450) ? chance.Between(1, 8) : 0;
        }

        weights[(int)FaultKind.None] = 1;
        return new SimulationPlan
        {
            FaultsEndMs = chance.Between(15_000, 60_000),
            Cabinets = chance.PerMille(250) ? 2 : 1,
            SaleEveryMs = chance.Between(300, 2_500),
            FaultEveryMs = chance.Between(700, 6_000),
            LossPerMille = chance.PerMille(500) ? chance.Between(10, 250) : 0,
            DuplicatePerMille = chance.PerMille(500) ? chance.Between(10, 200) : 0,
            StragglerPerMille = chance.PerMille(500) ? chance.Between(10, 200) : 0,
            PassingRefusalPerMille = chance.PerMille(300) ? chance.Between(10, 100) : 0,
            CommitTroublePerMille = chance.PerMille(500) ? chance.Between(20, 200) : 0,
            FaultWeights = weights,
            Sender = new SenderOptions
            {
                AnswerTimeoutMs = 1_000,
                HelloIntervalMs = chance.Between(3, 12) * 1_000,
                BackoffBaseMs = chance.Between(10, 200),
                BackoffCapMs = chance.Between(1_000, 4_000),
                UnansweredBeforeReconnect = chance.Between(1, 3),
                MaxEntries = chance.Between(1, 8),
            },
        };
    }
}

/// <summary>A fault that the simulation plays on purpose.</summary>
internal enum FaultKind
{
    /// <summary>A quiet moment.</summary>
    None,

    /// <summary>The agent's power fails and comes back.</summary>
    CrashMachine,

    /// <summary>The link is cut and both sides know.</summary>
    CutLink,

    /// <summary>The link swallows everything and neither side knows.</summary>
    HalfOpenLink,

    /// <summary>An image of the cabinet's disk is taken.</summary>
    TakeImage,

    /// <summary>The cabinet's disk is replaced by an old image; it sells on.</summary>
    RestoreImage,

    /// <summary>A second machine starts from an old image of the disk.</summary>
    CloneMachine,

    /// <summary>An entry in the middle of the journal becomes unreadable.</summary>
    CorruptEntry,

    /// <summary>The journal file is gone.</summary>
    LoseJournal,

    /// <summary>Retention deletes old committed entries.</summary>
    Retention,

    /// <summary>The ledger is backed up.</summary>
    BackUpLedger,

    /// <summary>The ledger is restored from an old backup.</summary>
    RestoreLedger,

    /// <summary>A replica of the service crashes and comes back.</summary>
    CrashReplica,

    /// <summary>The sales program reports again what it reported before.</summary>
    ReportAgain,

    /// <summary>A person brings an export that fills declared gaps.</summary>
    ImportExport,
}
