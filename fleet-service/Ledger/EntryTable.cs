using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>What is stored of a sale, as far as a refund of it needs it.</summary>
/// <param name="Position">Its ledger position.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="State">How it counts.</param>
/// <param name="BusinessDay">Its day, yyyymmdd.</param>
/// <param name="AssignmentId">Its assignment.</param>
/// <param name="LineClass">Class of every line, or 0.</param>
/// <param name="LineClasses">One class per line when they differ.</param>
/// <param name="Bytes">Its canonical bytes.</param>
/// <param name="UtcMs">Its corrected moment, Unix milliseconds UTC.</param>
internal sealed record StoredEntry(
    long Position, EntryKind Kind, EntryState State, int BusinessDay, long AssignmentId, byte LineClass,
    byte[]? LineClasses, byte[] Bytes, long UtcMs)
{
    /// <summary>The class of a line at commit.</summary>
    public byte ClassOf(int line) => LineClasses is { } classes ? classes[line] : LineClass;
}

/// <summary>The append-only table of entries. Belongs to one session.</summary>
internal sealed class EntryTable(FleetConnection connection) : IDisposable
{
    private readonly RowWriter _rows = connection.PrepareRows(
        "entries",
        """
        position, batch_id, seq, hash, bytes, kind, state, utc_ms, business_day, assignment_id, aid_fen, ordinary_fen,
        unmapped_fen, line_class, line_classes
        """ + (connection.HasCommitMonths ? ", commit_month" : ""));

    private readonly Statement _read = connection.Prepare("""
        SELECT position, kind, state, business_day, assignment_id, line_class, line_classes, bytes, utc_ms
        FROM entries WHERE position = ?1
        """);

    private readonly Statement _range = connection.Prepare("""
        SELECT position, kind, state, business_day, assignment_id, line_class, line_classes, bytes, utc_ms
        FROM entries WHERE position BETWEEN ?1 AND ?2 ORDER BY position
        """);

    private readonly Statement _hash = connection.Prepare("SELECT hash FROM entries WHERE position = ?1");

    /// <summary>
    /// The month of this transaction, yyyymm in UTC, where <see cref="FleetConnection.HasCommitMonths"/>.
    /// </summary>
    public long CommitMonth { get; set; }

    /// <summary>True when the transaction failed in rows that were appended to it before.</summary>
    public bool IsRefused => _rows.IsRefused;

    /// <summary>Of these, the one it failed at, from 0; null when nobody knows.</summary>
    public long? RefusedRow => _rows.RefusedRow;

    /// <summary>Appends an entry.</summary>
    public void Insert(
        long position, long batchId, ulong seq, Digest hash, ReadOnlySpan<byte> bytes, in JudgedEntry judged)
    {
        _rows.Set(1, position).Set(2, batchId).Set(3, (long)seq).Set(4, hash).Set(5, bytes)
            .Set(6, (long)judged.Kind).Set(7, (long)judged.State).Set(8, judged.UtcMs).Set(9, (long)judged.BusinessDay)
            .Set(10, judged.AssignmentId).Set(11, judged.Amounts.AidFen).Set(12, judged.Amounts.OrdinaryFen)
            .Set(13, judged.Amounts.UnmappedFen).Set(14, (long)judged.LineClass);
        if (judged.LineClasses is { } classes)
        {
            _rows.Set(15, classes);
        }
        else
        {
            _rows.SetNull(15);
        }

        if (connection.HasCommitMonths)
        {
            _rows.Set(16, CommitMonth);
        }

        _rows.Add();
    }

    /// <summary>The committed hash at a position; null when its month was detached.</summary>
    public Digest? HashAt(long position)
    {
        _hash.Set(1, position);
        Digest? hash = _hash.Next() ? _hash.Hash(0) : null;
        _hash.Reset();
        return hash;
    }

    /// <summary>Reads the entry at a position.</summary>
    public StoredEntry Read(long position) => Find(position)
        ?? throw new InvalidOperationException($"The ledger has no entry at position {position}.");

    /// <summary>Reads the entry at a position; null while it is not written.</summary>
    public StoredEntry? Find(long position)
    {
        _read.Set(1, position);
        if (!_read.Next())
        {
            return null;
        }

        var entry = Read(_read);
        _read.Reset();
        return entry;
    }

    /// <summary>Reads the entries of a range of positions, in order.</summary>
    public IEnumerable<StoredEntry> Range(long first, long last)
    {
        _range.Set(1, first).Set(2, last);
        try
        {
            while (_range.Next())
            {
                yield return Read(_range);
            }
        }
        finally
        {
            _range.Reset();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _read.Dispose();
        _range.Dispose();
        _hash.Dispose();
    }

    private static StoredEntry Read(Statement row) => new(row.Long(0), (EntryKind)row.Long(1), (EntryState)row.Long(2),
        (int)row.Long(3), row.Long(4), (byte)row.Long(5), row.IsNull(6) ? null : row.Bytes(6).ToArray(),
        row.Bytes(7).ToArray(), row.Long(8));
}
