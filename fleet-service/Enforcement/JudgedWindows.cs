using KioskFleet.Protocol.Configs;

namespace KioskFleet.Service.Enforcement;

/// <summary>Which windows a cabinet's sales are looked at in. Pure.</summary>
internal static class JudgedWindows
{
    /// <summary>
    /// The running window, and the one before it while its figures still come in. Of a rolling one those that end on
    /// each of these days: each is a window of its own.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="today">The present business day.</param>
    /// <param name="provisionalDays">How long figures of a day that is past still come in.</param>
    public static IEnumerable<BusinessWindow> Of(GatePolicy policy, DateOnly today, int provisionalDays)
    {
        var running = policy.WindowOf(today);
        yield return running;
        if (BusinessWindow.IsRolling(policy.Window))
        {
            for (var back = 1; back <= provisionalDays; back++)
            {
                yield return policy.WindowOf(today.AddDays(-back));
            }
        }
        else if (policy.WindowOf(running.First.AddDays(-1)) is var before
            && today <= before.Last.AddDays(provisionalDays))
        {
            yield return before;
        }
    }
}
