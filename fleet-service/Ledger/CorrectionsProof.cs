using System.Runtime.InteropServices;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// Proves the corrections entry by entry, each against the one before it: a release brings the whole entry, a
/// re-judging exactly the difference between the classes before and after; the refunds that moved with it; and what
/// each re-judging says that it moved. Adds the differences to the sums. Not thread-safe.
/// </summary>
internal sealed class CorrectionsProof(FleetConnection connection, ProofProblems problems, ProofSums sums)
    : IDisposable
{
    private readonly Statement _refunds = connection.Prepare("""
        SELECT c.refund_position, c.class_before, c.class_after, r.line, r.sale_position
        FROM corrected_refunds c LEFT JOIN refunds r ON r.position = c.refund_position WHERE c.correction_id = ?1
        """);

    private readonly Dictionary<long, Moved> _moved = [];
    private Chain _chain;

    private record struct Moved(
        long Sales, long Refunds, long Fen, long AidFen, long OrdinaryFen, long UnmappedFen);

    /// <summary>How an entry counts between two of its corrections.</summary>
    /// <param name="Position">The entry.</param>
    /// <param name="Sale">What was sold; null when it is no sale.</param>
    /// <param name="Classes">One class per line; null while it counts nothing.</param>
    /// <param name="IsReleased">True once it was released.</param>
    /// <param name="Version">The catalogue that it was judged by.</param>
    private record struct Chain(long Position, SaleBody? Sale, byte[]? Classes, bool IsReleased, long Version);

    /// <summary>Walks all corrections.</summary>
    public void Run()
    {
        using var query = connection.Prepare("""
            SELECT c.correction_id, c.position, c.cause, c.aid_delta_fen, c.ordinary_delta_fen, c.unmapped_delta_fen,
                   c.lines_delta, c.line_classes, c.catalogue_version, j.cabinet_id, e.assignment_id, e.business_day,
                   e.bytes, e.state, e.kind, e.line_class, e.line_classes, b.catalogue_version,
                   EXISTS (SELECT 1 FROM doubles d WHERE d.position = c.position)
            FROM corrections c LEFT JOIN entries e USING (position) LEFT JOIN batches b USING (batch_id)
            LEFT JOIN journals j USING (journal_no)
            ORDER BY c.position, c.correction_id
            """);
        while (query.Next())
        {
            if (query.Long(1) != _chain.Position)
            {
                Begin(query);
            }

            var lines = query.Bytes(6).ToArray();
            if (lines.Length != 3 || !Follows(query, lines))
            {
                problems.Add(query.IsNull(9) ? "" : query.Text(9),
                    $"correction {query.Long(0)} of position {query.Long(1)}",
                    "is not what its entry and its classes say");
            }

            for (var lineClass = 1; lineClass <= 3 && lines.Length == 3; lineClass++)
            {
                var (fen, count) = (query.Long(2 + lineClass), (sbyte)lines[lineClass - 1]);
                if (fen != 0 || count != 0)
                {
                    ref var sum = ref sums.At(
                        query.IsNull(9) ? "" : query.Text(9), query.Long(10), (int)query.Long(11), lineClass);
                    sum.SalesFen += fen;
                    sum.SalesLines += count;
                }
            }
        }

        CompareStrays();
        CompareRejudgings();
    }

    /// <inheritdoc/>
    public void Dispose() => _refunds.Dispose();

    /// <summary>The entry as it counted at commit.</summary>
    private void Begin(Statement row)
    {
        SaleBody? sale = null;
        if (!row.IsNull(12) && EntryCodec.TryDecode(row.Bytes(12), out _, out var body, out _))
        {
            sale = body as SaleBody;
        }

        var isCounted = (EntryState)row.Long(13) == EntryState.Counted && !row.IsNull(13);
        var classes = sale is null || !isCounted ? null
            : row.IsNull(16) ? Enumerable.Repeat((byte)row.Long(15), sale.Lines.Count).ToArray()
            : row.Bytes(16).ToArray();
        _chain = new Chain(row.Long(1), sale, classes, false, row.Long(17));
    }

    private bool Follows(Statement row, byte[] lines)
    {
        var (after, before) = (row.Bytes(7).ToArray(), _chain);
        if (row.IsNull(12))
        {
            return false;
        }

        var version = row.Long(8);
        if (row.Text(2) == nameof(CorrectionCause.Rejudged))
        {
            _chain = before with { Classes = after, Version = version };
            Tally(row, before, after);
            return before is { Sale: { } sold, Classes: { } classes } && version > before.Version
                && !classes.AsSpan().SequenceEqual(after) && Difference(sold, classes, after) is { } difference
                && IsStored(row, lines, difference) && RefundsFollow(row, classes, after);
        }

        if (row.Text(2) != nameof(CorrectionCause.Released) || (EntryState)row.Long(13) != EntryState.Quarantined
            || before.IsReleased)
        {
            return false;
        }

        // A release brings the whole entry by its classes; nothing when the vend counts elsewhere.
        var isDouble = row.Long(18) != 0;
        _chain = before with { Classes = isDouble ? null : after, IsReleased = true, Version = version };
        return before.Sale is not { } sale
            ? after is [0] && IsStored(row, lines, default)
            : EntryRowProof.Sum(sale, after) is { } whole && IsStored(row, lines, isDouble ? default : whole);
    }

    private static bool IsStored(Statement row, byte[] lines, in ClassAmounts expected) =>
        (expected.AidFen, expected.OrdinaryFen, expected.UnmappedFen) == (row.Long(3), row.Long(4), row.Long(5))
        && (expected.AidLines, expected.OrdinaryLines, expected.UnmappedLines)
            == ((sbyte)lines[0], (sbyte)lines[1], (sbyte)lines[2]);

    private static ClassAmounts? Difference(SaleBody sale, byte[] before, byte[] after)
    {
        if (EntryRowProof.Sum(sale, before) is not { } old || EntryRowProof.Sum(sale, after) is not { } now)
        {
            return null;
        }

        return new ClassAmounts
        {
            AidFen = now.AidFen - old.AidFen,
            OrdinaryFen = now.OrdinaryFen - old.OrdinaryFen,
            UnmappedFen = now.UnmappedFen - old.UnmappedFen,
            AidLines = now.AidLines - old.AidLines,
            OrdinaryLines = now.OrdinaryLines - old.OrdinaryLines,
            UnmappedLines = now.UnmappedLines - old.UnmappedLines,
        };
    }

    /// <summary>Each refund that moved is tied to a line of this sale that changed its class just so.</summary>
    private bool RefundsFollow(Statement row, byte[] before, byte[] after)
    {
        var fits = true;
        _refunds.Set(1, row.Long(0));
        while (_refunds.Next())
        {
            var line = _refunds.IsNull(3) ? -1 : _refunds.Long(3);
            fits &= line >= 0 && line < before.Length && line < after.Length && _refunds.Long(4) == row.Long(1)
                && _refunds.Long(1) == before[line] && _refunds.Long(2) == after[line] && before[line] != after[line];
            At(row.Long(8)).Refunds++;
        }

        return fits;
    }

    private void Tally(Statement row, Chain before, byte[] after)
    {
        ref var moved = ref At(row.Long(8));
        moved.Sales++;
        moved.AidFen += row.Long(3);
        moved.OrdinaryFen += row.Long(4);
        moved.UnmappedFen += row.Long(5);
        for (var i = 0; before is { Sale: { } sale, Classes: { } classes } && i < sale.Lines.Count; i++)
        {
            if (i < classes.Length && i < after.Length && classes[i] != after[i])
            {
                moved.Fen += sale.Lines[i].PaidFen;
            }
        }
    }

    private void CompareStrays()
    {
        using var query = connection.Prepare("""
            SELECT correction_id, refund_position FROM corrected_refunds
            WHERE correction_id NOT IN (SELECT correction_id FROM corrections WHERE cause = 'Rejudged')
            """);
        while (query.Next())
        {
            problems.Add("", $"moved refund at position {query.Long(1)}",
                $"the correction {query.Long(0)} that it moved with is gone");
        }
    }

    /// <summary>What each re-judging says that it moved is the sum of its corrections, in both directions.</summary>
    private void CompareRejudgings()
    {
        using var query = connection.Prepare("""
            SELECT version, sales_changed, refunds_moved, moved_fen, aid_delta_fen, ordinary_delta_fen,
                   unmapped_delta_fen
            FROM rejudgings
            """);
        while (query.Next())
        {
            _moved.Remove(query.Long(0), out var summed);
            var stored = new Moved(
                query.Long(1), query.Long(2), query.Long(3), query.Long(4), query.Long(5), query.Long(6));
            Compare(query.Long(0), stored, summed);
        }

        foreach (var (version, summed) in _moved)
        {
            Compare(version, default, summed);
        }
    }

    private void Compare(long version, Moved stored, Moved summed)
    {
        if (stored != summed)
        {
            problems.Add("", $"re-judging by catalogue {version}",
                $"it says {stored}, its corrections sum to {summed}");
        }
    }

    private ref Moved At(long version) =>
        ref CollectionsMarshal.GetValueRefOrAddDefault(_moved, version, out _);
}
