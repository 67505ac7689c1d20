using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// What keeps a cabinet with several journals from counting anything twice: the ids it has counted, and where carried
/// entries are counted. Belongs to one session.
/// </summary>
internal sealed class SuccessionTable(FleetConnection connection) : IDisposable
{
    private readonly Statement _guard = connection.Prepare("""
        INSERT INTO vend_guard (cabinet_id, kind, id, position) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING
        """);

    private readonly Statement _guarded = connection.Prepare(
        "SELECT position FROM vend_guard WHERE cabinet_id = ?1 AND kind = ?2 AND id = ?3");

    private readonly Statement _gathered = connection.Prepare(
        "INSERT INTO guarded_cabinets (cabinet_id) VALUES (?1) ON CONFLICT DO NOTHING RETURNING 1");

    private readonly Statement _isGuarded = connection.Prepare("SELECT 1 FROM guarded_cabinets WHERE cabinet_id = ?1");

    private readonly Statement _double = connection.Prepare(
        "INSERT INTO doubles (position, counted_position) VALUES (?1, ?2)");

    private readonly Statement _countedFor = connection.Prepare(
        "SELECT counted_position FROM doubles WHERE position = ?1");

    private readonly Statement _carried = connection.Prepare("""
        INSERT INTO carried (origin_journal, origin_seq, journal_no, position) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO NOTHING
        """);

    private readonly Statement _carriedTo = connection.Prepare("""
        SELECT position FROM carried WHERE origin_journal = ?1 AND origin_seq = ?2 AND journal_no = ?3
        """);

    private readonly Statement _carriedBy = connection.Prepare("""
        SELECT c.position FROM carried c JOIN journals j USING (journal_no)
        WHERE c.origin_journal = ?1 AND c.origin_seq = ?2 AND j.cabinet_id = ?3 ORDER BY c.position LIMIT 1
        """);

    private readonly Statement _gap = connection.Prepare("""
        INSERT INTO gaps (journal_no, first_seq, last_seq, base_hash, last_hash, declared_utc_ms)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        """);

    /// <summary>
    /// Marks a cabinet as guarded; true when it was not: then everything it counts must be gathered now.
    /// </summary>
    public bool BeginGuard(CabinetId cabinet)
    {
        _gathered.Set(1, cabinet.Value);
        return One(_gathered) is not null;
    }

    /// <summary>True when the cabinet's ids are noted.</summary>
    public bool IsGuarded(CabinetId cabinet)
    {
        _isGuarded.Set(1, cabinet.Value);
        return One(_isGuarded) is not null;
    }

    /// <summary>Notes that an id of a guarded cabinet is counted at a position; the first one noted stays.</summary>
    public void Guard(CabinetId cabinet, EntryKind kind, string id, long position) =>
        _guard.Set(1, cabinet.Value).Set(2, (long)kind).Set(3, id).Set(4, position).Run();

    /// <summary>Where an id is counted already; null when it is not.</summary>
    public long? Guarded(CabinetId cabinet, EntryKind kind, string id)
    {
        _guarded.Set(1, cabinet.Value).Set(2, (long)kind).Set(3, id);
        return One(_guarded);
    }

    /// <summary>Notes that the entry at a position counts nothing because another one counts.</summary>
    public void Double(long position, long countedPosition) =>
        _double.Set(1, position).Set(2, countedPosition).Run();

    /// <summary>The position that counts for an entry that does not.</summary>
    public long? CountedFor(long position)
    {
        _countedFor.Set(1, position);
        return One(_countedFor);
    }

    /// <summary>Notes where an entry counts that was carried into a journal.</summary>
    public void Carried(EntryOrigin origin, long journalNo, long position) => _carried.Set(1, origin.Journal)
        .Set(2, (long)origin.Seq).Set(3, journalNo).Set(4, position).Run();

    /// <summary>Where an entry counts as carried into one journal; null when it was not.</summary>
    public long? CarriedTo(JournalId originJournal, ulong originSeq, long intoJournalNo)
    {
        _carriedTo.Set(1, originJournal).Set(2, (long)originSeq).Set(3, intoJournalNo);
        return One(_carriedTo);
    }

    /// <summary>Where an entry counts as carried into any journal of a cabinet; null when it was not.</summary>
    public long? CarriedTo(JournalId originJournal, ulong originSeq, CabinetId cabinet)
    {
        _carriedBy.Set(1, originJournal).Set(2, (long)originSeq).Set(3, cabinet.Value);
        return One(_carriedBy);
    }

    /// <summary>Notes numbers that are declared gone.</summary>
    public void Gap(long journalNo, ulong first, ulong last, Digest baseHash, Digest lastHash, long utcMs) =>
        _gap.Set(1, journalNo).Set(2, (long)first).Set(3, (long)last).Set(4, baseHash).Set(5, lastHash)
            .Set(6, utcMs).Run();

    /// <inheritdoc/>
    public void Dispose()
    {
        _guard.Dispose();
        _guarded.Dispose();
        _gathered.Dispose();
        _isGuarded.Dispose();
        _double.Dispose();
        _countedFor.Dispose();
        _carried.Dispose();
        _carriedTo.Dispose();
        _carriedBy.Dispose();
        _gap.Dispose();
    }

    private static long? One(Statement query)
    {
        long? value = query.Next() ? query.Long(0) : null;
        query.Reset();
        return value;
    }
}
