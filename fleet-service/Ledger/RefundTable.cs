using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>The sale line that a refund reverses, as it is counted.</summary>
/// <param name="Position">The counted sale.</param>
/// <param name="Day">Its business day, yyyymmdd.</param>
/// <param name="AssignmentId">Its assignment.</param>
/// <param name="Class">The line's class.</param>
internal readonly record struct ReversedLine(long Position, int Day, long AssignmentId, ProductClass Class);

/// <summary>A refund that waits for its sale.</summary>
/// <param name="Position">The refund's position.</param>
/// <param name="RefundDay">Its own day, yyyymmdd.</param>
/// <param name="Refund">What it says.</param>
/// <param name="Journal">The journal that holds the refund.</param>
/// <param name="Seq">Its number there; 0 where nobody asks for it.</param>
internal readonly record struct WaitingRefund(
    long Position, int RefundDay, RefundBody Refund, JournalId Journal, ulong Seq);

/// <summary>A refund that counts against a sale.</summary>
/// <param name="Position">The refund's position.</param>
/// <param name="Cabinet">Its cabinet.</param>
/// <param name="RefundDay">Its own day, yyyymmdd.</param>
/// <param name="Line">The line of the sale that it reverses.</param>
/// <param name="AmountFen">Its amount, in fen.</param>
internal readonly record struct TiedRefund(
    long Position, CabinetId Cabinet, int RefundDay, int Line, long AmountFen);

/// <summary>The table of refunds by what they reverse. Belongs to one session.</summary>
internal sealed class RefundTable(FleetConnection connection) : IDisposable
{
    private readonly Statement _insert = connection.Prepare("""
        INSERT INTO refunds (position, cabinet_id, refund_number, refund_day, sale_journal, sale_seq, line, amount_fen)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """);

    private readonly Statement _byNumber = connection.Prepare(
        "SELECT position FROM refunds WHERE cabinet_id = ?1 AND refund_number = ?2");

    private readonly Statement _waitingSeqs = connection.Prepare("""
        SELECT DISTINCT sale_seq FROM refunds
        WHERE sale_journal = ?1 AND sale_seq BETWEEN ?2 AND ?3 AND sale_position IS NULL
        """);

    private readonly Statement? _awaitedOf = connection.AsksInSets
        ? connection.Prepare(
            "SELECT DISTINCT sale_journal FROM refunds WHERE sale_journal = ANY (?1) AND sale_position IS NULL")
        : null;

    // The journals of a group for which refunds wait; null when that was not looked at.
    private HashSet<JournalId>? _awaited;

    private readonly Statement _waiting = connection.Prepare("""
        SELECT r.position, r.refund_day, e.bytes, j.journal_id, e.seq
        FROM refunds r JOIN entries e USING (position) JOIN batches b USING (batch_id)
        JOIN journals j USING (journal_no)
        WHERE r.sale_journal = ?1 AND r.sale_seq = ?2 AND r.sale_position IS NULL AND r.cabinet_id = ?3
        ORDER BY r.position
        """);

    private readonly Statement _release = connection.Prepare("""
        UPDATE refunds SET sale_position = ?2, sale_day = ?3, sale_assignment = ?4, class = ?5 WHERE position = ?1
        """);

    private readonly Statement _tied = connection.Prepare("""
        SELECT position, cabinet_id, refund_day, line, amount_fen FROM refunds WHERE sale_position = ?1
        ORDER BY position
        """);

    private readonly Statement _move = connection.Prepare("UPDATE refunds SET class = ?2 WHERE position = ?1");

    private readonly Statement _forget = connection.Prepare("DELETE FROM refunds WHERE position = ?1");

    private readonly Statement _refunded = connection.Prepare("""
        SELECT coalesce(sum(amount_fen), 0) FROM refunds WHERE sale_position = ?1 AND line = ?2
        """);

    /// <summary>The position of the cabinet's refund with this number; null when there is none.</summary>
    public long? PositionOf(CabinetId cabinet, string refundNumber)
    {
        _byNumber.Set(1, cabinet.Value).Set(2, refundNumber);
        long? position = _byNumber.Next() ? _byNumber.Long(0) : null;
        _byNumber.Reset();
        return position;
    }

    /// <summary>Writes a refund; it waits for its sale until it is tied to it.</summary>
    public void Insert(long position, CabinetId cabinet, int refundDay, RefundBody refund)
    {
        _insert.Set(1, position).Set(2, cabinet.Value).Set(3, refund.RefundNumber).Set(4, (long)refundDay)
            .Set(5, refund.SaleJournal).Set(6, (long)refund.SaleSeq).Set(7, (long)refund.Line)
            .Set(8, refund.AmountFen).Run();
        _awaited?.Add(refund.SaleJournal);
    }

    /// <summary>
    /// The question for which journals of some batches refunds wait, where each by itself would cost a way to a server;
    /// when it is asked, <see cref="Take"/> takes the answer.
    /// </summary>
    public Statement? Question(IReadOnlyList<VerifiedBatch> batches) =>
        _awaitedOf?.Set(1, batches.Select(batch => batch.Journal).Distinct().Select(BytesOf).ToList());

    /// <summary>Takes the answer: of the journals that were asked for, refunds wait for these.</summary>
    public void Take()
    {
        _awaited ??= [];
        while (_awaitedOf!.Next())
        {
            _awaited.Add(_awaitedOf.Journal(0));
        }
    }

    /// <summary>Forgets what was looked at: the transaction is undone, or over.</summary>
    public void Forget() => _awaited = null;

    /// <summary>The numbers of sales in a range for which refunds wait.</summary>
    public HashSet<ulong>? WaitingIn(JournalId journal, ulong firstSeq, ulong lastSeq)
    {
        if (_awaited is not null && !_awaited.Contains(journal))
        {
            return null;
        }

        HashSet<ulong>? seqs = null;
        _waitingSeqs.Set(1, journal).Set(2, (long)firstSeq).Set(3, (long)lastSeq);
        while (_waitingSeqs.Next())
        {
            (seqs ??= []).Add((ulong)_waitingSeqs.Long(0));
        }

        return seqs;
    }

    /// <summary>The cabinet's refunds that wait for a sale, oldest first.</summary>
    public IReadOnlyList<WaitingRefund> WaitingFor(CabinetId cabinet, JournalId journal, ulong seq)
    {
        var waiting = new List<WaitingRefund>();
        _waiting.Set(1, journal).Set(2, (long)seq).Set(3, cabinet.Value);
        while (_waiting.Next())
        {
            if (EntryCodec.TryDecode(_waiting.Bytes(2), out _, out var body, out _) && body is RefundBody refund)
            {
                waiting.Add(new WaitingRefund(_waiting.Long(0), (int)_waiting.Long(1), refund, _waiting.Journal(3),
                    (ulong)_waiting.Long(4)));
            }
        }

        return waiting;
    }

    /// <summary>Ties a waiting refund to its sale.</summary>
    public void Release(long position, ReversedLine reversed) => _release.Set(1, position).Set(2, reversed.Position)
        .Set(3, (long)reversed.Day).Set(4, reversed.AssignmentId).Set(5, (long)reversed.Class).Run();

    /// <summary>The refunds that count against a sale, oldest first; mostly none.</summary>
    public IReadOnlyList<TiedRefund> TiedTo(long salePosition)
    {
        List<TiedRefund>? tied = null;
        _tied.Set(1, salePosition);
        while (_tied.Next())
        {
            (tied ??= []).Add(new TiedRefund(_tied.Long(0), CabinetId.Parse(_tied.Text(1)), (int)_tied.Long(2),
                (int)_tied.Long(3), _tied.Long(4)));
        }

        return tied ?? (IReadOnlyList<TiedRefund>)[];
    }

    /// <summary>Moves a refund to another class.</summary>
    public void Move(long position, ProductClass to) => _move.Set(1, position).Set(2, (long)to).Run();

    /// <summary>Takes back the row of a refund that stays quarantined; one that counts keeps its row.</summary>
    public void Forget(long position, EntryState state)
    {
        if (state == EntryState.Quarantined)
        {
            _forget.Set(1, position).Run();
        }
    }

    /// <summary>What was refunded of a line so far, in fen.</summary>
    public long RefundedFen(long salePosition, int line)
    {
        _refunded.Set(1, salePosition).Set(2, (long)line);
        _refunded.Next();
        var fen = _refunded.Long(0);
        _refunded.Reset();
        return fen;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _insert.Dispose();
        _byNumber.Dispose();
        _waitingSeqs.Dispose();
        _waiting.Dispose();
        _release.Dispose();
        _tied.Dispose();
        _move.Dispose();
        _forget.Dispose();
        _refunded.Dispose();
        _awaitedOf?.Dispose();
    }

    private static byte[] BytesOf(JournalId journal)
    {
        var bytes = new byte[JournalId.Size];
        journal.Write(bytes);
        return bytes;
    }
}
