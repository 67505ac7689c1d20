using Microsoft.Data.Sqlite;

namespace KioskFleet.Agent.Journal;

/// <summary>The one place that opens SQLite: connection string, pragmas, schema.</summary>
internal static class JournalConnection
{
    private const int FullCode = 13;
    private const int ShortReadCode = 522;

    /// <summary>
    /// What SQLite says of a damaged file: an error in its schema (1, a table is gone), corrupt (11), schema changed
    /// (17), a row where none can be (19), a wrong type (20), a wrong format (24), not a database (26).
    /// </summary>
    private static readonly int[] DamageCodes = [1, 11, 17, 19, 20, 24, 26];

    /// <summary>
    /// One row per entry holds everything a sale needs, so that a sale is one insert into one table: bytes, hash, the
    /// id's key and the running sums behind it. The mark is one row: what is committed, and the anchor that retention
    /// leaves.
    /// </summary>
    internal const string Schema = """
        CREATE TABLE IF NOT EXISTS entry (
            seq INTEGER PRIMARY KEY,
            hash BLOB NOT NULL,
            bytes BLOB NOT NULL,
            id_key INTEGER NOT NULL,
            sales_fen INTEGER NOT NULL,
            refunds_fen INTEGER NOT NULL,
            sales INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS mark (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            committed_seq INTEGER NOT NULL,
            committed_hash BLOB NOT NULL,
            anchor_seq INTEGER NOT NULL,
            anchor_hash BLOB NOT NULL,
            anchor_sales_fen INTEGER NOT NULL,
            anchor_refunds_fen INTEGER NOT NULL,
            anchor_sales INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS observation (
            ordinal INTEGER PRIMARY KEY,
            boot BLOB NOT NULL UNIQUE,
            monotonic_ms INTEGER NOT NULL,
            server_utc_ms INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS carried_over (journal BLOB PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS vend (
            id TEXT PRIMARY KEY,
            kind INTEGER NOT NULL,
            slot TEXT NOT NULL,
            sku TEXT NOT NULL,
            price_fen INTEGER NOT NULL,
            denial INTEGER NOT NULL,
            boot BLOB NOT NULL,
            until_monotonic_ms INTEGER NOT NULL,
            until_wall_utc_ms INTEGER NOT NULL,
            closed INTEGER NOT NULL,
            basket BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS gate_config (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            version TEXT NOT NULL,
            mode INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            restrict_from_utc_ms INTEGER NOT NULL,
            bytes BLOB NOT NULL);
        PRAGMA user_version = 1;
        """;

    /// <summary>Opens the connection that writes; the file is created when asked for.</summary>
    public static SqliteConnection Write(string path, JournalOptions options, bool create)
    {
        var connection = Open(path, options, create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite);
        Execute(connection, $"""
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = {(options.Synchronous == JournalSync.Full ? "FULL" : "OFF")};
            PRAGMA wal_autocheckpoint = 1000;
            """);
        return connection;
    }

    /// <summary>Opens a connection that reads only.</summary>
    public static SqliteConnection Read(string path, JournalOptions options)
    {
        // A read-only open cannot rebuild the shared memory of a file that a power cut left: query_only instead.
        var connection = Open(path, options, SqliteOpenMode.ReadWrite);
        Execute(connection, "PRAGMA query_only = ON;");
        return connection;
    }

    /// <summary>Runs a statement.</summary>
    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a query for one value; null when there is no row.</summary>
    public static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>Null when the file passes its quick check, else the first words of what SQLite found.</summary>
    public static string? QuickCheck(SqliteConnection connection)
    {
        var found = Scalar(connection, "PRAGMA quick_check(1)") as string;
        return found == "ok" ? null : found ?? "the check gave no answer";
    }

    /// <summary>
    /// True when the file itself is damaged, as opposed to a full disk or an I/O error that may pass.
    /// </summary>
    public static bool IsDamage(SqliteException error) =>
        DamageCodes.Contains(error.SqliteErrorCode) || error.SqliteExtendedErrorCode == ShortReadCode;

    /// <summary>True when the disk is full.</summary>
    public static bool IsFull(SqliteException error) => error.SqliteErrorCode == FullCode;

    private static SqliteConnection Open(string path, JournalOptions options, SqliteOpenMode mode)
    {
        var text = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false };
        if (options.Vfs is { } vfs)
        {
            text.Vfs = vfs;
        }

        var connection = new SqliteConnection(text.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
