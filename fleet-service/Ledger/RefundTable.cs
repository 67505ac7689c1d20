using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Catalogue;
using Microsoft.Data.Sqlite;

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
/// <param name="Line">The line it reverses.</param>
/// <param name="AmountFen">Its amount in fen.</param>
internal readonly record struct WaitingRefund(long Position, int RefundDay, int Line, long AmountFen);

/// <summary>The table of refunds by what they reverse. Belongs to one session.</summary>
internal sealed class RefundTable(SqliteConnection connection) : IDisposable
{
    private readonly Statement _insert = new(connection, """
        INSERT INTO refunds (position, cabinet_id, refund_number, refund_day, sale_journal, sale_seq, line, amount_fen,
                             sale_position, sale_day, sale_assignment, class)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        """);

    private readonly Statement _byNumber = new(connection,
        "SELECT position FROM refunds WHERE cabinet_id = ?1 AND refund_number = ?2");

    private readonly Statement _waitingSeqs = new(connection, """
        SELECT DISTINCT sale_seq FROM refunds
        WHERE sale_journal = ?1 AND sale_seq BETWEEN ?2 AND ?3 AND sale_position IS NULL
        """);

    private readonly Statement _waiting = new(connection, """
        SELECT position, refund_day, line, amount_fen FROM refunds
        WHERE sale_journal = ?1 AND sale_seq = ?2 AND sale_position IS NULL
        """);

    private readonly Statement _release = new(connection, """
        UPDATE refunds SET sale_position = ?2, sale_day = ?3, sale_assignment = ?4, class = ?5 WHERE position = ?1
        """);

    private readonly Statement _refunded = new(connection, """
        SELECT coalesce(sum(amount_fen), 0) FROM refunds WHERE sale_position = ?1 AND line = ?2
          AND sale_journal = ?3 AND sale_seq = ?4
        """);

    /// <summary>The position of the cabinet's refund with this number; null when there is none.</summary>
    public long? PositionOf(CabinetId cabinet, string refundNumber)
    {
        _byNumber.Set(1, cabinet.Value).Set(2, refundNumber);
        long? position = _byNumber.Next() ? _byNumber.Long(0) : null;
        _byNumber.Reset();
        return position;
    }

    /// <summary>Writes a refund; without a reversed line it waits for its sale.</summary>
    public void Insert(long position, CabinetId cabinet, int refundDay, RefundBody refund, ReversedLine? reversed)
    {
        _insert.Set(1, position).Set(2, cabinet.Value).Set(3, refund.RefundNumber).Set(4, (long)refundDay)
            .Set(5, refund.SaleJournal).Set(6, (long)refund.SaleSeq).Set(7, (long)refund.Line)
            .Set(8, refund.AmountFen).Set(9, reversed?.Position).Set(10, (long?)reversed?.Day)
            .Set(11, reversed?.AssignmentId).Set(12, (long?)reversed?.Class).Run();
    }

    /// <summary>The numbers of sales in a range for which refunds wait.</summary>
    public HashSet<ulong>? WaitingIn(JournalId journal, ulong firstSeq, ulong lastSeq)
    {
        HashSet<ulong>? seqs = null;
        _waitingSeqs.Set(1, journal).Set(2, (long)firstSeq).Set(3, (long)lastSeq);
        while (_waitingSeqs.Next())
        {
            (seqs ??= []).Add((ulong)_waitingSeqs.Long(0));
        }

        return seqs;
    }

    /// <summary>The refunds that wait for a sale.</summary>
    public IReadOnlyList<WaitingRefund> WaitingFor(JournalId journal, ulong seq)
    {
        var waiting = new List<WaitingRefund>();
        _waiting.Set(1, journal).Set(2, (long)seq);
        while (_waiting.Next())
        {
            waiting.Add(new WaitingRefund(
                _waiting.Long(0), (int)_waiting.Long(1), (int)_waiting.Long(2), _waiting.Long(3)));
        }

        return waiting;
    }

    /// <summary>Ties a waiting refund to its sale.</summary>
    public void Release(long position, ReversedLine reversed) => _release.Set(1, position).Set(2, reversed.Position)
        .Set(3, (long)reversed.Day).Set(4, reversed.AssignmentId).Set(5, (long)reversed.Class).Run();

    /// <summary>What was refunded of a line so far, in fen.</summary>
    public long RefundedFen(long salePosition, JournalId journal, ulong seq, int line)
    {
        _refunded.Set(1, salePosition).Set(2, (long)line).Set(3, journal).Set(4, (long)seq);
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
        _refunded.Dispose();
    }
}
