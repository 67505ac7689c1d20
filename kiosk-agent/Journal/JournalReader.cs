using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Agent.Journal;

/// <summary>
/// Reads a journal's tables over one connection. Values that cannot be what they should be throw
/// <see cref="JournalDamagedException"/>. Not thread-safe: guarded by the journal file's read lock.
/// </summary>
internal sealed class JournalReader(SqliteConnection connection) : IDisposable
{
    private const string RowColumns = "seq, hash, bytes, id_key, sales_fen, refunds_fen, sales";

    /// <summary>The mark; null when the row is missing.</summary>
    public JournalMark? Mark()
    {
        using var command = Command("""
            SELECT committed_seq, committed_hash, anchor_seq, anchor_hash, anchor_sales_fen, anchor_refunds_fen,
                anchor_sales FROM mark WHERE one = 1
            """);
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new JournalMark(new Head(Seq(reader, 0), Hash(reader, 1)), new Head(Seq(reader, 2), Hash(reader, 3)),
                new RunningSums(Number(reader, 4), Number(reader, 5), Number(reader, 6)))
            : null;
    }

    /// <summary>The last entry's row; null for a journal without entries.</summary>
    public EntryRow? LastRow()
    {
        using var command = Command($"SELECT {RowColumns} FROM entry ORDER BY seq DESC LIMIT 1");
        using var reader = command.ExecuteReader();
        return reader.Read() ? Row(reader) : null;
    }

    /// <summary>One entry's row.</summary>
    public EntryRow? RowAt(ulong seq)
    {
        using var command = Command($"SELECT {RowColumns} FROM entry WHERE seq = $seq");
        command.Parameters.AddWithValue("$seq", (long)seq);
        using var reader = command.ExecuteReader();
        return reader.Read() ? Row(reader) : null;
    }

    /// <summary>The rows behind a number, in order. Finish or dispose the enumeration before the next call.</summary>
    public IEnumerable<EntryRow> RowsAfter(ulong seq, long most = long.MaxValue)
    {
        using var command = Command($"SELECT {RowColumns} FROM entry WHERE seq > $seq ORDER BY seq LIMIT $most");
        command.Parameters.AddWithValue("$seq", (long)seq);
        command.Parameters.AddWithValue("$most", most);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return Row(reader);
        }
    }

    /// <summary>The id keys of all entries, in order.</summary>
    public IEnumerable<(ulong Seq, long Key)> Keys()
    {
        using var command = Command("SELECT seq, id_key FROM entry ORDER BY seq");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return (Seq(reader, 0), Number(reader, 1));
        }
    }

    /// <summary>All observations, in the order of their boots.</summary>
    public IReadOnlyList<ClockObservation> Observations()
    {
        var observations = new List<ClockObservation>();
        using var command = Command("SELECT boot, monotonic_ms, server_utc_ms FROM observation ORDER BY ordinal");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            observations.Add(new ClockObservation(Boot(reader, 0), Number(reader, 1), Number(reader, 2)));
        }

        return observations;
    }

    /// <summary>The boots of a range of entries.</summary>
    public IReadOnlySet<BootId> BootsOf(ulong first, ulong last)
    {
        // The boot id stands at offset 12 of an entry's header; SQLite counts from 1. Ended by a count and not by the
        // last number: a comparison would step on the row behind the range, which may be damaged.
        var boots = new HashSet<BootId>();
        using var command = Command(
            "SELECT substr(bytes, 13, 16) FROM entry WHERE seq >= $first ORDER BY seq LIMIT $count");
        command.Parameters.AddWithValue("$first", (long)first);
        command.Parameters.AddWithValue("$count", (long)(last - first + 1));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            boots.Add(Boot(reader, 0));
        }

        return boots;
    }

    /// <summary>Ended journals that were carried over as a whole.</summary>
    public IReadOnlyList<JournalId> CarriedOver()
    {
        var journals = new List<JournalId>();
        using var command = Command("SELECT journal FROM carried_over");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            journals.Add(new JournalId(Boot(reader, 0).Value));
        }

        return journals;
    }

    /// <summary>All vend rows.</summary>
    public IReadOnlyList<VendRow> Vends()
    {
        var vends = new List<VendRow>();
        using var command = Command("""
            SELECT id, kind, slot, sku, price_fen, denial, boot, until_monotonic_ms, until_wall_utc_ms, closed, basket
            FROM vend
            """);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            vends.Add(new VendRow(Text(reader, 0), (VendRowKind)Small(reader, 1), Text(reader, 2),
                Text(reader, 3), Number(reader, 4), Small(reader, 5), Boot(reader, 6), Number(reader, 7),
                Number(reader, 8), Small(reader, 9) != 0)
            {
                Basket = VendRow.Read(reader.GetValue(10) as byte[] ?? [])
                    ?? throw new JournalDamagedException("A basket is not readable.", 0),
            });
        }

        return vends;
    }

    /// <summary>The copy of the gate's config; null before the first one.</summary>
    public KeptConfig? Config()
    {
        using var command = Command("SELECT version, mode, kind, restrict_from_utc_ms, bytes FROM gate_config");
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new KeptConfig(Text(reader, 0), (GateMode)Small(reader, 1), (CabinetKind)Small(reader, 2),
                Number(reader, 3), reader.GetValue(4) as byte[] ?? [])
            : null;
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    private SqliteCommand Command(string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static EntryRow Row(SqliteDataReader reader)
    {
        var seq = Seq(reader, 0);
        var bytes = reader.GetValue(2) as byte[] ?? throw new JournalDamagedException("The entry is not bytes.", seq);
        return new EntryRow(new StoredEntry(seq, Hash(reader, 1, seq), bytes), Number(reader, 3, seq), new RunningSums(
            Number(reader, 4, seq), Number(reader, 5, seq), Number(reader, 6, seq)));
    }

    private static long Number(SqliteDataReader reader, int column, ulong seq = 0) =>
        reader.GetValue(column) is long value
            ? value
            : throw new JournalDamagedException("A number beside the entry is not a number.", seq);

    private static int Small(SqliteDataReader reader, int column) =>
        Number(reader, column) is >= int.MinValue and <= int.MaxValue and var value
            ? (int)value
            : throw new JournalDamagedException("A number is out of range.", 0);

    private static string Text(SqliteDataReader reader, int column) => reader.GetValue(column) as string
        ?? throw new JournalDamagedException("A text is not a text.", 0);

    private static ulong Seq(SqliteDataReader reader, int column) => Number(reader, column) is >= 0 and var seq
        ? (ulong)seq
        : throw new JournalDamagedException("An entry has a negative number.", 0);

    private static Digest Hash(SqliteDataReader reader, int column, ulong seq = 0) =>
        reader.GetValue(column) is byte[] { Length: Digest.Size } bytes
            ? Digest.Read(bytes)
            : throw new JournalDamagedException("The stored hash is not 32 bytes.", seq);

    private static BootId Boot(SqliteDataReader reader, int column) =>
        reader.GetValue(column) is byte[] { Length: BootId.Size } bytes
            ? BootId.Read(bytes)
            : throw new JournalDamagedException("A boot id is not 16 bytes.", 0);
}
