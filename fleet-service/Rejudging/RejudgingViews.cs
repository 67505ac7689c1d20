namespace KioskFleet.Service.Rejudging;

/// <summary>How far a re-judging is.</summary>
internal enum RejudgingState
{
    /// <summary>Its version is made and no pass has begun with it.</summary>
    Waiting,

    /// <summary>A pass is on its way, or was stopped and goes on at the next start.</summary>
    Running,

    /// <summary>Every affected sale counts by it.</summary>
    Finished,
}

/// <summary>Amounts by class, in fen.</summary>
internal sealed record AmountsShown(long AidFen, long OrdinaryFen, long UnmappedFen);

/// <summary>A span of sale time that a version judges otherwise, as it is shown.</summary>
/// <param name="OperatorId">The operator; empty for every one without a mapping of its own.</param>
/// <param name="Sku">The SKU.</param>
/// <param name="FromUtc">First moment inside.</param>
/// <param name="ToUtc">First moment after it; null while it has no end.</param>
internal sealed record SpanShown(string OperatorId, string Sku, DateTime FromUtc, DateTime? ToUtc);

/// <summary>A re-judging as it is shown.</summary>
internal sealed record RejudgingShown
{
    /// <summary>The catalogue version that asks for it.</summary>
    public required long Version { get; init; }

    /// <summary>Who made the version.</summary>
    public required string MadeBy { get; init; }

    /// <summary>When.</summary>
    public required DateTime MadeUtc { get; init; }

    /// <summary>What it was made from, or why.</summary>
    public required string Source { get; init; }

    /// <summary>How far it is.</summary>
    public required RejudgingState State { get; init; }

    /// <summary>How many spans it has.</summary>
    public required long SpanCount { get; init; }

    /// <summary>The first of them, at most <see cref="RejudgingLimits.MaxSpansShown"/>.</summary>
    public required IReadOnlyList<SpanShown> Spans { get; init; }

    /// <summary>Sales with an affected line that were judged by an older version.</summary>
    public required long SalesExamined { get; init; }

    /// <summary>Of these, sales whose class changed.</summary>
    public required long SalesChanged { get; init; }

    /// <summary>Refunds that moved with them.</summary>
    public required long RefundsMoved { get; init; }

    /// <summary>Paid for the lines that changed their class, in fen.</summary>
    public required long MovedFen { get; init; }

    /// <summary>What the classes' sales changed by.</summary>
    public required AmountsShown Change { get; init; }

    /// <summary>When the first pass began with it; null while it waits.</summary>
    public required DateTime? StartedUtc { get; init; }

    /// <summary>When it was done; null until then.</summary>
    public required DateTime? FinishedUtc { get; init; }

    /// <summary>Every ledger position up to here is done.</summary>
    public required long DonePosition { get; init; }

    /// <summary>The last ledger position that is to be done.</summary>
    public required long ThroughPosition { get; init; }
}

/// <summary>A line of a sale that was judged again. Classes by name, the amount in fen.</summary>
internal sealed record RejudgedLineShown(string Sku, string Name, long PaidFen, string Before, string After);

/// <summary>A sale that was judged again.</summary>
internal sealed record RejudgedSaleShown
{
    /// <summary>The correction's number.</summary>
    public required long CorrectionId { get; init; }

    /// <summary>The sale's ledger position.</summary>
    public required long Position { get; init; }

    /// <summary>Its cabinet.</summary>
    public required string Cabinet { get; init; }

    /// <summary>Its journal.</summary>
    public required string Journal { get; init; }

    /// <summary>Its number there.</summary>
    public required ulong Seq { get; init; }

    /// <summary>The moment of sale, UTC.</summary>
    public required DateTime SoldUtc { get; init; }

    /// <summary>Its business day, yyyymmdd.</summary>
    public required int BusinessDay { get; init; }

    /// <summary>Its assignment.</summary>
    public required long AssignmentId { get; init; }

    /// <summary>What it counted before.</summary>
    public required AmountsShown Before { get; init; }

    /// <summary>What it counts from then on.</summary>
    public required AmountsShown After { get; init; }

    /// <summary>Its lines.</summary>
    public required IReadOnlyList<RejudgedLineShown> Lines { get; init; }

    /// <summary>Refunds that moved with it.</summary>
    public required long RefundsMoved { get; init; }

    /// <summary>When it was judged again.</summary>
    public required DateTime CorrectedUtc { get; init; }
}

/// <summary>A page read forwards.</summary>
/// <param name="Items">The rows.</param>
/// <param name="NextAfter">Give this as <c>after</c> for the next page; null at the end.</param>
internal sealed record ForwardsPage<T>(IReadOnlyList<T> Items, long? NextAfter);

/// <summary>
/// A county's totals of a month without and with what a re-judging moved, both by the ledger as it is now: net of
/// refunds by the day of the sale they reverse.
/// </summary>
/// <param name="CountyCode">The county of the assignments; empty without one.</param>
/// <param name="Month">The month, yyyymm.</param>
/// <param name="Before">Without it.</param>
/// <param name="After">With it.</param>
/// <param name="SalesChanged">Sales that it changed there.</param>
internal sealed record RejudgedMonthShown(
    string CountyCode, int Month, AmountsShown Before, AmountsShown After, long SalesChanged);
