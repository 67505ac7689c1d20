using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.Crash;

/// <summary>How the ledger counts an entry; the numbers are those of its column <c>state</c>.</summary>
internal enum CountState
{
    /// <summary>Counts.</summary>
    Counted = 0,

    /// <summary>Kept apart.</summary>
    Quarantined = 1,

    /// <summary>The same vend or refund counts at another position.</summary>
    CountedBefore = 2,
}

/// <summary>One record as the ledger holds it.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Key">What it is.</param>
/// <param name="State">How it counts.</param>
/// <param name="StatedFen">The amount in its chained bytes, in fen.</param>
/// <param name="CountedFen">What the ledger's columns count for it, in fen; 0 unless it counts.</param>
/// <param name="Reverses">For a counted refund whose sale is known: the vend id of that sale.</param>
internal sealed record LedgerRecord(
    long Position, RecordKey Key, CountState State, long StatedFen, long CountedFen, string? Reverses);

/// <summary>One journal as the ledger holds it.</summary>
/// <param name="Journal">The journal.</param>
/// <param name="Cabinet">Its cabinet.</param>
/// <param name="Head">Its head.</param>
/// <param name="Predecessor">The journal it succeeded, or null.</param>
/// <param name="Broken">Where and why its chain does not hold, or null.</param>
internal sealed record LedgerJournal(
    JournalId Journal, string Cabinet, Head Head, JournalId? Predecessor, string? Broken);

/// <summary>A finding as stored.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Cabinet">Its cabinet.</param>
/// <param name="Subject">What exactly.</param>
internal sealed record LedgerFinding(string Kind, string Cabinet, string Subject);

/// <summary>Everything the proof needs of a ledger at one moment. Immutable.</summary>
internal sealed record LedgerFacts
{
    /// <summary>A ledger that holds nothing.</summary>
    public static readonly LedgerFacts Empty = new();

    /// <summary>Sales, refunds and non-sales, by position.</summary>
    public IReadOnlyList<LedgerRecord> Records { get; init; } = [];

    /// <summary>The journals.</summary>
    public IReadOnlyList<LedgerJournal> Journals { get; init; } = [];

    /// <summary>The findings.</summary>
    public IReadOnlyList<LedgerFinding> Findings { get; init; } = [];

    /// <summary>Sales by the table of totals, in fen by cabinet.</summary>
    public IReadOnlyDictionary<string, long> TotalFen { get; init; } = new Dictionary<string, long>();

    /// <summary>Refunds by the table of totals, in fen by cabinet.</summary>
    public IReadOnlyDictionary<string, long> RefundFen { get; init; } = new Dictionary<string, long>();

    /// <summary>Whether it holds a record, counted or not.</summary>
    public IReadOnlySet<RecordKey> Keys() => Records.Select(record => record.Key).ToHashSet();
}
