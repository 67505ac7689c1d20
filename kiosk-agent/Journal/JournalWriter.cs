using System.Runtime.InteropServices;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Agent.Journal;

/// <summary>
/// The connection that writes, with its prepared statements. Every call outside <see cref="InTransaction"/> is a
/// transaction of its own, durable when it returns. Not thread-safe: guarded by the journal file's lock.
/// </summary>
internal sealed class JournalWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly byte[] _hash = new byte[Digest.Size];

    /// <summary>Takes over the connection; the schema must be there or be made by <see cref="CreateSchema"/>.</summary>
    public JournalWriter(SqliteConnection connection)
    {
        _connection = connection;
        _insert = connection.CreateCommand();
        _insert.CommandText = """
            INSERT INTO entry (seq, hash, bytes, id_key, sales_fen, refunds_fen, sales)
            VALUES ($seq, $hash, $bytes, $key, $sales_fen, $refunds_fen, $sales)
            """;
        foreach (var name in (string[])["$seq", "$hash", "$bytes", "$key", "$sales_fen", "$refunds_fen", "$sales"])
        {
            _insert.Parameters.Add(name, name is "$hash" or "$bytes" ? SqliteType.Blob : SqliteType.Integer);
        }
    }

    /// <summary>Makes the tables that are missing.</summary>
    public void CreateSchema() => JournalConnection.Execute(_connection, JournalConnection.Schema);

    /// <summary>Several writes as one transaction: all or none.</summary>
    public void InTransaction(Action writes)
    {
        JournalConnection.Execute(_connection, "BEGIN IMMEDIATE");
        try
        {
            writes();
            JournalConnection.Execute(_connection, "COMMIT");
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    /// <summary>Ends a transaction that failed; SQLite may have ended it already.</summary>
    public void RollBack()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
        {
            JournalConnection.Execute(_connection, "ROLLBACK");
        }
    }

    /// <summary>Appends an entry.</summary>
    public void Insert(in EntryRow row)
    {
        var values = _insert.Parameters;
        row.Entry.Hash.Write(_hash);
        values[0].Value = (long)row.Entry.Seq;
        values[1].Value = _hash;
        values[2].Value = WholeArray(row.Entry.Bytes);
        values[3].Value = row.IdKey;
        values[4].Value = row.Sums.SalesFen;
        values[5].Value = row.Sums.RefundsFen;
        values[6].Value = row.Sums.Sales;
        _insert.ExecuteNonQuery();
    }

    /// <summary>Writes the mark.</summary>
    public void SetMark(in JournalMark mark)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = """
            INSERT OR REPLACE INTO mark (one, committed_seq, committed_hash, anchor_seq, anchor_hash,
                anchor_sales_fen, anchor_refunds_fen, anchor_sales)
            VALUES (1, $committed_seq, $committed_hash, $anchor_seq, $anchor_hash, $sales_fen, $refunds_fen, $sales)
            """;
        command.Parameters.AddWithValue("$committed_seq", (long)mark.Committed.Seq);
        command.Parameters.AddWithValue("$committed_hash", mark.Committed.Hash.ToArray());
        command.Parameters.AddWithValue("$anchor_seq", (long)mark.Anchor.Seq);
        command.Parameters.AddWithValue("$anchor_hash", mark.Anchor.Hash.ToArray());
        command.Parameters.AddWithValue("$sales_fen", mark.AnchorSums.SalesFen);
        command.Parameters.AddWithValue("$refunds_fen", mark.AnchorSums.RefundsFen);
        command.Parameters.AddWithValue("$sales", mark.AnchorSums.Sales);
        command.ExecuteNonQuery();
    }

    /// <summary>Deletes entries up to a number, which must be committed.</summary>
    public void DeleteThrough(ulong seq)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "DELETE FROM entry WHERE seq <= $seq";
        command.Parameters.AddWithValue("$seq", (long)seq);
        command.ExecuteNonQuery();
    }

    /// <summary>Keeps an observation; the first one of a boot stays.</summary>
    public void AddObservation(in ClockObservation observation)
    {
        var boot = new byte[BootId.Size];
        observation.Boot.Write(boot);
        using var command = _connection.CreateCommand();
        command.CommandText = """
            INSERT OR IGNORE INTO observation (boot, monotonic_ms, server_utc_ms) VALUES ($boot, $monotonic, $server)
            """;
        command.Parameters.AddWithValue("$boot", boot);
        command.Parameters.AddWithValue("$monotonic", observation.MonotonicMs);
        command.Parameters.AddWithValue("$server", observation.ServerUtcMs);
        command.ExecuteNonQuery();
    }

    /// <summary>Writes a vend row, in place of an older one of the same id.</summary>
    public void PutVend(VendRow row)
    {
        var boot = new byte[BootId.Size];
        row.Boot.Write(boot);
        using var command = _connection.CreateCommand();
        command.CommandText = """
            INSERT OR REPLACE INTO vend (id, kind, slot, sku, price_fen, denial, boot, until_monotonic_ms,
                until_wall_utc_ms, closed, basket)
            VALUES ($id, $kind, $slot, $sku, $price, $denial, $boot, $monotonic, $wall, $closed, $basket)
            """;
        command.Parameters.AddWithValue("$id", row.Id);
        command.Parameters.AddWithValue("$kind", (int)row.Kind);
        command.Parameters.AddWithValue("$slot", row.Slot);
        command.Parameters.AddWithValue("$sku", row.Sku);
        command.Parameters.AddWithValue("$price", row.PriceFen);
        command.Parameters.AddWithValue("$denial", row.Denial);
        command.Parameters.AddWithValue("$boot", boot);
        command.Parameters.AddWithValue("$monotonic", row.UntilMonotonicMs);
        command.Parameters.AddWithValue("$wall", row.UntilWallUtcMs);
        command.Parameters.AddWithValue("$closed", row.IsClosed ? 1 : 0);
        command.Parameters.AddWithValue("$basket", VendRow.Write(row.Basket));
        command.ExecuteNonQuery();
    }

    /// <summary>Keeps the copy of the gate's config, in place of the one before.</summary>
    public void PutConfig(KeptConfig config)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = """
            INSERT OR REPLACE INTO gate_config (one, version, mode, kind, restrict_from_utc_ms, bytes)
            VALUES (1, $version, $mode, $kind, $from, $bytes)
            """;
        command.Parameters.AddWithValue("$version", config.Version);
        command.Parameters.AddWithValue("$mode", (int)config.Mode);
        command.Parameters.AddWithValue("$kind", (int)config.Kind);
        command.Parameters.AddWithValue("$from", config.RestrictFromUtcMs);
        command.Parameters.AddWithValue("$bytes", config.Bytes);
        command.ExecuteNonQuery();
    }

    /// <summary>Notes that an ended journal was carried over as a whole.</summary>
    public void AddCarriedOver(JournalId journal)
    {
        var id = new byte[JournalId.Size];
        journal.Write(id);
        using var command = _connection.CreateCommand();
        command.CommandText = "INSERT OR IGNORE INTO carried_over (journal) VALUES ($journal)";
        command.Parameters.AddWithValue("$journal", id);
        command.ExecuteNonQuery();
    }

    /// <summary>Forgets a vend row.</summary>
    public void RemoveVend(string id)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "DELETE FROM vend WHERE id = $id";
        command.Parameters.AddWithValue("$id", id);
        command.ExecuteNonQuery();
    }

    /// <summary>The array behind the bytes when it holds nothing else: a sale is not copied once more.</summary>
    private static byte[] WholeArray(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var part) && part.Array is { } array && array.Length == bytes.Length
            ? array
            : bytes.ToArray();

    /// <inheritdoc/>
    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }

    /// <summary>The sums behind an entry.</summary>
    public static RunningSums Add(in RunningSums sums, in RunningSums adds) => new(
        checked(sums.SalesFen + adds.SalesFen), checked(sums.RefundsFen + adds.RefundsFen),
        checked(sums.Sales + adds.Sales));
}
