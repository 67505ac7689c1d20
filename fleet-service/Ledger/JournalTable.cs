using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receiving;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>A journal's row: what the receiver decides from, and what only the ledger needs.</summary>
/// <param name="No">The ledger's own short number of the journal.</param>
/// <param name="Record">What the receiver decides from.</param>
/// <param name="LastUtcMs">Corrected time of the latest entry; 0 before the first.</param>
/// <param name="IsFirst">True when entry 1 is committed and no Succession: the journal has no predecessor.</param>
/// <param name="IsOrigin">True when another journal took entries over from it.</param>
/// <param name="Predecessor">The journal it succeeded; null when there is none.</param>
internal sealed record JournalRow(
    long No, JournalRecord Record, long LastUtcMs, bool IsFirst, bool IsOrigin, JournalId? Predecessor);

/// <summary>The table of journals and heads. Belongs to one ledger session.</summary>
internal sealed class JournalTable(FleetConnection connection) : IDisposable
{
    private const string Columns = """
        journal_no, journal_id, cabinet_id, head_seq, head_hash, superseded_after, witness_seq, witness_hash,
        witness_boot, witness_mono_ms, last_utc_ms, is_first, is_origin,
        predecessor_id
        """;

    private readonly Statement _find = connection.Prepare($"SELECT {Columns} FROM journals WHERE journal_id = ?1");

    private readonly Statement _ofCabinet = connection.Prepare(
        $"SELECT {Columns} FROM journals WHERE cabinet_id = ?1 ORDER BY journal_no");

    private readonly Statement _insert = connection.Prepare("""
        INSERT INTO journals (journal_id, cabinet_id, head_seq, head_hash, last_utc_ms) VALUES (?1, ?2, 0, ?3, 0)
        """);

    // The comparison is the compare-and-set that makes every commit exactly-once: no row changed, no commit.
    private readonly Statement _advance = connection.Prepare("""
        UPDATE journals SET head_seq = ?1, head_hash = ?2, last_utc_ms = ?3, skipped = skipped + ?4,
          is_first = CASE WHEN ?8 = 1 THEN 1 ELSE is_first END
        WHERE journal_no = ?5 AND head_seq = ?6 AND head_hash = ?7
        RETURNING journal_no
        """);

    // The same for all journals of a group at once.
    private readonly JournalLook? _look = connection.AsksInSets ? new JournalLook(connection, Columns, Read) : null;

    private readonly Statement _supersede = connection.Prepare("""
        UPDATE journals SET superseded_after = ?2
        WHERE journal_id = ?1 AND (superseded_after IS NULL OR superseded_after < ?2)
        """);

    private readonly Statement _succeed = connection.Prepare("""
        UPDATE journals SET predecessor_id = ?2 WHERE journal_no = ?1
        """);

    private readonly Statement _claim = connection.Prepare("""
        UPDATE journals SET cabinet_id = ?2, superseded_after = NULL, predecessor_id = NULL, is_first = 0,
          is_origin = 0, witness_seq = NULL, witness_hash = NULL, witness_boot = NULL, witness_mono_ms = NULL
        WHERE journal_no = ?1 AND head_seq = 0
        """);

    private readonly Statement _origin = connection.Prepare("UPDATE journals SET is_origin = 1 WHERE journal_no = ?1");

    private readonly Statement _witness = connection.Prepare("""
        UPDATE journals SET witness_seq = ?2, witness_hash = ?3, witness_boot = ?4, witness_mono_ms = ?5
        WHERE journal_id = ?1
        """);

    /// <summary>What is looked at of all journals of a group at once; null where each is asked for by itself.</summary>
    public JournalLook? Look => _look;

    /// <summary>Writes the heads that were moved.</summary>
    /// <exception cref="InvalidOperationException">A head is not where it was read.</exception>
    public void Flush() => _look?.Flush();

    /// <summary>Forgets what was looked at and moved: the transaction is undone, or over.</summary>
    public void Forget() => _look?.Forget();

    /// <summary>Reads a journal; null when the ledger never heard of it.</summary>
    public JournalRow? Find(JournalId journal)
    {
        if (_look is not null && _look.TryFind(journal, out var seen))
        {
            return seen;
        }

        Flush();
        _find.Set(1, journal);
        if (!_find.Next())
        {
            return null;
        }

        var row = Read(_find);
        _find.Reset();
        return row;
    }

    /// <summary>All journals of a cabinet, oldest first.</summary>
    public IReadOnlyList<JournalRow> OfCabinet(CabinetId cabinet)
    {
        Flush();
        var rows = new List<JournalRow>();
        _ofCabinet.Set(1, cabinet.Value);
        while (_ofCabinet.Next())
        {
            rows.Add(Read(_ofCabinet));
        }

        return rows;
    }

    /// <summary>How many journals a cabinet has.</summary>
    public int CountOfCabinet(CabinetId cabinet) => _look?.CountOf(cabinet) ?? OfCabinet(cabinet).Count;

    /// <summary>Reads a journal, or makes its row.</summary>
    public JournalRow FindOrAdd(JournalId journal, CabinetId cabinet)
    {
        if (Find(journal) is { } known)
        {
            return known;
        }

        LeaveLook();
        _insert.Set(1, journal).Set(2, cabinet.Value).Set(3, Head.Genesis(journal).Hash).Run();
        return Find(journal) ?? throw new InvalidOperationException($"Journal {journal} was not inserted.");
    }

    /// <summary>
    /// Reads a journal as a cabinet meets it. One that another cabinet only spoke of, without an entry that proves it,
    /// is nobody's: whoever speaks of a journal must not keep its owner out.
    /// </summary>
    public JournalRow? FindFor(JournalId journal, CabinetId cabinet)
    {
        var row = Find(journal);
        if (row is null || row.Record.Cabinet == cabinet || row.Record.Head.Seq > 0)
        {
            return row;
        }

        LeaveLook();
        _claim.Set(1, row.No).Set(2, cabinet.Value).Run();
        return Find(journal);
    }

    /// <summary>Moves a head from the one that was read; false when somebody else moved it before.</summary>
    /// <param name="row">The journal as it was read.</param>
    /// <param name="to">Its new head.</param>
    /// <param name="lastUtcMs">Corrected time of its latest entry.</param>
    /// <param name="skipped">Numbers that it declared gone.</param>
    /// <param name="isFirst">True when entry 1 is committed and no Succession.</param>
    public bool Advance(JournalRow row, Head to, long lastUtcMs, long skipped, bool isFirst)
    {
        var from = row.Record.Head;
        if (_look is not null)
        {
            _look.Move(row, row with
            {
                Record = row.Record with { Head = to }, LastUtcMs = lastUtcMs, IsFirst = row.IsFirst || isFirst,
            }, skipped);
            return true;
        }

        _advance.Set(1, (long)to.Seq).Set(2, to.Hash).Set(3, lastUtcMs).Set(4, skipped)
            .Set(5, row.No).Set(6, (long)from.Seq).Set(7, from.Hash).Set(8, isFirst ? 1L : 0L);
        var moved = _advance.Next();
        _advance.Reset();
        return moved;
    }

    /// <summary>Closes a journal behind the last number it shares with its successor.</summary>
    public void Supersede(JournalId journal, ulong lastCommonSeq)
    {
        LeaveLook();
        _supersede.Set(1, journal).Set(2, (long)lastCommonSeq).Run();
    }

    /// <summary>Notes a journal's predecessor.</summary>
    public void Succeed(long journalNo, JournalId predecessor)
    {
        LeaveLook();
        _succeed.Set(1, journalNo).Set(2, predecessor).Run();
    }

    /// <summary>Notes that another journal took entries over from this one.</summary>
    public void SetOrigin(long journalNo)
    {
        LeaveLook();
        _origin.Set(1, journalNo).Run();
    }

    /// <summary>Notes the newest announced tail.</summary>
    public void SetWitness(JournalId journal, Witness witness)
    {
        LeaveLook();
        Span<byte> boot = stackalloc byte[BootId.Size];
        witness.Boot.Write(boot);
        _witness.Set(1, journal).Set(2, (long)witness.Tail.Seq).Set(3, witness.Tail.Hash).Set(4, boot)
            .Set(5, witness.MonotonicMs).Run();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _find.Dispose();
        _ofCabinet.Dispose();
        _insert.Dispose();
        _advance.Dispose();
        _supersede.Dispose();
        _succeed.Dispose();
        _claim.Dispose();
        _origin.Dispose();
        _witness.Dispose();
        _look?.Dispose();
    }

    /// <summary>What was looked at may not be so any more: from now on each journal is asked for.</summary>
    private void LeaveLook()
    {
        Flush();
        Forget();
    }

    private static JournalRow Read(Statement row)
    {
        Witness? witness = row.IsNull(6)
            ? null
            : new Witness(new Head((ulong)row.Long(6), row.Hash(7)), BootId.Read(row.Bytes(8)), row.Long(9));
        var record = new JournalRecord(row.Journal(1), CabinetId.Parse(row.Text(2)),
            new Head((ulong)row.Long(3), row.Hash(4)), (ulong?)row.LongOrNull(5), witness);
        return new JournalRow(row.Long(0), record, row.Long(10), row.Long(11) != 0, row.Long(12) != 0,
            row.IsNull(13) ? null : row.Journal(13));
    }
}
