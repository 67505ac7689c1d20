using System.Runtime.InteropServices;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Compliance;

/// <summary>
/// Reads what was sold in a part of a business day, from the entries themselves: totals know whole days only. Net of
/// every refund of these sales and with every correction that the ledger knows now. Only reads. Thread-safe.
/// <para>
/// Cost: for one cabinet all entries of its journals. For all cabinets the entries committed from the beginning of that
/// day until the last sale of the day had arrived, which is the first position at which what was read adds up to the
/// day's total; when it never does (an entry dated ahead of its arrival), older ones backwards. At most
/// <see cref="ComplianceLimits.MaxEntriesScanned"/> entries.
/// </para>
/// </summary>
internal sealed class MomentSalesStore(FleetDatabase database, BusinessZone zone)
{
    private const int Chunk = 50_000;

    private const string Columns = """
        j.cabinet_id, e.assignment_id, e.utc_ms,
        e.aid_fen + coalesce((SELECT sum(c.aid_delta_fen) FROM corrections c WHERE c.position = e.position), 0),
        e.ordinary_fen
          + coalesce((SELECT sum(c.ordinary_delta_fen) FROM corrections c WHERE c.position = e.position), 0),
        e.unmapped_fen
          + coalesce((SELECT sum(c.unmapped_delta_fen) FROM corrections c WHERE c.position = e.position), 0),
        coalesce((SELECT sum(r.amount_fen) FROM refunds r WHERE r.sale_position = e.position AND r.class = 1), 0),
        coalesce((SELECT sum(r.amount_fen) FROM refunds r WHERE r.sale_position = e.position AND r.class = 2), 0),
        coalesce((SELECT sum(r.amount_fen) FROM refunds r WHERE r.sale_position = e.position AND r.class = 3), 0)
        """;

    private const string OfCabinetSql = $"""
        SELECT {Columns}
        FROM journals j JOIN batches b USING (journal_no)
        JOIN entries e ON e.position BETWEEN b.first_position AND b.first_position + b.entries - 1
        WHERE j.cabinet_id = ?1 AND e.business_day = ?2
        """;

    private const string OfRangeSql = $"""
        SELECT {Columns}
        FROM entries e CROSS JOIN batches b CROSS JOIN journals j
        WHERE e.position >= ?1 AND e.position < ?2 AND e.business_day = ?3
          AND b.batch_id = e.batch_id AND j.journal_no = b.journal_no
        """;

    private const string DayTotalSql = """
        SELECT coalesce(sum(t.sales_fen), 0), coalesce(sum(t.refunds_of_day_fen), 0)
        FROM (SELECT cabinet_id, assignment_id FROM assignments UNION ALL SELECT cabinet_id, 0 FROM cabinets) a
        CROSS JOIN totals t
        WHERE t.cabinet_id = a.cabinet_id AND t.assignment_id = a.assignment_id AND t.business_day = ?1
        """;

    private const string PresentSql = """
        SELECT a.cabinet_id, a.assignment_id, a.operator_id, a.county_code, a.site_name, a.from_utc_ms,
               coalesce(c.life, ''), a.from_utc_ms <= ?3 AND (a.to_utc_ms IS NULL OR a.to_utc_ms > ?2)
        FROM assignments a LEFT JOIN cabinets c USING (cabinet_id) WHERE ?1 = '' OR a.cabinet_id = ?1
        """;

    /// <summary>
    /// What was sold from the beginning of a business day up to and with a moment of it, and every assignment that
    /// touches this time; null when too many entries would have to be read, or they were detached.
    /// </summary>
    /// <param name="day">The day.</param>
    /// <param name="untilUtcMs">The moment, Unix milliseconds UTC.</param>
    /// <param name="cabinetId">One cabinet, or null for all.</param>
    public IReadOnlyList<AssignmentSales>? Read(DateOnly day, long untilUtcMs, string? cabinetId)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        if (SealedMonthStore.MonthWithSales(connection, zone.StartOfUtcMs(day), untilUtcMs + 1) is not null)
        {
            return null;
        }

        var sums = new DaySums(untilUtcMs);
        if (cabinetId is not null)
        {
            using var query = connection.Prepare(OfCabinetSql);
            sums.AddAll(query.Set(1, cabinetId).Set(2, (long)BusinessZone.Number(day)));
        }
        else if (!TryScan(connection, day, sums))
        {
            return null;
        }

        return Present(connection, (zone.StartOfUtcMs(day), untilUtcMs), cabinetId, sums);
    }

    private bool TryScan(FleetConnection connection, DateOnly day, DaySums sums)
    {
        var number = (long)BusinessZone.Number(day);
        using var total = connection.Prepare(DayTotalSql);
        total.Set(1, number).Next();
        sums.Expect(total.Long(0), total.Long(1));
        var newest = Scalar(connection, "SELECT coalesce(max(position), 0) FROM entries");
        var first = FirstPositionFrom(connection, zone.StartOfUtcMs(day)) ?? newest + 1;
        using var range = connection.Prepare(OfRangeSql);
        for (var from = first; from <= newest && !sums.IsWhole; from += Chunk)
        {
            if (from - first > ComplianceLimits.MaxEntriesScanned)
            {
                return false;
            }

            sums.AddAll(range.Set(1, from).Set(2, from + Chunk).Set(3, number));
        }

        for (var to = first; to > 1 && !sums.IsWhole; to -= Chunk)
        {
            if (newest - to > ComplianceLimits.MaxEntriesScanned)
            {
                return false;
            }

            sums.AddAll(range.Set(1, Math.Max(to - Chunk, 1)).Set(2, to).Set(3, number));
        }

        return true;
    }

    /// <summary>
    /// The first position of the first batch that was received at a moment or later, by halving: batches lie in the
    /// order of their commits, which is nearly that of their arrival.
    /// </summary>
    private static long? FirstPositionFrom(FleetConnection connection, long utcMs)
    {
        using var at = connection.Prepare("""
            SELECT batch_id, received_utc_ms, first_position FROM batches WHERE batch_id >= ?1 ORDER BY batch_id LIMIT 1
            """);
        var (low, high) = (1L, Scalar(connection, "SELECT coalesce(max(batch_id), 0) FROM batches") + 1);
        long? found = null;
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            at.Set(1, middle);
            if (at.Next() && at.Long(1) >= utcMs)
            {
                found = at.Long(2);
                high = middle;
            }
            else
            {
                low = middle + 1;
            }

            at.Reset();
        }

        return found;
    }

    private static List<AssignmentSales> Present(
        FleetConnection connection, (long From, long Until) time, string? cabinetId, DaySums sums)
    {
        using var query = connection.Prepare(PresentSql);
        query.Set(1, cabinetId ?? "").Set(2, time.From).Set(3, time.Until);
        var sales = new List<AssignmentSales>();
        while (query.Next())
        {
            var key = (query.Text(0), query.Long(1));
            var isSold = sums.Amounts.Remove(key, out var amounts);
            if (isSold || query.Long(7) != 0)
            {
                sales.Add(new AssignmentSales(key.Item1, key.Item2, query.Text(2), query.Text(3), query.Text(4),
                    query.Long(5), query.Text(6), amounts));
            }
        }

        sales.AddRange(sums.Amounts.Select(s => new AssignmentSales(
            s.Key.Cabinet, s.Key.Assignment, "", "", "", 0, "", s.Value)));
        return sales;
    }

    private static long Scalar(FleetConnection connection, string sql)
    {
        using var query = connection.Prepare(sql);
        query.Next();
        return query.Long(0);
    }

    /// <summary>The sums of a day: by assignment up to the moment, and in all.</summary>
    private sealed class DaySums(long untilUtcMs)
    {
        private long _salesFen;
        private long _refundsFen;
        private long _expectedSalesFen;
        private long _expectedRefundsFen;

        public Dictionary<(string Cabinet, long Assignment), ClassAmounts> Amounts { get; } = [];

        /// <summary>True when everything that the day's totals hold was read: sales and refunds, gross.</summary>
        public bool IsWhole => _salesFen >= _expectedSalesFen && _refundsFen >= _expectedRefundsFen;

        /// <summary>Says what the day's totals hold, in fen.</summary>
        public void Expect(long salesFen, long refundsFen) =>
            (_expectedSalesFen, _expectedRefundsFen) = (salesFen, refundsFen);

        public void AddAll(Statement rows)
        {
            while (rows.Next())
            {
                var (aid, ordinary, unmapped) = (rows.Long(3), rows.Long(4), rows.Long(5));
                var (aidBack, ordinaryBack, unmappedBack) = (rows.Long(6), rows.Long(7), rows.Long(8));
                var (sold, back) = checked((aid + ordinary + unmapped, aidBack + ordinaryBack + unmappedBack));
                _salesFen = checked(_salesFen + sold);
                _refundsFen = checked(_refundsFen + back);
                if ((sold != 0 || back != 0) && rows.Long(2) <= untilUtcMs)
                {
                    ref var sums = ref CollectionsMarshal.GetValueRefOrAddDefault(
                        Amounts, (rows.Text(0), rows.Long(1)), out _);
                    sums += new ClassAmounts(
                        aid - aidBack, ordinary - ordinaryBack, unmapped - unmappedBack, sold, 0, 0);
                }
            }
        }
    }
}
