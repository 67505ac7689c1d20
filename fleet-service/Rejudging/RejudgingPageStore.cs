using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Rejudging;

/// <summary>Reads re-judgings for people and programs. Each call has its own connection; thread-safe.</summary>
internal sealed class RejudgingPageStore(FleetDatabase database)
{
    private const string Columns = """
        SELECT v.version, v.made_by, v.made_utc_ms, v.source, r.sales_examined, r.sales_changed, r.refunds_moved,
               r.moved_fen, r.aid_delta_fen, r.ordinary_delta_fen, r.unmapped_delta_fen, r.started_utc_ms,
               r.finished_utc_ms, r.cursor_position, r.through_position,
               (SELECT count(*) FROM catalogue_affected a WHERE a.version = v.version)
        FROM catalogue_versions v LEFT JOIN rejudgings r USING (version)
        """;

    /// <summary>The versions that affect sales, newest first.</summary>
    public BackwardsPage<RejudgingShown> Page(long? before, int count)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        using var query = connection.Prepare($"""
            {Columns}
            WHERE v.version < ?1 AND EXISTS (SELECT 1 FROM catalogue_affected a WHERE a.version = v.version)
            ORDER BY v.version DESC LIMIT ?2
            """);
        var most = Math.Clamp(count, 1, RejudgingLimits.MaxPage);
        query.Set(1, before ?? long.MaxValue).Set(2, (long)most);
        var rows = new List<RejudgingShown>();
        while (query.Next())
        {
            rows.Add(Show(connection, query));
        }

        return new BackwardsPage<RejudgingShown>(rows, rows.Count < most ? null : rows[^1].Version);
    }

    /// <summary>One version; null when there is none, or none that affects any sale.</summary>
    public RejudgingShown? Find(long version)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        using var query = connection.Prepare($"""
            {Columns}
            WHERE v.version = ?1 AND EXISTS (SELECT 1 FROM catalogue_affected a WHERE a.version = v.version)
            """);
        query.Set(1, version);
        return query.Next() ? Show(connection, query) : null;
    }

    /// <summary>The sales that a version changed, in the order of their corrections.</summary>
    public ForwardsPage<RejudgedSaleShown> Sales(long version, long? after, int count)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT c.correction_id, c.position, j.cabinet_id, j.journal_id, e.seq, e.utc_ms, e.business_day,
                   e.assignment_id, c.corrected_utc_ms, c.line_classes,
                   coalesce((SELECT p.line_classes FROM corrections p
                             WHERE p.position = c.position AND p.correction_id < c.correction_id
                             ORDER BY p.correction_id DESC LIMIT 1), e.line_classes),
                   e.line_class, e.bytes,
                   (SELECT count(*) FROM corrected_refunds m WHERE m.correction_id = c.correction_id)
            FROM corrections c JOIN entries e USING (position) JOIN batches b USING (batch_id)
            JOIN journals j USING (journal_no)
            WHERE c.catalogue_version = ?1 AND c.cause = 'Rejudged' AND c.correction_id > ?2
            ORDER BY c.correction_id LIMIT ?3
            """);
        var most = Math.Clamp(count, 1, RejudgingLimits.MaxPage);
        query.Set(1, version).Set(2, after ?? 0).Set(3, (long)most);
        var rows = new List<RejudgedSaleShown>();
        var (read, last) = (0, 0L);
        while (query.Next())
        {
            (read, last) = (read + 1, query.Long(0));
            if (Sale(query) is { } sale)
            {
                rows.Add(sale);
            }
        }

        return new ForwardsPage<RejudgedSaleShown>(rows, read < most ? null : last);
    }

    private static RejudgingShown Show(FleetConnection connection, Statement row) => new()
    {
        Version = row.Long(0),
        MadeBy = row.Text(1),
        MadeUtc = Utc(row.Long(2)),
        Source = row.Text(3),
        State = row.IsNull(11) ? RejudgingState.Waiting
            : row.IsNull(12) ? RejudgingState.Running : RejudgingState.Finished,
        SpanCount = row.Long(15),
        Spans = Spans(connection, row.Long(0)),
        SalesExamined = row.Long(4),
        SalesChanged = row.Long(5),
        RefundsMoved = row.Long(6),
        MovedFen = row.Long(7),
        Change = new AmountsShown(row.Long(8), row.Long(9), row.Long(10)),
        StartedUtc = row.IsNull(11) ? null : Utc(row.Long(11)),
        FinishedUtc = row.IsNull(12) ? null : Utc(row.Long(12)),
        DonePosition = row.Long(13),
        ThroughPosition = row.Long(14),
    };

    private static List<SpanShown> Spans(FleetConnection connection, long version)
    {
        using var query = connection.Prepare("""
            SELECT operator_id, sku, from_utc_ms, to_utc_ms FROM catalogue_affected WHERE version = ?1
            ORDER BY operator_id, sku, from_utc_ms LIMIT ?2
            """);
        query.Set(1, version).Set(2, (long)RejudgingLimits.MaxSpansShown);
        var spans = new List<SpanShown>();
        while (query.Next())
        {
            spans.Add(new SpanShown(query.Text(0), query.Text(1), Utc(query.Long(2)),
                query.IsNull(3) ? null : Utc(query.Long(3))));
        }

        return spans;
    }

    private static RejudgedSaleShown? Sale(Statement row)
    {
        if (!EntryCodec.TryDecode(row.Bytes(12), out _, out var body, out _) || body is not SaleBody sale)
        {
            return null;
        }

        var after = row.Bytes(9).ToArray();
        var before = row.IsNull(10)
            ? Enumerable.Repeat((byte)row.Long(11), after.Length).ToArray()
            : row.Bytes(10).ToArray();
        return new RejudgedSaleShown
        {
            CorrectionId = row.Long(0),
            Position = row.Long(1),
            Cabinet = row.Text(2),
            Journal = row.Journal(3).ToString(),
            Seq = (ulong)row.Long(4),
            SoldUtc = Utc(row.Long(5)),
            BusinessDay = (int)row.Long(6),
            AssignmentId = row.Long(7),
            Before = Sum(sale, before),
            After = Sum(sale, after),
            Lines = [.. sale.Lines.Select((line, i) => new RejudgedLineShown(
                line.Sku, line.Name, line.PaidFen, Name(before[i]), Name(after[i])))],
            RefundsMoved = row.Long(13),
            CorrectedUtc = Utc(row.Long(8)),
        };
    }

    private static AmountsShown Sum(SaleBody sale, byte[] classes)
    {
        var sums = default(ClassAmounts);
        for (var i = 0; i < sale.Lines.Count; i++)
        {
            sums.Add((ProductClass)classes[i], sale.Lines[i].PaidFen);
        }

        return new AmountsShown(sums.AidFen, sums.OrdinaryFen, sums.UnmappedFen);
    }

    private static string Name(byte lineClass) => ((ProductClass)lineClass).ToString();

    private static DateTime Utc(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(
        Math.Clamp(utcMs, -62_135_596_800_000, 253_402_300_799_999)).UtcDateTime;
}
