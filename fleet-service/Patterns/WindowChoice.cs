using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Patterns;

/// <summary>A window that is looked at, and the policy that says so.</summary>
/// <param name="Window">The window.</param>
/// <param name="JudgedOn">The day whose policy judges it.</param>
/// <param name="HasEnded">True when it is over.</param>
/// <param name="Policy">The policy.</param>
internal sealed record ChosenWindow(JudgingWindow Window, DateOnly JudgedOn, bool HasEnded, Policy Policy);

/// <summary>Which windows of a cabinet are still looked at. Pure.</summary>
internal static class WindowChoice
{
    /// <summary>
    /// The running window and, newest first, those before it whose standings are still provisional, each by the policy
    /// that judges it. Windows do not overlap: where a policy of another kind of window began within one, the older
    /// one is left to the standings. Trailing windows and since-launch have no window before them.
    /// </summary>
    public static IReadOnlyList<ChosenWindow> Of(PolicyBook policies, PolicySubject subject, DateOnly today)
    {
        var chosen = new List<ChosenWindow>();
        var day = today;
        while (chosen.Count < PatternLimits.MaxWindows && policies.ForCabinet(subject, day) is { } policy)
        {
            var window = JudgingWindow.Of(policy.Window, day);
            var isRolling = policy.Window is not ("day" or "week" or "month" or "quarter");
            var hasEnded = window.To <= today;
            if (chosen.Count > 0 && (isRolling || window.To > chosen[^1].Window.From
                || today >= window.To.AddDays(policy.ProvisionalDays)))
            {
                break;
            }

            chosen.Add(new ChosenWindow(window, day, hasEnded, policy));
            if (isRolling)
            {
                break;
            }

            day = window.From.AddDays(-1);
        }

        return chosen;
    }

    /// <summary>
    /// The window that holds a day and is over, by the policy that judged it; null where windows have no end or no
    /// policy was in force.
    /// </summary>
    public static ChosenWindow? Final(PolicyBook policies, PolicySubject subject, DateOnly day)
    {
        if (policies.ForCabinet(subject, day) is not { } then || JudgingWindow.IsRollingKind(then.Window))
        {
            return null;
        }

        var window = JudgingWindow.Of(then.Window, day);
        var judged = policies.ForCabinet(subject, window.Last) is { } last && last.Window == then.Window ? last : then;
        return new ChosenWindow(window, window.Last, true, judged);
    }

    /// <summary>The window before one; of a rolling one the same number of days before it.</summary>
    public static JudgingWindow Before(ChosenWindow window) => window.Policy.Window switch
    {
        "since-launch" => window.Window with { To = window.Window.From },
        var kind when kind.StartsWith("trailing-", StringComparison.Ordinal) => window.Window with
        {
            From = window.Window.From.AddDays(window.Window.From.DayNumber - window.Window.To.DayNumber),
            To = window.Window.From,
        },
        var kind => JudgingWindow.Of(kind, window.Window.From.AddDays(-1)),
    };
}
