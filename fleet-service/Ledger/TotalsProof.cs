using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// Sums entries, refunds and corrections apart from the running totals, and compares. Written on its own, without the
/// writer's code, so that both cannot be wrong in the same way. Not thread-safe.
/// </summary>
internal sealed class TotalsProof(ProofProblems problems)
{
    private readonly ProofSums _sums = new(problems);
    private readonly SaleSpansProof _spans = new(problems);
    private readonly Dictionary<long, TellOf> _refunds = [];

    /// <summary>A refund as its own entry tells it.</summary>
    private sealed record TellOf(CabinetId Cabinet, RefundBody Refund, int Day, EntryState State);

    /// <summary>Adds an entry.</summary>
    public void Add(CabinetId cabinet, ProofEntry entry)
    {
        _spans.Add(entry);
        AddBody(cabinet, entry);
    }

    private void AddBody(CabinetId cabinet, ProofEntry entry)
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
                ref var sums = ref _sums.At(cabinet.Value, entry.AssignmentId, entry.BusinessDay, lineClass);
                sums.SalesFen += sale.Lines[i].PaidFen;
                sums.SalesLines++;
            }
        }
    }

    /// <summary>Adds what stays of a sealed month: its counted sales are in the month's figures.</summary>
    public void AddKept(CabinetId cabinet, ProofEntry entry)
    {
        if (entry.Kind == EntryKind.Refund)
        {
            AddBody(cabinet, entry);
        }
    }

    /// <summary>Adds the figures of a sealed month.</summary>
    public void Add(MonthFigures figures)
    {
        foreach (var sum in figures.Sums)
        {
            ref var sums = ref _sums.At(sum.Cabinet, sum.Assignment, sum.Day, sum.Class);
            sums.SalesFen += sum.SalesFen;
            sums.SalesLines += sum.SalesLines;
        }

        foreach (var span in figures.Spans)
        {
            _spans.Add(span.Block, span.FirstUtcMs, span.LastUtcMs);
        }
    }

    /// <summary>Adds refunds and corrections, then compares with the running totals in both directions.</summary>
    public void Compare(FleetConnection connection)
    {
        AddRefunds(connection);
        using (var corrections = new CorrectionsProof(connection, problems, _sums))
        {
            corrections.Run();
        }

        _sums.Compare(connection);
        _spans.Compare(connection);
    }

    private void AddRefunds(FleetConnection connection)
    {
        using var query = connection.Prepare("""
            SELECT r.position, r.cabinet_id, r.sale_assignment, r.refund_day, r.sale_day, r.class, r.amount_fen,
                   r.sale_journal, r.sale_seq, r.line, r.refund_number, r.sale_position IS NOT NULL,
                   s.position IS NOT NULL AND s.kind = 1 AND s.business_day = r.sale_day
                     AND s.assignment_id = r.sale_assignment,
                   r.sale_day IS NULL AND r.sale_assignment IS NULL AND r.class IS NULL,
                   (b.first_seq IS NOT NULL AND j.journal_id = r.sale_journal AND s.seq = r.sale_seq)
                     OR EXISTS (SELECT 1 FROM carried c WHERE c.origin_journal = r.sale_journal
                                AND c.origin_seq = r.sale_seq AND c.position = r.sale_position)
                     OR EXISTS (SELECT 1 FROM journals nj JOIN batches nb USING (journal_no)
                                JOIN doubles d ON d.position = nb.first_position + r.sale_seq - nb.first_seq
                                WHERE nj.journal_id = r.sale_journal AND nb.first_seq <= r.sale_seq
                                  AND r.sale_seq < nb.first_seq + nb.entries
                                  AND d.counted_position = r.sale_position),
                   s.line_class, coalesce(k.line_classes, s.line_classes)
            FROM refunds r LEFT JOIN entries s ON s.position = r.sale_position
            LEFT JOIN batches b USING (batch_id) LEFT JOIN journals j USING (journal_no)
            LEFT JOIN corrections k ON k.correction_id =
              (SELECT max(correction_id) FROM corrections WHERE position = r.sale_position)
            """);
        while (query.Next())
        {
            var (position, cabinet) = (query.Long(0), query.Text(1));
            var isTied = query.Long(11) != 0;
            if (!_refunds.Remove(position, out var told) || !IsTold(query, told)
                || (isTied
                    ? query.Long(12) == 0 || query.Long(14) == 0 || ClassOfLine(query) != query.Long(5)
                    : query.Long(13) == 0))
            {
                problems.Add(cabinet, $"refund at position {position}",
                    "is not what its entry says, or not tied to the sale line it reverses");
            }

            if (isTied)
            {
                var (assignment, lineClass) = (query.Long(2), (int)query.Long(5));
                _sums.At(cabinet, assignment, (int)query.Long(3), lineClass).RefundsFen += query.Long(6);
                _sums.At(cabinet, assignment, (int)query.Long(4), lineClass).RefundsOfDayFen += query.Long(6);
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

    /// <summary>The class of the reversed line, as it counts now; null when the sale has no such line.</summary>
    private static long? ClassOfLine(Statement row)
    {
        var line = row.Long(9);
        return row.IsNull(16) ? row.Long(15)
            : row.Bytes(16) is var classes && line >= 0 && line < classes.Length ? classes[(int)line] : null;
    }

    private static bool IsTold(Statement row, TellOf told)
    {
        var refund = told.Refund;
        return (row.Text(1), row.Long(3), row.Long(6), row.Long(8), row.Long(9), row.Text(10))
            == (told.Cabinet.Value, told.Day, refund.AmountFen, (long)refund.SaleSeq, refund.Line, refund.RefundNumber)
            && row.Bytes(7) is { Length: JournalId.Size } journal && JournalId.Read(journal) == refund.SaleJournal;
    }

    /// <summary>What was released from quarantine and counts since then.</summary>
    private static HashSet<long> Released(FleetConnection connection)
    {
        using var query = connection.Prepare("""
            SELECT position FROM corrections
            WHERE cause = 'Released' AND position NOT IN (SELECT position FROM doubles)
            """);
        var released = new HashSet<long>();
        while (query.Next())
        {
            released.Add(query.Long(0));
        }

        return released;
    }
}
