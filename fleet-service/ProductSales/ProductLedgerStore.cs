using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.ProductSales;

/// <summary>
/// Reads the ledger for the projection by product. The only place of this folder that knows the ledger's tables. Reads
/// within the caller's transaction.
/// </summary>
internal static class ProductLedgerStore
{
    /// <summary>
    /// The next stretch of an edition; null when it has read everything. Corrections and changes of refunds come when
    /// no entry is left: then every sale they speak of has been read.
    /// </summary>
    public static LedgerStretch? Read(FleetConnection connection, ProductSalesEdition edition)
    {
        if (LedgerChangeStore.Entries(connection, edition.Position, ProductSalesLimits.EntriesPerStep) is { } read)
        {
            return new LedgerStretch(
                read.Sales, ReadRefunds(connection, edition.Number, read.Refunds), read.Position, edition.CorrectionId,
                0);
        }

        var (sales, correction) = LedgerChangeStore.Corrections(
            connection, edition.CorrectionId, ProductSalesLimits.ChangesPerStep);
        var (changed, change) = LedgerChangeStore.RefundChanges(
            connection, "product_sales_refund_changes", ProductSalesLimits.ChangesPerStep);
        return correction == edition.CorrectionId && change == 0
            ? null
            : new LedgerStretch(
                sales, ReadRefunds(connection, edition.Number, changed), edition.Position, correction, change);
    }

    private static List<RefundChange> ReadRefunds(
        FleetConnection connection, long edition, IReadOnlyList<long> positions)
    {
        using var query = connection.Prepare("""
            SELECT e.utc_ms, r.sale_day, r.cabinet_id, r.sale_assignment, coalesce(a.county_code, ''),
              coalesce(a.operator_id, ''), e.bytes, r.line, r.class, r.amount_fen
            FROM refunds r JOIN entries e ON e.position = r.sale_position
            LEFT JOIN assignments a ON a.assignment_id = r.sale_assignment
            WHERE r.position = ?1
            """);
        using var counted = connection.Prepare("""
            SELECT business_day, county_code, operator_id, product_id, class, is_of_city, amount_fen
            FROM product_sales_refunds WHERE edition = ?1 AND position = ?2
            """);
        var refunds = new List<RefundChange>();
        foreach (var position in positions.Distinct())
        {
            query.Set(1, position);
            var reverses = query.Next()
                ? new ReversedSale(
                    LedgerChangeStore.SaleOf(query), (int)query.Long(7), (byte)query.Long(8), query.Long(9))
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
}
