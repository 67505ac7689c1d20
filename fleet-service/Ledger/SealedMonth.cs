using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Ledger;

/// <summary>What is left of a month whose batches and entries were detached.</summary>
/// <param name="Month">The month of commit, UTC, yyyymm.</param>
/// <param name="FirstPosition">Its first ledger position.</param>
/// <param name="LastPosition">Its last one; entries of a neighbouring month may lie between.</param>
/// <param name="Batches">How many batches it has.</param>
/// <param name="Entries">How many entries it has.</param>
/// <param name="RowsHash">Of all its rows, by which the detached tables are known again.</param>
internal sealed record SealedMonth(
    int Month, long FirstPosition, long LastPosition, long Batches, long Entries, Digest RowsHash)
{
    /// <summary>Entries that stay, because refunds, corrections, quarantine or a signature rest on them.</summary>
    public long KeptEntries { get; init; }

    /// <summary>Of the rows that stay.</summary>
    public Digest KeptHash { get; init; }

    /// <summary>When it was sealed, Unix milliseconds UTC.</summary>
    public long SealedUtcMs { get; init; }

    /// <summary>Who sealed it.</summary>
    public string SealedBy { get; init; } = "";

    /// <summary>Of all that is said here and of the month's figures; see <see cref="MonthSeal"/>.</summary>
    public Digest Seal { get; init; }
}

/// <summary>An unbroken run of numbers of a journal inside a sealed month.</summary>
/// <param name="Month">The month, yyyymm.</param>
/// <param name="JournalNo">The journal.</param>
/// <param name="FirstSeq">Its first number.</param>
/// <param name="LastSeq">Its last number.</param>
/// <param name="Base">The head before it, as the first signed message of the run states it.</param>
/// <param name="LastHash">The chain's hash at the last number: the next entry goes on from it.</param>
internal sealed record SealedRun(
    int Month, long JournalNo, long FirstSeq, long LastSeq, Head Base, Digest LastHash)
{
    /// <summary>How many entries it has.</summary>
    public long Entries => LastSeq - FirstSeq + 1;
}

/// <summary>What the sales of a sealed month counted at commit.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Assignment">Its assignment.</param>
/// <param name="Day">The business day of the sales, yyyymmdd.</param>
/// <param name="Class">The class of the lines.</param>
/// <param name="SalesFen">What was paid, in fen.</param>
/// <param name="SalesLines">Lines.</param>
internal readonly record struct SealedSum(
    string Cabinet, long Assignment, int Day, int Class, long SalesFen, long SalesLines);

/// <summary>Earliest and latest moment of a sealed month's sales at a block of positions.</summary>
/// <param name="Block">The block; see <see cref="SaleSpanTable.PositionsPerBlock"/>.</param>
/// <param name="FirstUtcMs">Of the earliest sale, Unix milliseconds UTC.</param>
/// <param name="LastUtcMs">Of the latest one.</param>
internal readonly record struct SealedSpan(long Block, long FirstUtcMs, long LastUtcMs);

/// <summary>The figures of a sealed month, each list in the order of its key.</summary>
internal sealed record MonthFigures(
    IReadOnlyList<SealedRun> Runs, IReadOnlyList<SealedSum> Sums, IReadOnlyList<SealedSpan> Spans);
