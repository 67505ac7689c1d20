namespace KioskFleet.Service.Storage;

/// <summary>What keeps the fleet's database: SQLite in one file, or a PostgreSQL server. Thread-safe.</summary>
internal interface IDatabaseEngine : IDisposable
{
    /// <summary>What messages call the database.</summary>
    string Name { get; }

    /// <summary>True when other services may work on the same database.</summary>
    bool IsShared { get; }

    /// <summary>Does what the engine needs now and then: PostgreSQL has a partition for each month of commit.</summary>
    /// <exception cref="System.Data.Common.DbException">It could not be done; try again later.</exception>
    void KeepUp();

    /// <summary>An open connection that may write.</summary>
    FleetConnection OpenWriter();

    /// <summary>An open connection that can only read; any write on it fails.</summary>
    FleetConnection OpenReader();

    /// <summary>Copies the database, as it is at one moment, to a new file.</summary>
    /// <exception cref="StorageException">The engine has its own tools for it, or the copy is not whole.</exception>
    void BackupTo(string path);
}
