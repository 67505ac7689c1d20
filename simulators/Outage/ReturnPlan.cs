using KioskFleet.Agent.Settings;

namespace KioskFleet.Simulators.Outage;

/// <summary>When a cabinet tries again after the network came back. Pure, by the random numbers given.</summary>
internal static class ReturnPlan
{
    // So many waits before the return that their beginning is forgotten.
    private const int WaitsBefore = 32;

    /// <summary>
    /// All within one back-off of a link that has just ended, as when the broker comes back and drops everybody.
    /// </summary>
    public static long AtOnceMs(UplinkSettings settings, Random random) =>
        (long)(random.NextDouble() * settings.ReconnectBaseMs);

    /// <summary>
    /// What is left of the wait in which the return finds a cabinet whose tries failed for days: its back-off is at the
    /// cap, with full jitter. Milliseconds, 0 to the cap.
    /// </summary>
    public static long WithinBackOffMs(UplinkSettings settings, Random random)
    {
        var cap = settings.ReconnectCapSeconds * 1_000.0;
        var now = WaitsBefore * cap / 2;
        var at = 0.0;
        while (at <= now)
        {
            at += random.NextDouble() * cap;
        }

        return (long)(at - now);
    }
}
