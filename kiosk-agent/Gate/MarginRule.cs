using KioskFleet.Protocol.Configs;

namespace KioskFleet.Agent.Gate;

/// <summary>The margin of a window from the config's figures and the cabinet's own sums. Pure.</summary>
internal static class MarginRule
{
    /// <summary>What the gate does at a moment.</summary>
    public static GateMode ModeAt(CabinetConfig config, long nowUtcMs) =>
        nowUtcMs < config.ExemptUntilUtcMs ? GateMode.Observe
        : config.Mode == GateMode.Restrict && nowUtcMs < config.RestrictFromUtcMs ? GateMode.Warn
        : config.Mode;

    /// <summary>The margin of a window.</summary>
    /// <param name="config">The config.</param>
    /// <param name="window">The window.</param>
    /// <param name="own">What the cabinet sold behind the figures.</param>
    /// <param name="isExact">
    /// False on the safe side: credit and allowance count as spent, since nobody knows what was sold behind the
    /// figures.
    /// </param>
    /// <param name="today">The present business day.</param>
    public static WindowMargin Of(
        CabinetConfig config, BusinessWindow window, DaySums own, bool isExact, DateOnly today)
    {
        var threshold = config.Policy.ThresholdOf(window);
        var warning = Math.Min(threshold + config.Policy.WarningMarginBasisPoints, ShareMargin.Whole);
        var allowance = AllowanceOf(config, window, own, today);
        return new WindowMargin(window, threshold, Known(config, window, own, isExact, threshold, allowance),
            warning, Known(config, window, own, isExact, warning, 0))
        {
            BareMargin = Known(config, window, own, isExact, threshold, 0),
            MissesAid = own.MissesAidIn(window),
        };
    }

    /// <summary>
    /// The window that was running has the allowance that the service worked out; a later one opens with its own, by
    /// the turnover of the window before; while that one still runs, its turnover may shrink and promises nothing. A
    /// rolling window never opens anew.
    /// </summary>
    private static long AllowanceOf(CabinetConfig config, BusinessWindow window, DaySums own, DateOnly today)
    {
        var (policy, figures) = (config.Policy, config.Figures);
        if (window.First <= figures.Window.First || BusinessWindow.IsRolling(policy.Window))
        {
            return figures.AllowanceFen;
        }

        var before = policy.WindowOf(window.First.AddDays(-1));
        return policy.AllowanceAfter(
            window.First > today ? 0 : checked(figures.TurnoverIn(before) + own.TurnoverIn(before)));
    }

    private static Int128 Known(
        CabinetConfig config, BusinessWindow window, DaySums own, bool isExact, int threshold, long allowanceFen)
    {
        var (aid, total) = config.Figures.In(window);
        var (ownAid, ownTotal) = own.In(window);
        var stated = ShareMargin.Of(aid, (Int128)total - allowanceFen, threshold);
        return (isExact ? stated : Int128.Min(0, stated)) + ShareMargin.Of(ownAid, ownTotal, threshold);
    }
}
