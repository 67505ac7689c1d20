using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Ledger;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.ProductSales;

/// <summary>
/// Reads the ledger for the projection by product: entries by position, corrections by number, and refunds that
/// changed. The only place of this folder that knows the ledger's tables. Reads within the caller's transaction, so
/// that all three belong to one moment: SQLite commits one transaction after another, and a position that is visible
/// can no longer be overtaken.
/// </summary>
internal static class ProductLedgerStore
{
    private const string SaleColumns =
        "e.utc_ms, e.business_day, j.cabinet_id, coalesce(a.county_code, ''), coalesce(a.operator_id, ''), e.bytes";

    private const string SaleTables = """
        JOIN batches b ON b.batch_id = e.batch_id
        JOIN journals j ON j.journal_no = b.journal_no
        LEFT JOIN assignments a ON a.assignment_id = e.assignment_id
        """;

    /// <summary>The newest position; 0 in an empty ledger.</summary>
    public static long NewestPosition(SqliteConnection connection)
    {
        using var query = new Statement(connection, "SELECT coalesce(max(position), 0) FROM entries");
        query.Next();
        return query.Long(0);
    }

    /// <summary>
    /// The next stretch of an edition; null when it has read everything. Corrections and changes of refunds come when
    /// no entry is left: then every sale they speak of has been read.
    /// </summary>
    public static LedgerStretch? Read(SqliteConnection connection, ProductSalesEdition edition)
    {
        var entries = ReadEntries(connection, edition);
        if (entries is not null)
        {
            return entries;
        }

        var (sales, correction) = ReadCorrections(connection, edition.CorrectionId);
        var (refunds, change) = ReadRefundChanges(connection, edition.Number);
        return correction == edition.CorrectionId && change == 0
            ? null
            : new LedgerStretch(sales, refunds, edition.Position, correction, change);
    }

    private static LedgerStretch? ReadEntries(SqliteConnection connection, ProductSalesEdition edition)
    {
        using var query = new Statement(connection, $"""
            SELECT {SaleColumns}, e.position, e.kind, e.state, e.line_class, e.line_classes
            FROM entries e {SaleTables}
            WHERE e.position > ?1 ORDER BY e.position LIMIT ?2
            """);
        query.Set(1, edition.Position).Set(2, (long)ProductSalesLimits.EntriesPerStep);
        var (sales, refunds) = (new List<SaleChange>(), new List<long>());
        long? last = null;
        while (query.Next())
        {
            last = query.Long(6);
            switch ((EntryKind)query.Long(7), (EntryState)query.Long(8))
            {
                case (EntryKind.Sale, EntryState.Counted):
                    var sale = SaleOf(query);
                    sales.Add(new SaleChange(sale, null, CommittedClasses(query, sale, 9)));
                    break;
                case (EntryKind.Refund, _):
                    refunds.Add(last.Value);
                    break;
                default:
                    break;
            }
        }

        return last is { } position
            ? new LedgerStretch(
                sales, ReadRefunds(connection, edition.Number, refunds), position, edition.CorrectionId, 0)
            : null;
    }

    private static (IReadOnlyList<SaleChange> Sales, long CorrectionId) ReadCorrections(
        SqliteConnection connection, long afterId)
    {
        using var query = new Statement(connection, $"""
            SELECT {SaleColumns}, c.correction_id, e.kind, c.cause, e.line_class, e.line_classes, c.lines_delta,
              c.line_classes,
              (SELECT p.line_classes FROM corrections p
               WHERE p.position = c.position AND p.correction_id < c.correction_id
               ORDER BY p.correction_id DESC LIMIT 1)
            FROM corrections c JOIN entries e ON e.position = c.position {SaleTables}
            WHERE c.correction_id > ?1 ORDER BY c.correction_id LIMIT ?2
            """);
        query.Set(1, afterId).Set(2, (long)ProductSalesLimits.ChangesPerStep);
        var sales = new List<SaleChange>();
        var last = afterId;
        while (query.Next())
        {
            last = query.Long(6);

            // A released refund shows in the refunds themselves.
            if ((EntryKind)query.Long(7) != EntryKind.Sale)
            {
                continue;
            }

            var sale = SaleOf(query);
            var after = query.Bytes(12).ToArray();
            if (query.Text(8) != nameof(CorrectionCause.Released))
            {
                var before = query.IsNull(13) ? CommittedClasses(query, sale, 9) : query.Bytes(13).ToArray();
                sales.Add(new SaleChange(sale, before, after));
            }
            else if (query.Bytes(11).ContainsAnyExcept((byte)0))
            {
                sales.Add(new SaleChange(sale, null, after));
            }

            // Else the vend counts elsewhere, and its release brought nothing.
        }

        return (sales, last);
    }

    private static (IReadOnlyList<RefundChange> Refunds, long ChangeId) ReadRefundChanges(
        SqliteConnection connection, long edition)
    {
        using var query = new Statement(connection, """
            SELECT change_id, position FROM product_sales_refund_changes ORDER BY change_id LIMIT ?1
            """);
        query.Set(1, (long)ProductSalesLimits.ChangesPerStep);
        var positions = new List<long>();
        long last = 0;
        while (query.Next())
        {
            last = query.Long(0);
            positions.Add(query.Long(1));
        }

        return (ReadRefunds(connection, edition, positions), last);
    }

    private static List<RefundChange> ReadRefunds(
        SqliteConnection connection, long edition, IReadOnlyList<long> positions)
    {
        using var query = new Statement(connection, """
            SELECT e.utc_ms, r.sale_day, r.cabinet_id, coalesce(a.county_code, ''), coalesce(a.operator_id, ''),
              e.bytes, r.line, r.class, r.amount_fen
            FROM refunds r JOIN entries e ON e.position = r.sale_position
            LEFT JOIN assignments a ON a.assignment_id = r.sale_assignment
            WHERE r.position = ?1
            """);
        using var counted = new Statement(connection, """
            SELECT business_day, county_code, operator_id, product_id, class, is_of_city, amount_fen
            FROM product_sales_refunds WHERE edition = ?1 AND position = ?2
            """);
        var refunds = new List<RefundChange>();
        foreach (var position in positions.Distinct())
        {
            query.Set(1, position);
            var reverses = query.Next()
                ? new ReversedSale(SaleOf(query), (int)query.Long(6), (byte)query.Long(7), query.Long(8))
                : null;
            query.Reset();
            counted.Set(1, edition).Set(2, position);
            var before = counted.Next()
                ? new CountedRefund(
                    new ProductSalesKey((int)counted.Long(0), counted.Text(1), counted.Text(2), counted.Text(3),
                        (byte)counted.Long(4), counted.Long(5) != 0),
                    counted.Long(6))
                : null;
            counted.Reset();
            refunds.Add(new RefundChange(position, before, reverses));
        }

        return refunds;
    }

    private static SoldEntry SaleOf(Statement row) => new(
        row.Long(0), (int)row.Long(1), row.Text(2), row.Text(3), row.Text(4), row.Bytes(5).ToArray());

    private static byte[] CommittedClasses(Statement row, SoldEntry sale, int column) => ProductSalesRule.ClassesOf(
        sale.Bytes, (byte)row.Long(column), row.IsNull(column + 1) ? null : row.Bytes(column + 1).ToArray());
}
