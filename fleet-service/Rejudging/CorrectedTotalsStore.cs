using System.Runtime.InteropServices;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Rejudging;

/// <summary>What corrections changed of the totals of one cabinet's day. Amounts in fen, by class.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="AssignmentId">The assignment.</param>
/// <param name="BusinessDay">The day, yyyymmdd.</param>
/// <param name="Cause">Why.</param>
/// <param name="Sales">Change of sales.</param>
/// <param name="Refunds">Change of the refunds made on the day.</param>
/// <param name="RefundsOfDay">Change of the refunds of the day's sales.</param>
/// <param name="LastCorrectedUtcMs">The newest of the corrections, Unix milliseconds UTC.</param>
internal sealed record CorrectedTotal(
    string CabinetId, long AssignmentId, int BusinessDay, CorrectionCause Cause, AmountsShown Sales,
    AmountsShown Refunds, AmountsShown RefundsOfDay, long LastCorrectedUtcMs);

/// <summary>
/// What corrections changed of totals: since a moment, for reports that were published before; and by a re-judging as a
/// whole. Costs what the corrections cost, not the ledger. Each call has its own connection; thread-safe.
/// </summary>
internal sealed class CorrectedTotalsStore(FleetDatabase database)
{
    // Corrections are found by the re-judgings that were not over by then.
    private const string RejudgedSince = """
        SELECT c.* FROM rejudgings r CROSS JOIN corrections c
        WHERE c.catalogue_version = r.version AND (r.finished_utc_ms IS NULL OR r.finished_utc_ms > ?1)
          AND c.cause = 'Rejudged' AND c.corrected_utc_ms > ?1
        """;

    private readonly record struct Day(string Cabinet, long Assignment, int Number, CorrectionCause Cause);

    private struct Changes
    {
        public ClassAmounts Sales;
        public ClassAmounts Refunds;
        public ClassAmounts RefundsOfDay;
        public long LastUtcMs;
    }

    private struct MonthChange
    {
        public ClassAmounts Net;
        public long Sales;
    }

    /// <summary>
    /// What changed of the totals of some days by corrections later than a moment. A sale that was released from
    /// quarantine since is told with its amounts; refunds that waited for it are late data and told by nobody.
    /// </summary>
    /// <param name="fromDay">First business day, yyyymmdd.</param>
    /// <param name="toDay">First business day after the last, yyyymmdd.</param>
    /// <param name="sinceUtcMs">The moment, Unix milliseconds UTC; corrections at it are not told.</param>
    public IReadOnlyList<CorrectedTotal> CorrectedSince(int fromDay, int toDay, long sinceUtcMs)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        var days = new Dictionary<Day, Changes>();
        AddSales(connection, days, (fromDay, toDay), sinceUtcMs);
        AddRefunds(connection, days, (fromDay, toDay), sinceUtcMs);
        return [.. days.OrderBy(d => d.Key.Number).ThenBy(d => d.Key.Cabinet, StringComparer.Ordinal)
            .ThenBy(d => d.Key.Assignment).ThenBy(d => d.Key.Cause)
            .Select(d => new CorrectedTotal(d.Key.Cabinet, d.Key.Assignment, d.Key.Number, d.Key.Cause,
                Shown(d.Value.Sales), Shown(d.Value.Refunds), Shown(d.Value.RefundsOfDay), d.Value.LastUtcMs))];
    }

    /// <summary>The totals of every county and month that a re-judging moved, without and with it.</summary>
    public IReadOnlyList<RejudgedMonthShown> Months(long version)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        var months = new SortedDictionary<(int Month, string County), MonthChange>();
        using (var sales = connection.Prepare("""
            SELECT coalesce(a.county_code, ''), e.business_day / 100, sum(c.aid_delta_fen), sum(c.ordinary_delta_fen),
                   sum(c.unmapped_delta_fen), count(*)
            FROM corrections c JOIN entries e USING (position)
            LEFT JOIN assignments a ON a.assignment_id = e.assignment_id
            WHERE c.catalogue_version = ?1 AND c.cause = 'Rejudged' GROUP BY 1, 2
            """))
        {
            sales.Set(1, version);
            while (sales.Next())
            {
                months[((int)sales.Long(1), sales.Text(0))] = new MonthChange
                {
                    Net = new ClassAmounts
                    {
                        AidFen = sales.Long(2),
                        OrdinaryFen = sales.Long(3),
                        UnmappedFen = sales.Long(4),
                    },
                    Sales = sales.Long(5),
                };
            }
        }

        using (var refunds = connection.Prepare("""
            SELECT coalesce(a.county_code, ''), r.sale_day / 100, m.class_before, m.class_after, sum(r.amount_fen)
            FROM corrections c JOIN corrected_refunds m USING (correction_id)
            JOIN refunds r ON r.position = m.refund_position
            LEFT JOIN assignments a ON a.assignment_id = r.sale_assignment
            WHERE c.catalogue_version = ?1 AND c.cause = 'Rejudged' GROUP BY 1, 2, 3, 4
            """))
        {
            refunds.Set(1, version);
            while (refunds.Next())
            {
                var key = ((int)refunds.Long(1), refunds.Text(0));
                var change = months.GetValueOrDefault(key);
                change.Net.Move((ProductClass)refunds.Long(2), (ProductClass)refunds.Long(3), -refunds.Long(4));
                months[key] = change;
            }
        }

        var present = Present(connection, months.Keys.Select(k => k.Month).Distinct());
        return [.. months.Select(m =>
        {
            var after = present.GetValueOrDefault(m.Key);
            return new RejudgedMonthShown(m.Key.County, m.Key.Month, Shown(Less(after, m.Value.Net)), Shown(after),
                m.Value.Sales);
        })];
    }

    private static void AddSales(
        FleetConnection connection, Dictionary<Day, Changes> days, (int From, int To) span, long sinceUtcMs)
    {
        using var query = connection.Prepare($"""
            SELECT j.cabinet_id, e.assignment_id, e.business_day, c.cause = 'Rejudged', sum(c.aid_delta_fen),
                   sum(c.ordinary_delta_fen), sum(c.unmapped_delta_fen), max(c.corrected_utc_ms)
            FROM ({RejudgedSince}
                  UNION ALL SELECT * FROM corrections WHERE cause = 'Released' AND corrected_utc_ms > ?1) c
            JOIN entries e USING (position) JOIN batches b USING (batch_id) JOIN journals j USING (journal_no)
            WHERE e.kind = 1 AND e.business_day >= ?2 AND e.business_day < ?3
            GROUP BY 1, 2, 3, 4
            """);
        query.Set(1, sinceUtcMs).Set(2, (long)span.From).Set(3, (long)span.To);
        while (query.Next())
        {
            var cause = query.Long(3) != 0 ? CorrectionCause.Rejudged : CorrectionCause.Released;
            ref var changes = ref At(days, new Day(query.Text(0), query.Long(1), (int)query.Long(2), cause));
            changes.Sales = new ClassAmounts
            {
                AidFen = query.Long(4),
                OrdinaryFen = query.Long(5),
                UnmappedFen = query.Long(6),
            };
            changes.LastUtcMs = Math.Max(changes.LastUtcMs, query.Long(7));
        }
    }

    /// <summary>Refunds that moved count on their own day and on the day of their sale.</summary>
    private static void AddRefunds(
        FleetConnection connection, Dictionary<Day, Changes> days, (int From, int To) span, long sinceUtcMs)
    {
        using var query = connection.Prepare($"""
            SELECT r.cabinet_id, r.sale_assignment, r.refund_day, r.sale_day, m.class_before, m.class_after,
                   r.amount_fen, c.corrected_utc_ms
            FROM ({RejudgedSince}) c JOIN corrected_refunds m USING (correction_id)
            JOIN refunds r ON r.position = m.refund_position
            """);
        query.Set(1, sinceUtcMs);
        while (query.Next())
        {
            var (cabinet, assignment, own, ofSale) =
                (query.Text(0), query.Long(1), (int)query.Long(2), (int)query.Long(3));
            var (before, after) = ((ProductClass)query.Long(4), (ProductClass)query.Long(5));
            if (own >= span.From && own < span.To)
            {
                ref var changes = ref At(days, new Day(cabinet, assignment, own, CorrectionCause.Rejudged));
                changes.Refunds.Move(before, after, query.Long(6));
                changes.LastUtcMs = Math.Max(changes.LastUtcMs, query.Long(7));
            }

            if (ofSale >= span.From && ofSale < span.To)
            {
                At(days, new Day(cabinet, assignment, ofSale, CorrectionCause.Rejudged))
                    .RefundsOfDay.Move(before, after, query.Long(6));
            }
        }
    }

    /// <summary>The counties' net totals of whole months, as they are now.</summary>
    private static Dictionary<(int Month, string County), ClassAmounts> Present(
        FleetConnection connection, IEnumerable<int> months)
    {
        using var query = connection.Prepare("""
            SELECT coalesce(a.county_code, ''), w.class, sum(w.sales_fen - w.refunds_of_day_fen)
            FROM window_totals w LEFT JOIN assignments a ON a.assignment_id = w.assignment_id
            WHERE w.kind = 1 AND w.first_day = ?1 GROUP BY 1, 2
            """);
        var present = new Dictionary<(int Month, string County), ClassAmounts>();
        foreach (var month in months)
        {
            query.Set(1, month * 100L + 1);
            while (query.Next())
            {
                CollectionsMarshal.GetValueRefOrAddDefault(present, (month, query.Text(0)), out _)
                    .Add((ProductClass)query.Long(1), query.Long(2));
            }
        }

        return present;
    }

    private static ClassAmounts Less(ClassAmounts of, ClassAmounts change) => new()
    {
        AidFen = of.AidFen - change.AidFen,
        OrdinaryFen = of.OrdinaryFen - change.OrdinaryFen,
        UnmappedFen = of.UnmappedFen - change.UnmappedFen,
    };

    private static AmountsShown Shown(in ClassAmounts amounts) =>
        new(amounts.AidFen, amounts.OrdinaryFen, amounts.UnmappedFen);

    private static ref Changes At(Dictionary<Day, Changes> days, Day day) =>
        ref CollectionsMarshal.GetValueRefOrAddDefault(days, day, out _);
}
