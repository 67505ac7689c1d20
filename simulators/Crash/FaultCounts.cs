namespace KioskFleet.Simulators.Crash;

/// <summary>What the hands did so far.</summary>
internal sealed class FaultCounts
{
    /// <summary>kill -9.</summary>
    public int Kills { get; set; }

    /// <summary>Broken links.</summary>
    public int Cuts { get; set; }

    /// <summary>Clean stops.</summary>
    public int Stops { get; set; }

    /// <summary>Ledgers restored.</summary>
    public int Restores { get; set; }

    /// <summary>Disk images restored.</summary>
    public int Images { get; set; }

    /// <summary>Pages overwritten.</summary>
    public int Corruptions { get; set; }

    /// <summary>Forks that became findings.</summary>
    public int ForksFound { get; set; }

    /// <summary>Corruptions that became findings.</summary>
    public int CorruptionsFound { get; set; }
}
