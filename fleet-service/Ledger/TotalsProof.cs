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

    private readonly Dictionary<long, RefundBody> _refunds = [];

    private record struct Sums(long SalesFen, long SalesLines, long RefundsFen, long RefundsOfDayFen);

    /// <summary>Adds an entry and checks its stored amounts against its bytes.</summary>
    public void Add(CabinetId cabinet, ProofEntry entry, string where)
    {
        var stored = entry.Amounts;
        if (entry.Kind != EntryKind.Sale || entry.State != EntryState.Counted)
        {
            if (stored.AidFen != 0 || stored.OrdinaryFen != 0 || stored.UnmappedFen != 0)
            {
                problems.Add(cabinet.Value, where, "has amounts although it counts for none");
            }

            AddRefund(entry);
            return;
        }

        if (!EntryCodec.TryDecode(entry.Bytes, out _, out var body, out _) || body is not SaleBody sale)
        {
            problems.Add(cabinet.Value, where, "is counted as a sale and is none");
            return;
        }

        var byClass = new long[4];
        for (var i = 0; i < sale.Lines.Count; i++)
        {
            var lineClass = entry.LineClasses is { } classes
                ? i < classes.Length ? classes[i] : (byte)0
                : entry.LineClass;
            byClass[lineClass & 3] += sale.Lines[i].PaidFen;
            ref var sums = ref At(cabinet.Value, entry.AssignmentId, entry.BusinessDay, lineClass);
            sums.SalesFen += sale.Lines[i].PaidFen;
            sums.SalesLines++;
        }

        if (byClass[0] != 0 || byClass[(int)ProductClass.Aid] != stored.AidFen
            || byClass[(int)ProductClass.Ordinary] != stored.OrdinaryFen
            || byClass[(int)ProductClass.Unmapped] != stored.UnmappedFen)
        {
            problems.Add(cabinet.Value, where, "its stored amounts are not those of its lines");
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

    private void AddRefund(ProofEntry entry)
    {
        if (entry is { Kind: EntryKind.Refund, State: EntryState.Counted }
            && EntryCodec.TryDecode(entry.Bytes, out _, out var body, out _) && body is RefundBody refund)
        {
            _refunds.Add(entry.Position, refund);
        }
    }

    private void AddRefunds(SqliteConnection connection)
    {
        using var query = new Statement(connection, """
            SELECT position, cabinet_id, sale_assignment, refund_day, sale_day, class, amount_fen, sale_journal,
                   sale_seq, line, sale_position IS NOT NULL
            FROM refunds
            """);
        while (query.Next())
        {
            var (position, cabinet) = (query.Long(0), query.Text(1));
            if (!_refunds.Remove(position, out var refund) || refund.AmountFen != query.Long(6)
                || refund.SaleJournal != query.Journal(7) || (long)refund.SaleSeq != query.Long(8)
                || refund.Line != query.Long(9))
            {
                problems.Add(cabinet, $"refund at position {position}", "is not what its entry says");
            }

            if (query.Long(10) != 0)
            {
                var (assignment, lineClass) = (query.Long(2), (int)query.Long(5));
                At(cabinet, assignment, (int)query.Long(3), lineClass).RefundsFen += query.Long(6);
                At(cabinet, assignment, (int)query.Long(4), lineClass).RefundsOfDayFen += query.Long(6);
            }
        }

        foreach (var position in _refunds.Keys)
        {
            problems.Add("", $"refund at position {position}", "its entry counts, and its row is gone");
        }
    }

    private void AddCorrections(SqliteConnection connection)
    {
        using var query = new Statement(connection, """
            SELECT j.cabinet_id, e.assignment_id, e.business_day, c.aid_delta_fen, c.ordinary_delta_fen,
                   c.unmapped_delta_fen, c.lines_delta
            FROM corrections c JOIN entries e USING (position) JOIN batches b USING (batch_id)
            JOIN journals j USING (journal_no)
            """);
        while (query.Next())
        {
            var lines = query.Bytes(6).ToArray();
            for (var lineClass = 1; lineClass <= 3; lineClass++)
            {
                var (fen, count) = (query.Long(2 + lineClass), (sbyte)lines[lineClass - 1]);
                if (fen != 0 || count != 0)
                {
                    ref var sums = ref At(query.Text(0), query.Long(1), (int)query.Long(2), lineClass);
                    sums.SalesFen += fen;
                    sums.SalesLines += count;
                }
            }
        }
    }

    private ref Sums At(string cabinet, long assignment, int day, int lineClass) =>
        ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, (cabinet, assignment, day, lineClass), out _);
}
