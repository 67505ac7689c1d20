using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>A journal as the proof reads it.</summary>
internal sealed record ProofJournal(long No, JournalId Journal, CabinetId Cabinet, Head Head, long Skipped);

/// <summary>A batch as the proof reads it.</summary>
internal sealed record ProofBatch(
    long BatchId, BatchRange Range, long SignedFirstSeq, byte[] Envelope, byte[] Signature, byte[] KeySpki,
    long CatalogueVersion, long ReceivedUtcMs);

/// <summary>An entry as the proof reads it.</summary>
internal sealed record ProofEntry(
    long Position, long BatchId, long Seq, Digest Hash, byte[] Bytes, EntryKind Kind, EntryState State, long UtcMs,
    int BusinessDay, long AssignmentId, ClassAmounts Amounts, byte LineClass, byte[]? LineClasses);

/// <summary>A declared gap as the proof reads it.</summary>
internal readonly record struct ProofGap(long FirstSeq, long LastSeq, Digest LastHash);

/// <summary>Reads what the proof needs, in the order in which it needs it. Reads only.</summary>
internal sealed class ProofRows(FleetConnection connection) : IDisposable
{
    /// <summary>The columns of a batch, in the order of <see cref="BatchOf"/>.</summary>
    public const string BatchColumns = """
        batch_id, first_seq, entries, first_position, signed_first_seq, envelope, signature, key_spki,
        catalogue_version, received_utc_ms
        """;

    /// <summary>The columns of an entry, in the order of <see cref="EntryOf"/>.</summary>
    public const string EntryColumns = """
        position, batch_id, seq, hash, bytes, kind, state, utc_ms, business_day, assignment_id, aid_fen, ordinary_fen,
        unmapped_fen, line_class, line_classes
        """;

    private readonly Statement _journals = connection.Prepare(
        "SELECT journal_no, journal_id, cabinet_id, head_seq, head_hash, skipped FROM journals ORDER BY journal_no");

    private readonly Statement _batches = connection.Prepare(
        $"SELECT {BatchColumns} FROM batches WHERE journal_no = ?1 ORDER BY first_seq");

    private readonly Statement _entries = connection.Prepare(
        $"SELECT {EntryColumns} FROM entries WHERE position BETWEEN ?1 AND ?2 ORDER BY position");

    private readonly Statement _gaps = connection.Prepare(
        "SELECT first_seq, last_seq, last_hash FROM gaps WHERE journal_no = ?1 ORDER BY first_seq");

    private readonly Statement _keyKnown =
        connection.Prepare("SELECT 1 FROM cabinet_keys WHERE cabinet_id = ?1 AND spki = ?2");

    private readonly Statement _assignments = connection.Prepare(
        "SELECT assignment_id FROM assignments WHERE cabinet_id = ?1");

    private readonly Statement _strays = connection.Prepare("""
        SELECT 'entry ' || e.seq || ' (position ' || e.position || ')', 'it belongs to no batch; inserted or moved'
        FROM entries e LEFT JOIN batches b USING (batch_id)
        WHERE b.batch_id IS NULL OR e.position NOT BETWEEN b.first_position AND b.first_position + b.entries - 1
        UNION ALL
        SELECT 'entry ' || e.seq || ' (position ' || e.position || ')',
               'its state ' || e.state || ' is not what quarantine and doubles say of it'
        FROM entries e LEFT JOIN quarantine q USING (position) LEFT JOIN doubles d USING (position)
        WHERE (e.state = 1) <> (q.position IS NOT NULL AND (q.reason <> 9 OR e.state = 1))
           OR (e.state = 2 AND d.position IS NULL) OR (e.state = 0 AND d.position IS NOT NULL)
        UNION ALL
        SELECT 'batch ' || b.batch_id, 'its journal is gone' FROM batches b LEFT JOIN journals j USING (journal_no)
        WHERE j.journal_no IS NULL
        UNION ALL
        SELECT 'gap ' || g.gap_id, 'its journal is gone' FROM gaps g LEFT JOIN journals j USING (journal_no)
        WHERE j.journal_no IS NULL
        """);

    private readonly Statement _counts = connection.Prepare("""
        SELECT (SELECT count(*) FROM entries),
               (SELECT coalesce(sum(b.entries), 0) FROM batches b WHERE NOT EXISTS (
                 SELECT 1 FROM sealed_runs r
                 WHERE r.journal_no = b.journal_no AND b.first_seq BETWEEN r.first_seq AND r.last_seq))
               + (SELECT coalesce(sum(kept_entries), 0) FROM sealed_months)
        """);

    /// <summary>All journals.</summary>
    public IReadOnlyList<ProofJournal> Journals()
    {
        var journals = new List<ProofJournal>();
        while (_journals.Next())
        {
            journals.Add(new ProofJournal(_journals.Long(0), JournalOf(_journals, 1), CabinetOf(_journals, 2),
                new Head((ulong)_journals.Long(3), HashOf(_journals, 4)), _journals.Long(5)));
        }

        return journals;
    }

    /// <summary>The batches of a journal, in the order of their numbers.</summary>
    public IReadOnlyList<ProofBatch> Batches(long journalNo)
    {
        var batches = new List<ProofBatch>();
        _batches.Set(1, journalNo);
        while (_batches.Next())
        {
            batches.Add(BatchOf(_batches));
        }

        return batches;
    }

    /// <summary>The entries at a range of positions.</summary>
    public IReadOnlyList<ProofEntry> Entries(long first, long last)
    {
        var entries = new List<ProofEntry>();
        _entries.Set(1, first).Set(2, last);
        while (_entries.Next())
        {
            entries.Add(EntryOf(_entries));
        }

        return entries;
    }

    /// <summary>The declared gaps of a journal.</summary>
    public IReadOnlyList<ProofGap> Gaps(long journalNo)
    {
        var gaps = new List<ProofGap>();
        _gaps.Set(1, journalNo);
        while (_gaps.Next())
        {
            gaps.Add(new ProofGap(_gaps.Long(0), _gaps.Long(1), HashOf(_gaps, 2)));
        }

        return gaps;
    }

    /// <summary>True when the register holds this key for the cabinet.</summary>
    public bool IsKeyKnown(CabinetId cabinet, ReadOnlySpan<byte> spki)
    {
        _keyKnown.Set(1, cabinet.Value).Set(2, spki);
        var known = _keyKnown.Next();
        _keyKnown.Reset();
        return known;
    }

    /// <summary>The assignments that a cabinet has or had.</summary>
    public IReadOnlySet<long> Assignments(CabinetId cabinet)
    {
        var assignments = new HashSet<long>();
        _assignments.Set(1, cabinet.Value);
        while (_assignments.Next())
        {
            assignments.Add(_assignments.Long(0));
        }

        return assignments;
    }

    /// <summary>Rows that no journal leads to: what each is, and what is wrong with it.</summary>
    public IReadOnlyList<(string Subject, string Detail)> Strays()
    {
        var strays = new List<(string, string)>();
        while (_strays.Next() && strays.Count < ProofReport.MaxProblems)
        {
            strays.Add((_strays.Text(0), _strays.Text(1)));
        }

        _strays.Reset();
        return strays;
    }

    /// <summary>Rows in the table of entries, and rows that the batches account for.</summary>
    public (long Entries, long InBatches) Counts()
    {
        _counts.Next();
        var counts = (_counts.Long(0), _counts.Long(1));
        _counts.Reset();
        return counts;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _journals.Dispose();
        _batches.Dispose();
        _entries.Dispose();
        _gaps.Dispose();
        _keyKnown.Dispose();
        _assignments.Dispose();
        _strays.Dispose();
        _counts.Dispose();
    }

    /// <summary>Reads a row of <see cref="BatchColumns"/>.</summary>
    public static ProofBatch BatchOf(Statement row) => new(row.Long(0),
        new BatchRange(row.Long(1), row.Long(2), row.Long(3)), row.Long(4), row.Bytes(5).ToArray(),
        row.Bytes(6).ToArray(), row.Bytes(7).ToArray(), row.Long(8), row.Long(9));

    /// <summary>Reads a row of <see cref="EntryColumns"/>.</summary>
    public static ProofEntry EntryOf(Statement row) => new(row.Long(0), row.Long(1), row.Long(2), HashOf(row, 3),
        row.Bytes(4).ToArray(), (EntryKind)row.Long(5), (EntryState)row.Long(6), row.Long(7), (int)row.Long(8),
        row.Long(9),
        new ClassAmounts
        {
            AidFen = row.Long(10),
            OrdinaryFen = row.Long(11),
            UnmappedFen = row.Long(12),
        },
        (byte)row.Long(13), row.IsNull(14) ? null : row.Bytes(14).ToArray());

    // What was changed must be named, so nothing that is read here may throw.
    private static Digest HashOf(Statement row, int column) =>
        row.Bytes(column) is { Length: Digest.Size } bytes ? Digest.Read(bytes) : default;

    private static JournalId JournalOf(Statement row, int column) =>
        row.Bytes(column) is { Length: JournalId.Size } bytes ? JournalId.Read(bytes) : default;

    private static CabinetId CabinetOf(Statement row, int column) =>
        CabinetId.TryParse(row.Text(column), out var cabinet) ? cabinet : default;
}
