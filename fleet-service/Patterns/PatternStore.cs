using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Patterns;

/// <summary>
/// One reading of the ledger for the checks over sales: everything as it was at one moment. Only reads. Not
/// thread-safe.
/// </summary>
internal sealed class PatternStore : IDisposable
{
    private readonly FleetTransaction _moment;

    /// <summary>Takes the moment.</summary>
    public PatternStore(FleetDatabase database)
    {
        Connection = database.OpenReader();
        _moment = Connection.BeginRead();
    }

    /// <summary>The connection, for cursors of the same moment.</summary>
    public FleetConnection Connection { get; }

    /// <summary>Which SKUs the catalogue maps for any operator, and which for one.</summary>
    public Articles Articles()
    {
        using var rows = Connection.Prepare("SELECT DISTINCT operator_id, sku FROM sku_mappings");
        var own = new HashSet<(string OperatorId, string Sku)>();
        var shared = new HashSet<string>(StringComparer.Ordinal);
        while (rows.Next())
        {
            if (rows.Text(0) is { Length: > 0 } owner)
            {
                own.Add((owner, rows.Text(1)));
            }
            else
            {
                shared.Add(rows.Text(1));
            }
        }

        return new Articles(own, shared);
    }

    /// <summary>
    /// The aid amount and the total of some assignments of a cabinet in a window, refunds taken off, in fen.
    /// </summary>
    public (long AidFen, long TotalFen) Amounts(string cabinetId, IReadOnlyList<long> assignments, JudgingWindow window)
    {
        using var sums = Connection.Prepare("""
            SELECT coalesce(sum(CASE WHEN class = 1 THEN sales_fen - refunds_of_day_fen END), 0),
                   coalesce(sum(sales_fen - refunds_of_day_fen), 0)
            FROM totals WHERE cabinet_id = ?1 AND assignment_id = ?2 AND business_day >= ?3 AND business_day < ?4
            """);
        sums.Set(1, cabinetId).Set(3, (long)window.FromNumber).Set(4, (long)window.ToNumber);
        var (aidFen, totalFen) = (0L, 0L);
        foreach (var assignment in assignments)
        {
            sums.Set(2, assignment).Next();
            (aidFen, totalFen) = checked((aidFen + sums.Long(0), totalFen + sums.Long(1)));
            sums.Reset();
        }

        return (aidFen, totalFen);
    }

    /// <summary>Counted refunds that were made on a later day than their sale.</summary>
    public IEnumerable<LaterRefund> LateRefunds()
    {
        using var rows = Connection.Prepare("""
            SELECT sale_assignment, sale_day, refund_day, sale_position FROM refunds
            WHERE sale_position IS NOT NULL AND refund_day > sale_day
            """);
        while (rows.Next())
        {
            yield return new LaterRefund(rows.Long(0), (int)rows.Long(1), (int)rows.Long(2), rows.Long(3));
        }
    }

    /// <summary>When a cabinet was enrolled first, Unix milliseconds UTC; 0 when it never was.</summary>
    public long EnrolledUtcMs(string cabinetId)
    {
        using var first = Connection.Prepare(
            "SELECT coalesce(min(from_utc_ms), 0) FROM cabinet_keys WHERE cabinet_id = ?1");
        return One(first.Set(1, cabinetId));
    }

    /// <summary>
    /// The day of the first sale under some assignments of a cabinet, yyyymmdd; int.MaxValue without one.
    /// </summary>
    public int FirstSaleDay(string cabinetId, IReadOnlyList<long> assignments)
    {
        using var first = Connection.Prepare("""
            SELECT business_day FROM totals WHERE cabinet_id = ?1 AND assignment_id = ?2 AND sales_lines > 0
            ORDER BY business_day LIMIT 1
            """);
        first.Set(1, cabinetId);
        return assignments.Select(assignment => (int)One(first.Set(2, assignment)))
            .Where(day => day > 0).DefaultIfEmpty(int.MaxValue).Min();
    }

    /// <summary>The heads of a cabinet's newest journals.</summary>
    public IReadOnlyList<JournalHead> Heads(string cabinetId)
    {
        using var rows = Connection.Prepare("""
            SELECT journal_id, head_seq, head_hash FROM journals WHERE cabinet_id = ?1 AND head_seq > 0
            ORDER BY journal_no DESC LIMIT ?2
            """);
        rows.Set(1, cabinetId).Set(2, (long)PatternLimits.MaxHeads);
        var heads = new List<JournalHead>();
        while (rows.Next())
        {
            heads.Add(new JournalHead(rows.Journal(0).ToString(), (ulong)rows.Long(1), rows.Hash(2).ToString()));
        }

        return heads;
    }

    /// <summary>Some entries, as evidence.</summary>
    public IReadOnlyList<ExampleEntry> Entries(IReadOnlyList<long> positions)
    {
        using var row = Connection.Prepare("""
            SELECT j.journal_id, e.seq, e.utc_ms, e.bytes FROM entries e JOIN batches b USING (batch_id)
            JOIN journals j USING (journal_no) WHERE e.position = ?1
            """);
        var examples = new List<ExampleEntry>();
        foreach (var position in positions)
        {
            row.Set(1, position);
            if (row.Next())
            {
                var (vendId, fen) = Told(row.Bytes(3));
                examples.Add(new ExampleEntry(
                    row.Journal(0).ToString(), (ulong)row.Long(1), vendId, row.Long(2), fen));
            }

            row.Reset();
        }

        return examples;
    }

    /// <summary>
    /// When each cabinet gave its last sign of life, Unix milliseconds UTC: its last hello (null when there was none),
    /// and the last change of its life or keys.
    /// </summary>
    public IReadOnlyDictionary<string, (long? HeardUtcMs, long ChangedUtcMs)> Signs()
    {
        using var rows = Connection.Prepare("""
            SELECT c.cabinet_id, h.heard_utc_ms, c.changed_utc_ms, c.registered_utc_ms,
              coalesce((SELECT max(k.from_utc_ms) FROM cabinet_keys k WHERE k.cabinet_id = c.cabinet_id), 0)
            FROM cabinets c LEFT JOIN hellos h USING (cabinet_id)
            """);
        var signs = new Dictionary<string, (long? HeardUtcMs, long ChangedUtcMs)>(StringComparer.Ordinal);
        while (rows.Next())
        {
            signs[rows.Text(0)] = (rows.LongOrNull(1), Math.Max(Math.Max(rows.Long(2), rows.Long(3)), rows.Long(4)));
        }

        return signs;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _moment.Dispose();
        Connection.Dispose();
    }

    private static long One(Statement query)
    {
        var value = query.Next() ? query.Long(0) : 0;
        query.Reset();
        return value;
    }

    private static (string VendId, long Fen) Told(ReadOnlySpan<byte> entry)
    {
        if (!EntryCodec.TryDecode(entry, out _, out var body, out _))
        {
            return ("", 0);
        }

        return body switch
        {
            SaleBody sale => (sale.VendId, sale.Lines.Sum(line => line.PaidFen)),
            NonSaleBody nonSale => (nonSale.VendId, nonSale.Lines.Sum(line => line.UnitPriceFen * line.Quantity)),
            _ => ("", 0),
        };
    }
}
