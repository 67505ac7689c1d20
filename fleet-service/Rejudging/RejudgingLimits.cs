namespace KioskFleet.Service.Rejudging;

/// <summary>Every limit of re-judging, named in one place.</summary>
internal static class RejudgingLimits
{
    /// <summary>Most rows of one page.</summary>
    public const int MaxPage = 500;

    /// <summary>Rows of a page when the caller names no number.</summary>
    public const int DefaultPage = 100;

    /// <summary>Most spans that are shown of one catalogue version.</summary>
    public const int MaxSpansShown = 100;
}

/// <summary>How a pass cuts its work into pieces. Any cut gives the same figures.</summary>
internal sealed record RejudgingPace
{
    /// <summary>
    /// Most sales judged again in one turn of the writers' queue; nobody waits longer for the ledger than that takes.
    /// </summary>
    public int SalesPerTurn { get; init; } = 10_000;

    /// <summary>Blocks of positions that are read at once.</summary>
    public int BlocksPerStretch { get; init; } = 16;

    /// <summary>Stretches that are read at the same time, beside the one that is written.</summary>
    public int Readers { get; init; } = 2;

    /// <summary>Positions after which the progress is kept although nothing had to be written.</summary>
    public long PositionsPerMark { get; init; } = 1_000_000;
}
