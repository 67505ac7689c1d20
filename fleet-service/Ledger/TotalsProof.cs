using System.Runtime.InteropServices;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Catalogue;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// Sums entries, refunds and corrections apart from the running totals, and compares. Written on its own, without the
/// writer's code, so that both cannot be wrong in the same way. Not thread-safe.
/// </summary>
internal sealed class TotalsProof(ProofProblems problems)
{
    private readonly Dictionary<(string Cabinet, long Assignment, int Day, int Class), Sums> _sums = [];

    private readonly Dictionary<long, TellOf> _refunds = [];

    /// <summary>A refund as its own entry tells it.</summary>
    private sealed record TellOf(CabinetId Cabinet, RefundBody Refund, int Day, EntryState State);

    private record struct Sums(long SalesFen, long SalesLines, long RefundsFen, long RefundsOfDayFen);

    /// <summary>Adds an entry.</summary>
    public void Add(CabinetId cabinet, ProofEntry entry)
    {
        if (entry.State == EntryState.CountedBefore || entry.Kind is not (EntryKind.Sale or EntryKind.Refund)
            || !EntryCodec.TryDecode(entry.Bytes, out _, out var body, out _))
        {
            return;
        }

        if (body is RefundBody refund)
        {
            _refunds[entry.Position] = new TellOf(cabinet, refund, entry.BusinessDay, entry.State);
        }
        else if (body is SaleBody sale && entry.State == EntryState.Counted)
        {
            var classes = entry.LineClasses;
            for (var i = 0; i < sale.Lines.Count; i++)
            {
                var lineClass = classes is null ? entry.LineClass : i < classes.Length ? classes[i] : 0;
                ref var sums = ref At(cabinet.Value, entry.AssignmentId, entry.BusinessDay, lineClass);
                sums.SalesFen += sale.Lines[i].PaidFen;
                sums.SalesLines++;
            }
        }
    }

    /// <summary>Adds refunds and corrections, then compares with the running totals in both directions.</summary>
    public void Compare(SqliteConnection connection)
    {
        AddRefunds(connection);
        AddCorrections(connection);
        using var query = new Statement(connection, """
            SELECT cabinet_id, assignment_id, business_day, class, sales_fen, sales_lines, refunds_fen,
                   refunds_of_day_fen
            FROM totals
            """);
        while (query.Next())
        {
            var key = (query.Text(0), query.Long(1), (int)query.Long(2), (int)query.Long(3));
            var stored = new Sums(query.Long(4), query.Long(5), query.Long(6), query.Long(7));
            _sums.Remove(key, out var summed);
            Compare(key, stored, summed);
        }

        foreach (var (key, summed) in _sums)
        {
            Compare(key, default, summed);
        }
    }

    private void Compare((string Cabinet, long Assignment, int Day, int Class) key, Sums stored, Sums summed)
    {
        if (stored != summed)
        {
            problems.Add(key.Cabinet,
                $"total of cabinet {key.Cabinet}, assignment {key.Assignment}, day {key.Day}, "
                + $"{(ProductClass)key.Class}",
                $"the total says {stored}, the entries sum to {summed}");
        }
    }

    private void AddRefunds(SqliteConnection connection)
    {
        using var query = new Statement(connection, """
            SELECT r.position, r.cabinet_id, r.sale_assignment, r.refund_day, r.sale_day, r.class, r.amount_fen,
                   r.sale_journal, r.sale_seq, r.line, r.refund_number, r.sale_position IS NOT NULL,
                   s.position IS NOT NULL AND s.kind = 1 AND s.business_day = r.sale_day
                     AND s.assignment_id = r.sale_assignment
                     AND (s.line_class = r.class OR hex(substr(s.line_classes, r.line + 1, 1)) = '0' || r.class
                          OR EXISTS (SELECT 1 FROM corrections c WHERE c.position = s.position
                                     AND hex(substr(c.line_classes, r.line + 1, 1)) = '0' || r.class)),
                   (r.sale_day IS NULL) + (r.sale_assignment IS NULL) + (r.class IS NULL),
                   (b.first_seq IS NOT NULL AND j.journal_id = r.sale_journal AND s.seq = r.sale_seq)
                     OR EXISTS (SELECT 1 FROM carried c WHERE c.origin_journal = r.sale_journal
                                AND c.origin_seq = r.sale_seq AND c.position = r.sale_position)
                     OR EXISTS (SELECT 1 FROM journals nj JOIN batches nb USING (journal_no)
                                JOIN doubles d ON d.position = nb.first_position + r.sale_seq - nb.first_seq
                                WHERE nj.journal_id = r.sale_journal AND nb.first_seq <= r.sale_seq
                                  AND r.sale_seq < nb.first_seq + nb.entries
                                  AND d.counted_position = r.sale_position)
            FROM refunds r LEFT JOIN entries s ON s.position = r.sale_position
            LEFT JOIN batches b USING (batch_id) LEFT JOIN journals j USING (journal_no)
            """);
        while (query.Next())
        {
            var (position, cabinet) = (query.Long(0), query.Text(1));
            var isTied = query.Long(11) != 0;
            if (!_refunds.Remove(position, out var told) || !IsTold(query, told)
                || (isTied ? query.Long(12) == 0 || query.Long(14) == 0 : query.Long(13) != 3))
            {
                problems.Add(cabinet, $"refund at position {position}",
                    "is not what its entry says, or not tied to the sale line it reverses");
            }

            if (isTied)
            {
                var (assignment, lineClass) = (query.Long(2), (int)query.Long(5));
                At(cabinet, assignment, (int)query.Long(3), lineClass).RefundsFen += query.Long(6);
                At(cabinet, assignment, (int)query.Long(4), lineClass).RefundsOfDayFen += query.Long(6);
            }
        }

        var released = Released(connection);
        foreach (var (position, told) in _refunds)
        {
            if (told.State == EntryState.Counted || released.Contains(position))
            {
                problems.Add(told.Cabinet.Value, $"refund at position {position}",
                    "its entry counts, and its row is gone");
            }
        }
    }

    private static bool IsTold(Statement row, TellOf told)
    {
        var refund = told.Refund;
        return (row.Text(1), row.Long(3), row.Long(6), row.Long(8), row.Long(9), row.Text(10))
            == (told.Cabinet.Value, told.Day, refund.AmountFen, (long)refund.SaleSeq, refund.Line, refund.RefundNumber)
            && row.Bytes(7) is { Length: JournalId.Size } journal && JournalId.Read(journal) == refund.SaleJournal;
    }

    /// <summary>What was released from quarantine and counts since then.</summary>
    private static HashSet<long> Released(SqliteConnection connection)
    {
        using var query = new Statement(connection,
            "SELECT position FROM corrections WHERE position NOT IN (SELECT position FROM doubles)");
        var released = new HashSet<long>();
        while (query.Next())
        {
            released.Add(query.Long(0));
        }

        return released;
    }

    private void AddCorrections(SqliteConnection connection)
    {
        using var query = new Statement(connection, """
            SELECT j.cabinet_id, e.assignment_id, e.business_day, c.aid_delta_fen, c.ordinary_delta_fen,
                   c.unmapped_delta_fen, c.lines_delta, c.correction_id, c.position, c.line_classes, e.bytes, e.state,
                   EXISTS (SELECT 1 FROM doubles d WHERE d.position = c.position), c.cause
            FROM corrections c LEFT JOIN entries e USING (position) LEFT JOIN batches b USING (batch_id)
            LEFT JOIN journals j USING (journal_no)
            """);
        while (query.Next())
        {
            var cabinet = query.IsNull(0) ? "" : query.Text(0);
            var lines = query.Bytes(6).ToArray();
            if (lines.Length != 3 || !FitsItsEntry(query, lines))
            {
                problems.Add(cabinet, $"correction {query.Long(7)} of position {query.Long(8)}",
                    "is not what its entry and its classes say");
            }

            for (var lineClass = 1; lineClass <= 3 && lines.Length == 3; lineClass++)
            {
                var (fen, count) = (query.Long(2 + lineClass), (sbyte)lines[lineClass - 1]);
                if (fen != 0 || count != 0)
                {
                    ref var sums = ref At(cabinet, query.Long(1), (int)query.Long(2), lineClass);
                    sums.SalesFen += fen;
                    sums.SalesLines += count;
                }
            }
        }
    }

    /// <summary>A release brings the whole entry by its classes; nothing when the vend counts elsewhere.</summary>
    private static bool FitsItsEntry(Statement row, byte[] lines)
    {
        if (row.IsNull(10))
        {
            return false;
        }

        if (row.Text(13) == nameof(CorrectionCause.Rejudged))
        {
            return EntryCodec.TryDecode(row.Bytes(10), out _, out var sold, out _) && sold is SaleBody judged
                && EntryRowProof.Sum(judged, row.Bytes(9)) is not null;
        }

        if (row.Text(13) != nameof(CorrectionCause.Released) || (EntryState)row.Long(11) != EntryState.Quarantined)
        {
            return false;
        }

        EntryCodec.TryDecode(row.Bytes(10), out _, out var body, out _);
        var sums = default(ClassAmounts);
        if (body is SaleBody sale)
        {
            if (EntryRowProof.Sum(sale, row.Bytes(9)) is not { } whole)
            {
                return false;
            }

            sums = row.Long(12) != 0 ? default : whole;
        }
        else if (row.Bytes(9) is not [0])
        {
            return false;
        }

        return (sums.AidFen, sums.OrdinaryFen, sums.UnmappedFen) == (row.Long(3), row.Long(4), row.Long(5))
            && (sums.AidLines, sums.OrdinaryLines, sums.UnmappedLines)
                == ((sbyte)lines[0], (sbyte)lines[1], (sbyte)lines[2]);
    }

    private ref Sums At(string cabinet, long assignment, int day, int lineClass) =>
        ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, (cabinet, assignment, day, lineClass), out _);
}
