namespace KioskFleet.Agent.Uplink;

/// <summary>What the watchdog looks at. All times monotonic milliseconds, except the age.</summary>
/// <param name="NowMs">Now.</param>
/// <param name="ConnectedSinceMs">When the link came up.</param>
/// <param name="ProgressMs">
/// When the committed head last moved, or the backlog last was empty: whichever is later.
/// </param>
/// <param name="Backlog">Entries not committed.</param>
/// <param name="OldestAgeMs">Age of the oldest of them by the wall clock; nonsense when that clock was set
/// meanwhile.</param>
internal readonly record struct WatchdogView(
    long NowMs, long ConnectedSinceMs, long ProgressMs, long Backlog, long OldestAgeMs);

/// <summary>
/// Whether a link that says it is connected, and drains nothing, must be made anew. Covers what no protocol notices: a
/// broker that accepts and forwards nowhere, a session taken over, a half-open connection behind a middlebox. Pure.
/// </summary>
internal static class WatchdogRule
{
    /// <summary>True when the link must be dropped.</summary>
    /// <param name="view">What is known.</param>
    /// <param name="ageLimitMs">Age of the oldest entry from which the link is suspect.</param>
    /// <param name="stallLimitMs">How long the link may commit nothing meanwhile.</param>
    public static bool MustReconnect(in WatchdogView view, long ageLimitMs, long stallLimitMs)
    {
        if (view.Backlog <= 0)
        {
            return false;
        }

        // The wall clock may have been set back: what was seen waiting here for that long is as old at least.
        var waitedMs = view.NowMs - view.ProgressMs;
        var ageMs = Math.Max(view.OldestAgeMs, waitedMs);
        var stalledMs = view.NowMs - Math.Max(view.ConnectedSinceMs, view.ProgressMs);
        return ageMs >= ageLimitMs && stalledMs >= stallLimitMs;
    }
}
