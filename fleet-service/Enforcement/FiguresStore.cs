using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Enforcement;

/// <summary>
/// Reads what configs start from: totals and heads in one transaction, so that the figures are exactly those of the
/// named head. Only reads. Thread-safe.
/// </summary>
internal sealed class FiguresStore(FleetDatabase database)
{
    /// <summary>Sales looked through for what was sold last.</summary>
    private const int RecentSales = 20_000;

    private const string JournalSql = """
        SELECT j.journal_no, j.journal_id, j.head_seq, j.head_hash, j.last_utc_ms FROM journals j
        LEFT JOIN hellos h ON h.cabinet_id = j.cabinet_id AND h.journal_id = j.journal_id
        WHERE j.cabinet_id = ?1 AND j.superseded_after IS NULL
        ORDER BY h.cabinet_id IS NOT NULL DESC, j.journal_no DESC LIMIT 1
        """;

    private const string TotalsSql = """
        SELECT business_day, SUM(CASE WHEN class = 1 THEN sales_fen - refunds_of_day_fen ELSE 0 END),
               SUM(sales_fen - refunds_of_day_fen), SUM(sales_fen - refunds_fen)
        FROM totals WHERE cabinet_id = ?1 AND assignment_id = ?2 AND business_day >= ?3 AND business_day <= ?4
        GROUP BY business_day
        """;

    // A batch holds its entries at contiguous positions; the first one may begin before the number.
    private const string OwnSalesSql = """
        SELECT SUM(e.aid_fen), SUM(e.aid_fen + e.ordinary_fen + e.unmapped_fen)
        FROM batches b CROSS JOIN entries e
        WHERE e.position >= b.first_position AND e.position < b.first_position + b.entries
          AND b.journal_no = ?1 AND b.first_seq > ?2 - 500 AND e.seq > ?2 AND e.seq <= ?3 AND e.kind = ?4
          AND e.state = 0 AND e.business_day >= ?5 AND e.business_day <= ?6
        """;

    private const string OwnRefundsSql = """
        SELECT SUM(CASE WHEN r.class = 1 THEN r.amount_fen ELSE 0 END), SUM(r.amount_fen)
        FROM batches b CROSS JOIN entries e CROSS JOIN refunds r
        WHERE e.position >= b.first_position AND e.position < b.first_position + b.entries
          AND r.position = e.position AND b.journal_no = ?1 AND b.first_seq > ?2 - 500 AND e.seq > ?2
          AND e.seq <= ?3 AND e.kind = ?4
          AND e.state = 0 AND r.class IS NOT NULL AND r.sale_day >= ?5 AND r.sale_day <= ?6
        """;

    /// <summary>Figures and heads of cabinets, all at one moment.</summary>
    /// <param name="requests">Which.</param>
    /// <param name="today">The present business day.</param>
    public IReadOnlyDictionary<string, CabinetFigures> Read(IReadOnlyList<FiguresRequest> requests, DateOnly today)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        using var journals = connection.Prepare(JournalSql);
        using var totals = connection.Prepare(TotalsSql);
        using var hellos = connection.Prepare("SELECT heard_utc_ms, applied_config FROM hellos WHERE cabinet_id = ?1");
        var figures = new Dictionary<string, CabinetFigures>(StringComparer.Ordinal);
        foreach (var request in requests)
        {
            var window = BusinessWindow.Of(request.WindowKind, today);
            figures[request.CabinetId] = new CabinetFigures(request.CabinetId, Journal(journals, request.CabinetId),
                Hello(hellos, request.CabinetId), window, Rows(totals, request, window));
        }

        return figures;
    }

    /// <summary>
    /// What a journal added to the days of a window, behind a number and up to another, as the ledger counts it.
    /// </summary>
    public OwnSums OwnSince(long journalNo, ulong afterSeq, ulong throughSeq, BusinessWindow window)
    {
        using var connection = database.OpenReader();
        var (aid, total) = Sum(connection, OwnSalesSql, EntryKind.Sale);
        var (aidBack, totalBack) = Sum(connection, OwnRefundsSql, EntryKind.Refund);
        return new OwnSums(aid - aidBack, total - totalBack);

        (long Aid, long Total) Sum(FleetConnection on, string sql, EntryKind kind)
        {
            using var query = on.Prepare(sql);
            query.Set(1, journalNo).Set(2, (long)afterSeq).Set(3, (long)throughSeq).Set(4, (long)kind)
                .Set(5, (long)BusinessZone.Number(window.First)).Set(6, (long)BusinessZone.Number(window.Last));
            return query.Next() ? (query.Long(0), query.Long(1)) : default;
        }
    }

    /// <summary>SKUs of an operator in the order in which they were sold last, as far as that lies not long ago.
    /// </summary>
    public IReadOnlyList<string> RecentSkus(string operatorId)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT e.bytes FROM entries e JOIN assignments a ON a.assignment_id = e.assignment_id
            WHERE e.kind = ?1 AND e.state = 0 AND a.operator_id = ?2 ORDER BY e.position DESC LIMIT ?3
            """);
        query.Set(1, (long)EntryKind.Sale).Set(2, operatorId).Set(3, (long)RecentSales);
        var skus = new HashSet<string>(StringComparer.Ordinal);
        while (query.Next())
        {
            if (EntryHeader.TryRead(query.Bytes(0), out _, out var body))
            {
                var sale = new SaleView(body);
                while (sale.NextLine(out var line))
                {
                    skus.Add(System.Text.Encoding.UTF8.GetString(line.Sku));
                }
            }
        }

        return [.. skus];
    }

    private static KnownJournal? Journal(Statement query, string cabinetId)
    {
        query.Set(1, cabinetId);
        var found = query.Next()
            ? new KnownJournal(query.Long(0), query.Journal(1), new Head((ulong)query.Long(2), query.Hash(3)),
                query.Long(4))
            : null;
        query.Reset();
        return found;
    }

    private static HeardHello? Hello(Statement query, string cabinetId)
    {
        query.Set(1, cabinetId);
        var found = query.Next() ? new HeardHello(query.Long(0), query.Text(1)) : null;
        query.Reset();
        return found;
    }

    private static List<FigureRow> Rows(Statement totals, FiguresRequest request, BusinessWindow window)
    {
        var isRolling = BusinessWindow.IsRolling(request.WindowKind);
        var before = isRolling ? window : BusinessWindow.Of(request.WindowKind, window.First.AddDays(-1));
        var days = new SortedDictionary<DateOnly, FigureRow>();
        foreach (var assignment in request.AssignmentIds)
        {
            totals.Set(1, request.CabinetId).Set(2, assignment).Set(3, (long)BusinessZone.Number(before.First))
                .Set(4, (long)BusinessZone.Number(window.Last));
            while (totals.Next())
            {
                var day = DayOf(totals.Long(0));
                var first = BusinessWindow.TrailingDays(request.WindowKind) > 0 ? day
                    : window.Contains(day) ? window.First
                    : before.First;
                var last = BusinessWindow.TrailingDays(request.WindowKind) > 0 ? day
                    : window.Contains(day) ? window.Last
                    : before.Last;
                var row = days.GetValueOrDefault(first, new FigureRow(first, last, 0, 0, 0));
                days[first] = checked(row with
                {
                    AidFen = row.AidFen + totals.Long(1),
                    TotalFen = row.TotalFen + totals.Long(2),
                    TurnoverFen = row.TurnoverFen + totals.Long(3),
                });
            }
        }

        return [.. days.Values];
    }

    private static DateOnly DayOf(long number) =>
        new((int)(number / 10_000), (int)(number / 100 % 100), (int)(number % 100));
}
