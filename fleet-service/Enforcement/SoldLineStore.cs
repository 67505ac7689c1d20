using System.Text;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Enforcement;

/// <summary>A refund of a line.</summary>
/// <param name="UtcMs">When it was made, corrected, Unix milliseconds UTC.</param>
/// <param name="Fen">Its amount.</param>
internal readonly record struct LineRefund(long UtcMs, long Fen);

/// <summary>A line of a sale as it counts now.</summary>
/// <param name="Sale">The ledger position of its sale.</param>
/// <param name="UtcMs">When it was sold, corrected, Unix milliseconds UTC.</param>
/// <param name="Day">Its business day.</param>
/// <param name="Sku">The operator's SKU.</param>
/// <param name="Quantity">Pieces.</param>
/// <param name="PaidFen">What was paid for it.</param>
/// <param name="IsAid">True when it counts as aid now.</param>
/// <param name="WasDenied">True when the gate had denied the sale, and it was made all the same.</param>
/// <param name="Refunds">What of it was given back.</param>
internal sealed record SoldLine(
    long Sale, long UtcMs, DateOnly Day, string Sku, int Quantity, long PaidFen, bool IsAid, bool WasDenied,
    IReadOnlyList<LineRefund> Refunds);

/// <summary>What a cabinet sold under its present operator, and the heads that it rests on: one moment.</summary>
/// <param name="Lines">The lines of the days asked for.</param>
/// <param name="Heads">The heads of all its journals.</param>
/// <param name="Hello">Its last hello; null before the first.</param>
/// <param name="TurnoverFen">Sales less the refunds made on a day, also of earlier days; days without are missing.
/// </param>
internal sealed record SoldLines(
    IReadOnlyList<SoldLine> Lines, IReadOnlyList<(JournalId Journal, Head Head)> Heads, HeardHello? Hello,
    IReadOnlyDictionary<DateOnly, long> TurnoverFen);

/// <summary>
/// Reads the single sales of a cabinet's days, by its own journals: never those of others or of other times. Only
/// reads. Thread-safe.
/// </summary>
internal sealed class SoldLineStore(FleetDatabase database, BusinessZone zone)
{
    // As a quarantined sale that was released counts by its correction, unless the same vend counts elsewhere.
    private const string SalesSql = """
        SELECT e.position, e.utc_ms, e.business_day, e.assignment_id, e.bytes, e.line_class, coalesce((
            SELECT c.line_classes FROM corrections c WHERE c.position = e.position
            ORDER BY c.correction_id DESC LIMIT 1), e.line_classes)
        FROM journals j CROSS JOIN batches b CROSS JOIN entries e
        WHERE b.journal_no = j.journal_no
          AND e.position >= b.first_position AND e.position < b.first_position + b.entries
          AND j.cabinet_id = ?1 AND b.received_utc_ms >= ?2 AND e.kind = ?3
          AND e.business_day >= ?4 AND e.business_day <= ?5
          AND (e.state = 0 OR (e.state = 1 AND EXISTS (SELECT 1 FROM corrections c WHERE c.position = e.position)
               AND NOT EXISTS (SELECT 1 FROM doubles d WHERE d.position = e.position)))
        ORDER BY e.position
        """;

    private const string RefundsSql = """
        SELECT r.sale_position, r.line, e.utc_ms, r.amount_fen FROM refunds r
        JOIN entries e ON e.position = r.position
        WHERE r.cabinet_id = ?1 AND r.sale_day >= ?2 AND r.sale_day <= ?3 AND r.class IS NOT NULL
        """;

    private const string TurnoverSql = """
        SELECT business_day, SUM(sales_fen - refunds_fen) FROM totals
        WHERE cabinet_id = ?1 AND assignment_id = ?2 AND business_day >= ?3 AND business_day <= ?4
        GROUP BY business_day
        """;

    /// <summary>Reads the sales of some days, and the turnover also of earlier ones.</summary>
    public SoldLines Read(PlanSubject subject, BusinessWindow days, DateOnly turnoverFrom)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        var heads = Heads(connection, subject.Id);
        return new SoldLines(Lines(connection, subject, days), heads, Hello(connection, subject.Id),
            Turnover(connection, subject, new BusinessWindow(turnoverFrom, days.Last)));
    }

    private List<SoldLine> Lines(FleetConnection connection, PlanSubject subject, BusinessWindow days)
    {
        var refunds = Refunds(connection, subject.Id, days);
        var assignments = subject.AssignmentIds.ToHashSet();
        using var query = connection.Prepare(SalesSql);
        query.Set(1, subject.Id).Set(2, Math.Max(0, zone.StartOfUtcMs(days.First))).Set(3, (long)EntryKind.Sale)
            .Set(4, (long)BusinessZone.Number(days.First)).Set(5, (long)BusinessZone.Number(days.Last));
        var lines = new List<SoldLine>();
        while (query.Next())
        {
            if (!assignments.Contains(query.Long(3)) || !EntryHeader.TryRead(query.Bytes(4), out _, out var body))
            {
                continue;
            }

            var (position, utcMs, day) = (query.Long(0), query.Long(1), DayOf(query.Long(2)));
            var classes = query.IsNull(6) ? default : query.Bytes(6);
            var sale = new SaleView(body);
            for (var i = 0; sale.NextLine(out var line); i++)
            {
                var of = (ProductClass)(i < classes.Length ? classes[i] : query.Long(5));
                lines.Add(new SoldLine(position, utcMs, day, Encoding.UTF8.GetString(line.Sku), line.Quantity,
                    line.PaidFen, of == ProductClass.Aid, sale.Marks.HasFlag(SaleMarks.WasDenied),
                    [.. refunds[(position, i)]]));
            }
        }

        return lines;
    }

    private static ILookup<(long Sale, int Line), LineRefund> Refunds(
        FleetConnection connection, string cabinetId, BusinessWindow days)
    {
        using var query = connection.Prepare(RefundsSql);
        query.Set(1, cabinetId).Set(2, (long)BusinessZone.Number(days.First))
            .Set(3, (long)BusinessZone.Number(days.Last));
        var rows = new List<((long, int) Of, LineRefund Refund)>();
        while (query.Next())
        {
            rows.Add(((query.Long(0), (int)query.Long(1)), new LineRefund(query.Long(2), query.Long(3))));
        }

        return rows.ToLookup(row => row.Of, row => row.Refund);
    }

    private static Dictionary<DateOnly, long> Turnover(
        FleetConnection connection, PlanSubject subject, BusinessWindow days)
    {
        using var query = connection.Prepare(TurnoverSql);
        var turnover = new Dictionary<DateOnly, long>();
        foreach (var assignment in subject.AssignmentIds)
        {
            query.Set(1, subject.Id).Set(2, assignment).Set(3, (long)BusinessZone.Number(days.First))
                .Set(4, (long)BusinessZone.Number(days.Last));
            while (query.Next())
            {
                var day = DayOf(query.Long(0));
                turnover[day] = checked(turnover.GetValueOrDefault(day) + query.Long(1));
            }
        }

        return turnover;
    }

    private static List<(JournalId Journal, Head Head)> Heads(FleetConnection connection, string cabinetId)
    {
        using var query = connection.Prepare("""
            SELECT journal_id, head_seq, head_hash FROM journals WHERE cabinet_id = ?1 ORDER BY journal_id
            """);
        query.Set(1, cabinetId);
        var heads = new List<(JournalId, Head)>();
        while (query.Next())
        {
            heads.Add((query.Journal(0), new Head((ulong)query.Long(1), query.Hash(2))));
        }

        return heads;
    }

    private static HeardHello? Hello(FleetConnection connection, string cabinetId)
    {
        using var query = connection.Prepare("SELECT heard_utc_ms, applied_config FROM hellos WHERE cabinet_id = ?1");
        query.Set(1, cabinetId);
        return query.Next() ? new HeardHello(query.Long(0), query.Text(1)) : null;
    }

    private static DateOnly DayOf(long number) =>
        new((int)(number / 10_000), (int)(number / 100 % 100), (int)(number % 100));
}
