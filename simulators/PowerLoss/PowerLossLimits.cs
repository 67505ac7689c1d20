namespace KioskFleet.Simulators.PowerLoss;

/// <summary>Every limit of the power-loss disk, in one place.</summary>
internal static class PowerLossLimits
{
    /// <summary>The unit, in bytes, that a device writes wholly or not at all; writes tear at its multiples.</summary>
    public const int SectorBytes = 512;

    /// <summary>Largest size of one file, in bytes; a write beyond it is answered as "disk full".</summary>
    public const int MaxFileBytes = 1 << 30;

    /// <summary>Largest sum of unsynced bytes of one file; a write beyond it is answered as "disk full".</summary>
    public const long MaxPendingBytes = 1L << 30;

    /// <summary>Longest path, in bytes of UTF-8 with its end mark, that the disk's folder may have.</summary>
    public const int MaxFolderPathBytes = 4096;

    /// <summary>Most findings a campaign keeps as text; later ones are only counted.</summary>
    public const int MaxFindings = 50;
}
