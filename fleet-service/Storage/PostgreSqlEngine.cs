using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace KioskFleet.Service.Storage;

/// <summary>
/// A PostgreSQL server, which several fleet services may share. One writer at a time in the whole database, as with
/// SQLite: what is written is seen in the order of its positions, and no reader passes over a row that appears later.
/// Thread-safe.
/// </summary>
internal sealed class PostgreSqlEngine : IDatabaseEngine
{
    /// <summary>The oldest server whose features are used, as it tells its version.</summary>
    private static readonly Version Oldest = new(15, 0);

    /// <summary>The migration that makes the ledger's partitioned tables.</summary>
    private const int LedgerMigration = 100;

    private const int OpenTries = 4;

    private readonly PostgreSqlOptions _options;
    private readonly NpgsqlDataSource _writers;
    private readonly NpgsqlDataSource _readers;

    private PostgreSqlEngine(PostgreSqlOptions options, int busyTimeoutSeconds)
    {
        _options = options;
        var readers = options.MaxConnections * 2 / 3;
        _readers = Source(options, readers, busyTimeoutSeconds, "-c default_transaction_read_only=on");
        _writers = Source(options, options.MaxConnections - readers, busyTimeoutSeconds,
            $"-c idle_in_transaction_session_timeout={options.IdleTransactionSeconds * 1000}");
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <summary>Reaches the database as it is.</summary>
    public static PostgreSqlEngine Reach(StorageOptions options) =>
        new(options.PostgreSql, options.BusyTimeoutSeconds);

    /// <summary>Opens the database, which exists, and applies missing migrations.</summary>
    /// <exception cref="StorageException">
    /// The server cannot be reached, is too old, or has a newer database.
    /// </exception>
    public static PostgreSqlEngine Open(
        StorageOptions options, IReadOnlyList<Migration> migrations, TimeProvider time, ILogger<FleetDatabase> log) =>
        Open(options, migrations, time, log, isForMove: false);

    /// <summary>Opens the database for a move into it, finished or not.</summary>
    /// <exception cref="StorageException">
    /// The server cannot be reached, is too old, or has a newer database.
    /// </exception>
    public static PostgreSqlEngine OpenForMove(StorageOptions options, TimeProvider time) => Open(
        options, Migration.FromAssembly(typeof(PostgreSqlEngine).Assembly, StorageEngine.PostgreSql), time,
        NullLogger<FleetDatabase>.Instance, isForMove: true);

    private static PostgreSqlEngine Open(
        StorageOptions options, IReadOnlyList<Migration> migrations, TimeProvider time, ILogger<FleetDatabase> log,
        bool isForMove)
    {
        var engine = Reach(options);
        try
        {
            using var connection = engine.OpenWriter();
            RefuseOtherOrder(connection);
            if (!isForMove && LedgerMove.IsUnfinished(connection))
            {
                throw new StorageException($"{engine.Name}: a ledger is being moved into this database, or the move "
                    + "was stopped: run 'move-ledger' again until it says that all rows are equal.");
            }

            foreach (var migration in Patiently(log, () => MigrationRunner.Run(connection, migrations, time)))
            {
                StorageLog.Migrated(log, migration.Number, migration.Name);
            }

            if (migrations.Any(migration => migration.Number >= LedgerMigration))
            {
                Patiently(log, () =>
                {
                    engine.KeepUp();
                    return true;
                });
            }

            return engine;
        }
        catch (Exception error)
        {
            engine.Dispose();
            if (error is DbException or SocketException or IOException or TimeoutException)
            {
                throw new StorageException(
                    $"{engine.Name}: the database cannot be opened: {Why(options.PostgreSql, error)}", error);
            }

            throw;
        }
    }

    private static string Why(PostgreSqlOptions options, Exception error) => error switch
    {
        // The driver hides why the file with the password cannot be read.
        { InnerException: FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException } =>
            $"Storage:PostgreSql:PasswordFile: {error.InnerException.Message}",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } denied =>
            $"{denied.MessageText}. The service makes its tables itself: let its role own the database, "
            + $"ALTER DATABASE {options.Database} OWNER TO {options.User}.",
        PostgresException refused => $"{refused.SqlState}: {refused.MessageText}. See Storage:PostgreSql in the "
            + "settings, and that the database exists.",
        _ => $"{error.Message.TrimEnd('.')}. See Storage:PostgreSql in the settings, and that the server runs.",
    };

    /// <summary>
    /// Tries again what waited too long for another service's transaction: one that was cut off holds its locks until
    /// the server ends it.
    /// </summary>
    private static T Patiently<T>(ILogger<FleetDatabase> log, Func<T> work)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return work();
            }
            catch (PostgresException error) when (IsHeldByOthers(error) && tries < OpenTries)
            {
                StorageLog.WaitsForOthers(log, error.MessageText);
            }
        }
    }

    /// <inheritdoc/>
    public void KeepUp()
    {
        using var connection = OpenWriter();
        using var transaction = connection.BeginWrite();
        connection.Query(
            """
            SELECT make_ledger_month(CAST(to_char(month, 'YYYYMM') AS BIGINT))
            FROM generate_series(now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC' + interval '2 months',
                                 interval '1 month') AS month
            """,
            row => row.Long(0));
        transaction.Commit();
    }

    /// <inheritdoc/>
    public FleetConnection OpenWriter() => Connect(_writers);

    /// <inheritdoc/>
    public FleetConnection OpenReader() => Connect(_readers);

    /// <inheritdoc/>
    public void BackupTo(string path) => throw new StorageException(
        $"{Name}: a PostgreSQL database is backed up by the server's own tools (pg_dump, pg_basebackup), not here.");

    /// <summary>True when the values are at fault: classes 22 (data exception) and 23 (integrity constraint).</summary>
    public static bool IsDataError(Exception error) =>
        error is PostgresException { SqlState: ['2', '2' or '3', ..] } refused

            // A month without a partition is no fault of the row.
            && !(refused.SqlState == PostgresErrorCodes.CheckViolation && refused.ConstraintName is null);

    /// <summary>True when a lock was not to be had in time: others have it; it can be tried again.</summary>
    public static bool IsHeldByOthers(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    /// <summary>
    /// True when the server is not there, or is about to go or to come. A time that is too long may be the work's.
    /// </summary>
    public static bool IsAway(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.CannotConnectNow } => true,
        PostgresException => false,
        NpgsqlException { InnerException: SocketException or IOException } => true,
        _ => false,
    };

    /// <summary>What the server said, in one line; null when it said nothing.</summary>
    public static string? WordsOf(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } missing =>
            $"{missing.MessageText}; 'migrate' makes the tables of a new ledger",
        PostgresException said => $"{said.SqlState}: {said.MessageText}",
        _ => null,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _readers.Dispose();
        _writers.Dispose();
    }

    /// <summary>
    /// Texts are ordered and compared by their bytes, as SQLite does: two orders would be two truths.
    /// </summary>
    private static void RefuseOtherOrder(FleetConnection connection)
    {
        var (encoding, order) = connection.Query(
            """
            SELECT CAST(pg_encoding_to_char(encoding) AS TEXT),
                   CASE datlocprovider WHEN 'i' THEN 'icu' ELSE CAST(datcollate AS TEXT) END
            FROM pg_database WHERE datname = current_database()
            """,
            row => (row.Text(0), row.Text(1)))[0];
        if (encoding != "UTF8" || order is not ("C" or "POSIX" or "C.UTF-8" or "C.utf8"))
        {
            throw new StorageException($"{connection.Name}: the database has encoding {encoding} and order '{order}'; "
                + "UTF8 and 'C' are needed. Make it anew: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' "
                + "LOCALE 'C'.");
        }
    }

    private PostgreSqlFleetConnection Connect(NpgsqlDataSource source)
    {
        var connection = source.OpenConnection();
        if (connection.PostgreSqlVersion < Oldest)
        {
            var version = connection.PostgreSqlVersion;
            connection.Dispose();
            throw new StorageException(
                $"{Name}: the server is PostgreSQL {version}; {Oldest.Major} or newer is needed. Upgrade the server.");
        }

        return new PostgreSqlFleetConnection(connection, Name);
    }

    private static NpgsqlDataSource Source(PostgreSqlOptions options, int connections, int lockSeconds, string setting)
    {
        var builder = new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder
        {
            Host = options.Host,
            Port = options.Port,
            Database = options.Database,
            Username = options.User,
            SslMode = options.Tls ?? (options.IsLocal ? SslMode.Disable : SslMode.VerifyFull),
            RootCertificate = options.RootCertificate.Length > 0 ? options.RootCertificate : null,
            ApplicationName = "kioskfleet",
            MaxPoolSize = connections,
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 3,
            NoResetOnClose = true,

            // Statements here are short: compiling one (jit) would take longer than any of them.
            // A machine that is gone without a word is noticed in seconds, not hours.
            Options = $"{setting} -c lock_timeout={lockSeconds * 1000} -c TimeZone=UTC -c jit=off "
                + "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 "
                + "-c tcp_user_timeout=11000",
        }.ToString());
        if (options.PasswordFile.Length > 0)
        {
            builder.UsePasswordProvider(
                _ => File.ReadAllText(options.PasswordFile).Trim(),
                async (_, stop) => (await File.ReadAllTextAsync(options.PasswordFile, stop)).Trim());
        }

        return builder.Build();
    }
}
