namespace KioskFleet.Simulators.Servers;

/// <summary>Limits of programs that run beside a campaign, in one place.</summary>
internal static class ServerLimits
{
    /// <summary>Most lines of a child's output that are kept for the report of a failure.</summary>
    public const int KeptLogLines = 400;

    /// <summary>How long a child may take until it answers.</summary>
    public static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(45);

    /// <summary>How long a child may take to end after SIGTERM before it is killed.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);
}
