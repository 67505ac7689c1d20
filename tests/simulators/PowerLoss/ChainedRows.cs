using System.Buffers.Binary;
using System.Security.Cryptography;
using KioskFleet.Simulators.PowerLoss;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Simulators.Tests.PowerLoss;

/// <summary>
/// A journal in miniature on plain Microsoft.Data.Sqlite: one row a transaction, chained by SHA-256 to the one
/// before, and a head row that must move with it. Payloads reach over several pages, so that a torn one shows.
/// </summary>
internal sealed record ChainedRows(string JournalMode, string Synchronous, int RowsPerLife)
{
    private const string FileName = "rows.db";
    private const int MaxPayloadBytes = 9_000;

    public static ChainedRows Wal(string synchronous) => new("WAL", synchronous, RowsPerLife: 25);

    /// <summary>Appends rows after those that are there; the item is the row's number.</summary>
    public Task Append(PowerLossDisk disk, Action<long> answered, CancellationToken powerLost)
    {
        using SqliteConnection connection = Open(disk.ConnectionString(FileName));
        (long last, byte[] chain) = Head(connection);
        for (long row = last + 1; row <= last + RowsPerLife && !powerLost.IsCancellationRequested; row++)
        {
            chain = Append(connection, row, chain);
            answered(row);
        }

        return Task.CompletedTask;
    }

    public SqliteConnection Open(string connectionString)
    {
        SqliteConnection connection = new(connectionString);
        connection.Open();
        Execute(connection, $"PRAGMA journal_mode={JournalMode}; PRAGMA synchronous={Synchronous};");
        Execute(connection, """
            PRAGMA wal_autocheckpoint=12;
            BEGIN;
            CREATE TABLE IF NOT EXISTS row (number INTEGER PRIMARY KEY, payload BLOB NOT NULL, chain BLOB NOT NULL);
            CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL);
            COMMIT;
            """);
        return connection;
    }

    public static byte[] Append(SqliteConnection connection, long number, byte[] previous)
    {
        byte[] payload = new byte[number * 7919 % MaxPayloadBytes];
        new Random((int)number).NextBytes(payload);
        byte[] chain = Chain(previous, number, payload);
        using SqliteTransaction transaction = connection.BeginTransaction();
        using SqliteCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = """
            INSERT INTO row (number, payload, chain) VALUES ($number, $payload, $chain);
            INSERT INTO head (one, number) VALUES (1, $number) ON CONFLICT DO UPDATE SET number = excluded.number;
            """;
        command.Parameters.AddWithValue("$number", number);
        command.Parameters.AddWithValue("$payload", payload);
        command.Parameters.AddWithValue("$chain", chain);
        command.ExecuteNonQuery();
        transaction.Commit();
        return chain;
    }

    /// <summary>What a cut left: rows whose chain holds, half ones, and damage of the file.</summary>
    public static Survivors<long> Verify(string folder)
    {
        string path = Path.Combine(folder, FileName);
        HashSet<long> whole = [];
        if (!File.Exists(path))
        {
            return new(whole, 0, null);
        }

        try
        {
            using SqliteConnection connection = new(
                new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
            connection.Open();
            string integrity = (string)Scalar(connection, "PRAGMA integrity_check;")!;
            long tables = (long)Scalar(connection, "SELECT count(*) FROM sqlite_master WHERE type = 'table';")!;
            int half = tables is 0 or 2 ? 0 : 1;
            half += tables == 2 ? ReadRows(connection, whole) : 0;
            return new(whole, half, integrity == "ok" ? null : integrity);
        }
        catch (SqliteException exception)
        {
            return new(whole, 0, exception.Message);
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static object? Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static int ReadRows(SqliteConnection connection, HashSet<long> whole)
    {
        int half = 0;
        byte[] chain = [];
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT number, payload, chain FROM row ORDER BY number;";
        using (SqliteDataReader reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                long number = reader.GetInt64(0);
                chain = Chain(chain, number, Bytes(reader, 1));
                bool holds = number == whole.Count + half + 1
                    && chain.AsSpan().SequenceEqual(Bytes(reader, 2));
                half += holds && whole.Add(number) ? 0 : 1;
            }
        }

        long head = (long?)Scalar(connection, "SELECT number FROM head;") ?? 0;
        return head == whole.Count ? half : half + 1;
    }

    /// <summary>A damaged file may give anything at all.</summary>
    private static byte[] Bytes(SqliteDataReader reader, int column) => reader.GetValue(column) as byte[] ?? [];

    private static (long Last, byte[] Chain) Head(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT number, chain FROM row ORDER BY number DESC LIMIT 1;";
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), Bytes(reader, 1)) : (0, []);
    }

    private static byte[] Chain(byte[] previous, long number, byte[] payload)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return SHA256.HashData([.. previous, .. bytes, .. payload]);
    }
}
