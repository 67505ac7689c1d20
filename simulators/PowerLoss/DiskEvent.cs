namespace KioskFleet.Simulators.PowerLoss;

/// <summary>What just happened on a power-loss disk.</summary>
internal enum DiskEventKind
{
    /// <summary>A file got its name; the name is not durable yet.</summary>
    Create,

    /// <summary>Bytes were written and wait for a sync.</summary>
    Write,

    /// <summary>A file was cut to a size; that waits for a sync.</summary>
    Truncate,

    /// <summary>A file lost its name; that waits for a sync of its directory.</summary>
    Delete,

    /// <summary>A sync was called and has promised nothing yet: each waiting write may or may not survive.</summary>
    SyncStarted,

    /// <summary>A directory is about to be synced; the content of the file that caused it is durable already.</summary>
    DirectorySyncStarted,

    /// <summary>What was waiting when the sync started is durable.</summary>
    SyncFinished,
}

/// <summary>One numbered event of a disk: the places at which a campaign can cut the power.</summary>
/// <param name="Ordinal">Counts from 1 over the life of the disk, without gaps.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Name">The file, relative to the disk's folder.</param>
internal readonly record struct DiskEvent(long Ordinal, DiskEventKind Kind, string Name);
