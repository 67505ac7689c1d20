using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Storage;

/// <summary>
/// The one SQLite file of the fleet service: opened, checked and migrated before anybody gets it. Hands out
/// connections with the product's pragmas (WAL, synchronous=FULL, foreign keys) and keeps the process's writers in
/// one queue. Thread-safe; the connections it hands out are not.
/// </summary>
internal sealed class FleetDatabase : IDisposable
{
    /// <summary>SQLITE_CORRUPT.</summary>
    private const int Corrupt = 11;

    /// <summary>SQLITE_NOTADB.</summary>
    private const int NotADatabase = 26;

    private readonly StorageOptions _options;
    private readonly SqliteConnection _anchor;

    private FleetDatabase(StorageOptions options, SqliteConnection anchor)
    {
        _options = options;
        _anchor = anchor;
    }

    /// <summary>The queue of the process's writers. Hold a turn for every transaction that writes.</summary>
    public WriterGate Writers { get; } = new();

    /// <summary>The full path of the file.</summary>
    public string DatabasePath => _options.DatabasePath;

    /// <summary>Opens the file, makes it when absent, checks it and applies missing migrations.</summary>
    /// <exception cref="StorageException">The file is damaged, newer than the program, or cannot be opened.</exception>
    public static FleetDatabase Open(
        StorageOptions options, IReadOnlyList<Migration> migrations, TimeProvider time, ILogger<FleetDatabase> log)
    {
        var path = options.DatabasePath;
        SqliteConnection? anchor = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
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
            return new FleetDatabase(options, anchor);
        }
        catch (Exception error)
        {
            anchor?.Dispose();
            if (error is SqliteException { SqliteErrorCode: Corrupt or NotADatabase })
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

    /// <summary>
    /// An open connection that may write. Hold a turn of <see cref="Writers"/> while a transaction is open on it.
    /// </summary>
    public SqliteConnection OpenWriter() => Connect(_options, _options.CacheKibibytes);

    /// <summary>An open connection that can only read; any write on it fails.</summary>
    public SqliteConnection OpenReader()
    {
        var connection = Connect(_options, _options.CacheKibibytes / 4);
        Execute(connection, "PRAGMA query_only = 1");
        return connection;
    }

    /// <summary>
    /// Waits for the turn to write and runs <paramref name="work"/> in one IMMEDIATE transaction: committed (and
    /// fsynced) when it returns, undone when it throws. The work runs synchronously on the calling thread.
    /// </summary>
    public async Task<T> WriteAsync<T>(
        Func<SqliteConnection, SqliteTransaction, T> work, CancellationToken cancellationToken = default)
    {
        using var turn = await Writers.EnterAsync(cancellationToken);
        using var connection = OpenWriter();
        using var transaction = connection.BeginTransaction(deferred: false);
        var result = work(connection, transaction);
        transaction.Commit();
        return result;
    }

    /// <summary>
    /// Copies the database, as it is at one moment, to a new file; writers go on meanwhile. The copy appears under
    /// its name only when it is whole and checked.
    /// </summary>
    /// <exception cref="IOException">The file exists already, or cannot be written.</exception>
    /// <exception cref="StorageException">The copy did not pass the check.</exception>
    public void BackupTo(string path)
    {
        using var source = OpenReader();
        DatabaseCopy.Backup(source, path);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        SqliteConnection.ClearPool(_anchor);
        _anchor.Dispose();
        SqliteConnection.ClearPool(_anchor);
    }

    /// <summary>Reads the whole file for damage.</summary>
    /// <exception cref="StorageException">Damage was found; the message lists the first findings.</exception>
    internal static void QuickCheck(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(5)";
        using var reader = command.ExecuteReader();
        var findings = new List<string>();
        while (reader.Read())
        {
            findings.Add(reader.GetString(0));
        }

        if (findings is not ["ok"])
        {
            throw Damaged(connection.DataSource, string.Join("; ", findings), null);
        }
    }

    private static StorageException Damaged(string path, string findings, Exception? cause)
    {
        var message = $"{path}: the database is damaged ({findings}). Set the file aside and restore the last backup: "
            + "the cabinets send again what the backup does not hold.";
        return cause is null ? new StorageException(message) : new StorageException(message, cause);
    }

    private static SqliteConnection Connect(StorageOptions options, int cacheKibibytes)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = options.DatabasePath,
            Mode = SqliteOpenMode.ReadWriteCreate,
            DefaultTimeout = options.BusyTimeoutSeconds,
            Pooling = true,
        }.ToString());
        try
        {
            connection.Open();

            // A pooled connection may come from a reader: every pragma that one of the two kinds sets is set here.
            Execute(connection, $"""
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

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
