namespace KioskFleet.Simulators.Crash;

/// <summary>Settings of a crash campaign. Immutable.</summary>
internal sealed record CrashOptions
{
    /// <summary>Rounds with real processes. 0 to <see cref="CrashLimits.MaxRounds"/>; default 100.</summary>
    public int Rounds { get; init; } = 100;

    /// <summary>Rounds of power cuts, for FULL; OFF takes a tenth, at least 10. 0 to the same; default 60.</summary>
    public int PowerLossRounds { get; init; } = 60;

    /// <summary>Cabinets, each an agent process. 1 to <see cref="CrashLimits.MaxAgents"/>; default 3.</summary>
    public int Agents { get; init; } = 3;

    /// <summary>
    /// Services on one PostgreSQL behind one Mosquitto, 1 to <see cref="CrashLimits.MaxReplicas"/>; null: one service
    /// with the embedded engine and broker.
    /// </summary>
    public int? Replicas { get; init; }

    /// <summary>Seed of every decision.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The folder of all files.</summary>
    public required string Folder { get; init; }
}
