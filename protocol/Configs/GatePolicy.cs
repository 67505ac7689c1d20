namespace KioskFleet.Protocol.Configs;

/// <summary>A least share from a business day on.</summary>
/// <param name="From">Its first business day.</param>
/// <param name="BasisPoints">The least share, 0 to 10,000.</param>
public readonly record struct GateThreshold(DateOnly From, int BasisPoints);

/// <summary>The rule that a gate works by. Immutable.</summary>
/// <param name="PolicyId">The policy's name; empty when none is in force, and then no share binds.</param>
/// <param name="PolicyVersion">Its version; 0 without one.</param>
/// <param name="Window">The kind of window, see <see cref="BusinessWindow"/>.</param>
/// <param name="ZoneOffsetMinutes">The zone of business days, in minutes ahead of UTC, −840 to 840.</param>
/// <param name="Thresholds">Least shares by business day, ascending; before the first one none binds.</param>
/// <param name="AllowanceFen">Ordinary sales allowed beyond the headroom in a window that opens, in fen.</param>
/// <param name="AllowanceBasisPoints">… or this part of the turnover of the window before, when that is more.</param>
/// <param name="WarningMarginBasisPoints">Band above the threshold in which a screen is warned, 0 to 10,000.</param>
public sealed record GatePolicy(
    string PolicyId, uint PolicyVersion, string Window, int ZoneOffsetMinutes,
    IReadOnlyList<GateThreshold> Thresholds, long AllowanceFen, int AllowanceBasisPoints,
    int WarningMarginBasisPoints)
{
    /// <summary>The least share by which a window is judged: the one of its last day.</summary>
    public int ThresholdOf(in BusinessWindow window)
    {
        var share = 0;
        foreach (var step in Thresholds)
        {
            share = step.From <= window.Last ? step.BasisPoints : share;
        }

        return share;
    }

    /// <summary>The allowance of a window that opens behind one with a turnover, in fen.</summary>
    public long AllowanceAfter(long previousTurnoverFen) => Math.Max(
        AllowanceFen, (long)((Int128)Math.Max(previousTurnoverFen, 0) * AllowanceBasisPoints / ShareMargin.Whole));

    /// <summary>The business day of a moment, Unix milliseconds UTC.</summary>
    public DateOnly DayOf(long utcMs) => BusinessWindow.DayOf(utcMs, ZoneOffsetMinutes);

    /// <summary>The window that holds a day.</summary>
    public BusinessWindow WindowOf(DateOnly day) => BusinessWindow.Of(Window, day);
}
