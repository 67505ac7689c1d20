namespace KioskFleet.Simulators.Crash;

/// <summary>Every limit of a crash campaign, in one place.</summary>
internal static class CrashLimits
{
    /// <summary>Most rounds.</summary>
    public const int MaxRounds = 100_000;

    /// <summary>Most agents: each is a process of its own.</summary>
    public const int MaxAgents = 32;

    /// <summary>Most services on one database: each is a process of its own.</summary>
    public const int MaxReplicas = 8;

    /// <summary>Images of one cabinet's disk that are kept; the oldest goes first.</summary>
    public const int KeptImages = 4;

    /// <summary>Backups of the ledger that are kept beside the first one; the oldest goes first.</summary>
    public const int KeptBackups = 4;

    /// <summary>How long one call of the load may take; what is not answered by then may or may not exist.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(4);

    /// <summary>How long a fork or corruption may take to become a finding once everything is healed.</summary>
    public static readonly TimeSpan FindingTimeout = TimeSpan.FromSeconds(40);

    /// <summary>How long the backlog may take to drain at the end, from the last progress on.</summary>
    public static readonly TimeSpan DrainStall = TimeSpan.FromSeconds(40);

    /// <summary>
    /// How long the writer of time series may take to find that its server was killed and lost what it took last.
    /// </summary>
    public static readonly TimeSpan SeriesSettle = TimeSpan.FromSeconds(25);

    /// <summary>How often a state is looked at while it is waited for.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
}
