using KioskFleet.Protocol.Identity;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Agent.Telemetry;

/// <summary>An encoded sample that waits to be sent.</summary>
/// <param name="Number">Its number in the store, ascending.</param>
/// <param name="Boot">The boot that measured it.</param>
/// <param name="Bytes">Its bytes, as <see cref="Protocol.Telemetry.TelemetryWriter.Encode"/> made them.</param>
internal sealed record StoredSample(long Number, BootId Boot, byte[] Bytes);

/// <summary>
/// Samples that wait, in an SQLite file of their own with a byte limit: the oldest go first. Nothing is ever synced, so
/// that the journal never waits for it on the disk; what a power cut damages is thrown away and begun anew. One caller
/// at a time.
/// </summary>
internal sealed class TelemetryStore : IDisposable
{
    private const int PageBytes = 1024;

    /// <summary>Bytes a row takes beside its sample at most: itself, and the page that the sample does not fill.
    /// </summary>
    private const int RowBytes = PageBytes + 64;

    private readonly string _path;
    private readonly long _maxBytes;
    private SqliteConnection? _connection;
    private long _bytes;

    private TelemetryStore(string path, long maxBytes)
    {
        _path = path;
        _maxBytes = maxBytes;
    }

    /// <summary>Samples that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Samples that gave way to newer ones since the start.</summary>
    public long Dropped { get; private set; }

    /// <summary>Opens the store, or begins it anew when the file cannot be used.</summary>
    /// <param name="path">The file; its folder is made.</param>
    /// <param name="maxBytes">The most that the file and what SQLite keeps beside it take; 1 MiB or more.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="SqliteException">A new file cannot be made either.</exception>
    public static TelemetryStore Open(string path, long maxBytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var store = new TelemetryStore(path, maxBytes);
        try
        {
            store.Connect();
        }
        catch (SqliteException)
        {
            store.Forget();
            store.Connect();
        }

        return store;
    }

    /// <summary>Adds samples; the oldest give way.</summary>
    /// <exception cref="SqliteException">The disk is full or fails.</exception>
    public void Append(IReadOnlyList<(BootId Boot, byte[] Bytes)> samples)
    {
        using var transaction = _connection!.BeginTransaction();
        var before = (_bytes, Count, Dropped);
        try
        {
            var coming = samples.Sum(sample => sample.Bytes.Length + RowBytes);
            MakeRoom(transaction, coming);
            Span<byte> boot = stackalloc byte[BootId.Size];
            foreach (var sample in samples)
            {
                sample.Boot.Write(boot);
                Run(transaction, "INSERT INTO sample (boot, bytes) VALUES ($boot, $bytes)",
                    ("$boot", boot.ToArray()), ("$bytes", sample.Bytes));
            }

            transaction.Commit();
            _bytes += coming;
            Count += samples.Count;
        }
        catch (SqliteException)
        {
            (_bytes, Count, Dropped) = before;
            throw;
        }
    }

    /// <summary>The newest samples, newest first.</summary>
    public IReadOnlyList<StoredSample> Newest(int count)
    {
        using var command = _connection!.CreateCommand();
        command.CommandText = "SELECT number, boot, bytes FROM sample ORDER BY number DESC LIMIT $count";
        command.Parameters.AddWithValue("$count", count);
        using var rows = command.ExecuteReader();
        var samples = new List<StoredSample>();
        while (rows.Read())
        {
            samples.Add(new StoredSample(
                rows.GetInt64(0), BootId.Read(rows.GetFieldValue<byte[]>(1)), rows.GetFieldValue<byte[]>(2)));
        }

        return samples;
    }

    /// <summary>Removes samples that were sent.</summary>
    public void Remove(IReadOnlyList<long> numbers)
    {
        using var transaction = _connection!.BeginTransaction();
        foreach (var number in numbers)
        {
            Run(transaction, "DELETE FROM sample WHERE number = $number", ("$number", number));
        }

        transaction.Commit();
        Recount();
    }

    /// <summary>Closes and deletes the file: its blocks belong to the journal.</summary>
    public void Shed()
    {
        Dropped += Count;
        Dispose();
        Forget();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private void Connect()
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();

            // The limit holds for the file itself, whatever a count of bytes says; the rest is for the WAL.
            command.CommandText = $"""
                PRAGMA page_size = {PageBytes};
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = OFF;
                PRAGMA wal_autocheckpoint = 128;
                PRAGMA journal_size_limit = 131072;
                PRAGMA max_page_count = {_maxBytes * 5 / 8 / PageBytes};
                CREATE TABLE IF NOT EXISTS sample (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    boot BLOB NOT NULL,
                    bytes BLOB NOT NULL);
                """;
            command.ExecuteNonQuery();
            _connection = connection;
            Recount();
        }
        catch
        {
            _connection = null;
            connection.Dispose();
            throw;
        }
    }

    private void Recount()
    {
        using var command = _connection!.CreateCommand();
        command.CommandText = $"SELECT count(*), coalesce(sum(length(bytes) + {RowBytes}), 0) FROM sample";
        using var row = command.ExecuteReader();
        row.Read();
        Count = (int)row.GetInt64(0);
        _bytes = row.GetInt64(1);
    }

    private void MakeRoom(SqliteTransaction transaction, long coming)
    {
        while (Count > 0 && _bytes + coming > _maxBytes / 2)
        {
            // A tenth at a time: rows are alike, and each one alone would be a statement.
            var some = Math.Max(1, Count / 10);
            using var command = _connection!.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = $"""
                DELETE FROM sample WHERE number IN (SELECT number FROM sample ORDER BY number LIMIT {some})
                RETURNING length(bytes) + {RowBytes}
                """;
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                _bytes -= rows.GetInt64(0);
                Count--;
                Dropped++;
            }
        }
    }

    private void Run(SqliteTransaction transaction, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = _connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }

    private void Forget()
    {
        foreach (var ending in (string[])["", "-wal", "-shm", "-journal"])
        {
            File.Delete(_path + ending);
        }

        (_bytes, Count) = (0, 0);
    }
}
