using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KioskFleet.Service.Storage;

/// <summary>
/// SQLite, one file: the embedded default. Connections have the product's pragmas (WAL, synchronous=FULL, foreign
/// keys). Thread-safe.
/// </summary>
internal sealed class SqliteEngine : IDatabaseEngine
{
    private readonly StorageOptions _options;
    private readonly SqliteFleetConnection? _anchor;

    private SqliteEngine(StorageOptions options, SqliteFleetConnection? anchor)
    {
        _options = options;
        _anchor = anchor;
    }

    /// <inheritdoc/>
    public string Name => _options.DatabasePath;

    /// <inheritdoc/>
    public bool IsShared => false;

    /// <summary>Opens the file, makes it when absent, checks it and applies missing migrations.</summary>
    /// <exception cref="StorageException">The file is damaged, newer than the program, or cannot be opened.</exception>
    public static SqliteEngine Open(
        StorageOptions options, IReadOnlyList<Migration> migrations, TimeProvider time, ILogger<FleetDatabase> log)
    {
        var path = options.DatabasePath;
        SqliteFleetConnection? anchor = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            MovedLedger.Refuse(path);
            anchor = Connect(options, options.CacheKibibytes);
            if (options.CheckAtStart)
            {
                var started = time.GetTimestamp();
                QuickCheck(anchor);
                StorageLog.Checked(log, path, time.GetElapsedTime(started).TotalMilliseconds);
            }

            foreach (var migration in MigrationRunner.Run(anchor, migrations, time))
            {
                StorageLog.Migrated(log, migration.Number, migration.Name);
            }

            // The anchor stays open so that the write-ahead log is not folded away each time the last reader leaves.
            return new SqliteEngine(options, anchor);
        }
        catch (Exception error)
        {
            anchor?.Dispose();
            if (error is SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB })
            {
                throw Damaged(path, error.Message, error);
            }

            if (error is SqliteException or IOException or UnauthorizedAccessException)
            {
                throw new StorageException($"{path}: the database cannot be opened: {error.Message}", error);
            }

            throw;
        }
    }

    /// <summary>Reaches the file as it is; its connections only read.</summary>
    /// <exception cref="StorageException">There is no such file.</exception>
    public static SqliteEngine Reach(StorageOptions options) => File.Exists(options.DatabasePath)
        ? new SqliteEngine(options, anchor: null)
        : throw new StorageException($"{options.DatabasePath}: there is no such database. Name its folder with "
            + "--set Storage:DataDirectory=DIR or the settings with --config FILE.");

    /// <summary>Opens a file to read only, whether a service runs on it or not.</summary>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public static FleetConnection OpenFile(string path) =>
        SqliteFleetConnection.Open(path, SqliteOpenMode.ReadOnly, timeoutSeconds: 30, isPooled: false);

    /// <inheritdoc/>
    public void KeepUp()
    {
        // One file, and nothing in it that time asks for.
    }

    /// <inheritdoc/>
    public FleetConnection OpenWriter() => Connect(_options, _options.CacheKibibytes);

    /// <inheritdoc/>
    public FleetConnection OpenReader()
    {
        if (_anchor is null)
        {
            return OpenFile(Name);
        }

        var connection = Connect(_options, _options.CacheKibibytes / 4);
        connection.Script("PRAGMA query_only = 1");
        return connection;
    }

    /// <inheritdoc/>
    public void BackupTo(string path)
    {
        using var source = Connect(_options, _options.CacheKibibytes / 4);
        DatabaseCopy.Backup(source.Driver, path);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_anchor is not null)
        {
            SqliteConnection.ClearPool(_anchor.Driver);
            _anchor.Dispose();
            SqliteConnection.ClearPool(_anchor.Driver);
        }
    }

    /// <summary>True when the values are at fault.</summary>
    public static bool IsDataError(Exception error) => error is SqliteException
    {
        SqliteErrorCode: raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_TOOBIG
    };

    /// <summary>Reads the whole file for damage.</summary>
    /// <exception cref="StorageException">Damage was found; the message lists the first findings.</exception>
    internal static void QuickCheck(FleetConnection connection)
    {
        var findings = connection.Query("PRAGMA quick_check(5)", row => row.Text(0));
        if (findings is not ["ok"])
        {
            throw Damaged(connection.Name, string.Join("; ", findings), null);
        }
    }

    private static StorageException Damaged(string path, string findings, Exception? cause)
    {
        var message = $"{path}: the database is damaged ({findings}). Set the file aside and restore the last backup: "
            + "the cabinets send again what the backup does not hold.";
        return cause is null ? new StorageException(message) : new StorageException(message, cause);
    }

    private static SqliteFleetConnection Connect(StorageOptions options, int cacheKibibytes)
    {
        var connection = SqliteFleetConnection.Open(
            options.DatabasePath, SqliteOpenMode.ReadWriteCreate, options.BusyTimeoutSeconds, isPooled: true);
        try
        {
            // A pooled connection may come from a reader: every pragma that one of the two kinds sets is set here.
            connection.Script($"""
                PRAGMA busy_timeout = {options.BusyTimeoutSeconds * 1000};
                PRAGMA query_only = 0;
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA foreign_keys = 1;
                PRAGMA wal_autocheckpoint = {options.WalAutocheckpointPages};
                PRAGMA cache_size = -{cacheKibibytes};
                PRAGMA temp_store = MEMORY;
                """);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
