namespace KioskFleet.Service.Charts;

/// <summary>Every limit of the charts, named in one place.</summary>
internal static class ChartLimits
{
    /// <summary>Most ledger entries of one step.</summary>
    public const int EntriesPerStep = 4_000;

    /// <summary>Most corrections, or changes of refunds, of one step.</summary>
    public const int ChangesPerStep = 1_000;

    /// <summary>Most rows of one kind that one step takes away when all is made anew.</summary>
    public const int ClearedPerStep = 10_000;

    /// <summary>Most days of a chart by the hour.</summary>
    public const int MaxDaysByHour = 31;

    /// <summary>Most days of a chart by the day.</summary>
    public const int MaxDaysByDay = 400;

    /// <summary>Most points of one answer.</summary>
    public const int MaxPoints = 20_000;

    /// <summary>How long to wait when the ledger holds nothing new.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);
}
