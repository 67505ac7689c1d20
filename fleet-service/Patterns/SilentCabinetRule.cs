namespace KioskFleet.Service.Patterns;

/// <summary>When a cabinet is silent, and when nobody can know. Pure.</summary>
internal static class SilentCabinetRule
{
    /// <summary>
    /// An agent that lost its link tries again within minutes: who was not heard this long after the service began to
    /// listen had the time.
    /// </summary>
    public const int ListeningMinutes = 60;

    /// <summary>When so many cabinets or more are expected and not one is heard, it is not the cabinets.</summary>
    public const int FleetOfOneFault = 10;

    private const long HourMs = 3_600_000;

    /// <summary>
    /// From when a cabinet's silence counts, Unix milliseconds UTC: its last hello, or what came later: the end of a
    /// closure, a change of its life, an enrolment.
    /// </summary>
    public static long SilentSince(long? heardUtcMs, long changedUtcMs, long? closureEndUtcMs) =>
        Math.Max(heardUtcMs ?? 0, Math.Max(changedUtcMs, closureEndUtcMs ?? 0));

    /// <summary>True when it is longer than the policy allows.</summary>
    public static bool IsSilent(long nowUtcMs, long sinceUtcMs, int silentHours) =>
        nowUtcMs - sinceUtcMs > silentHours * HourMs;

    /// <summary>How long it is, in hours, a begun one counted.</summary>
    public static long HoursSilent(long nowUtcMs, long sinceUtcMs) => (nowUtcMs - sinceUtcMs + HourMs - 1) / HourMs;

    /// <summary>
    /// True when silence can be told from a fault on this side: the service listens long enough, and in a fleet of some
    /// size somebody was heard.
    /// </summary>
    public static bool CanTell(long nowUtcMs, long listeningSinceUtcMs, int expected, int silent) =>
        nowUtcMs - listeningSinceUtcMs >= ListeningMinutes * 60_000L
        && (expected < FleetOfOneFault || silent < expected);
}
