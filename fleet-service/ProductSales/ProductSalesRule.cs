using System.Runtime.InteropServices;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Ledger;

namespace KioskFleet.Service.ProductSales;

/// <summary>
/// Turns a stretch of the ledger into differences of sums. Every sale and every refund brings what it counts now less
/// what it counted before, so the order in which they are read never matters. Pure.
/// </summary>
internal static class ProductSalesRule
{
    /// <summary>Sums a stretch.</summary>
    public static ProductSalesChange Change(LedgerStretch stretch, ProductLookup products)
    {
        var sums = new Dictionary<ProductSalesKey, ProductAmounts>();
        var places = new Dictionary<(string, string), (long UtcMs, long UnitPriceFen)>();
        var refunds = new Dictionary<long, CountedRefund?>();
        long latest = 0;
        foreach (var change in stretch.Sales)
        {
            latest = Math.Max(latest, change.Sale.UtcMs);
            AddSale(change, products, sums, places);
        }

        foreach (var change in stretch.Refunds)
        {
            // The same refund may be named twice in a stretch; both say what it is now, and only once is it moved.
            if (refunds.ContainsKey(change.Position))
            {
                continue;
            }

            var now = change.Reverses is { } reverses ? Counted(reverses, products) : null;
            refunds[change.Position] = now;
            Move(change.Counted, now, sums);
        }

        return new ProductSalesChange(sums, places, refunds, latest);
    }

    private static void AddSale(
        SaleChange change,
        ProductLookup products,
        Dictionary<ProductSalesKey, ProductAmounts> sums,
        Dictionary<(string ProductId, string CabinetId), (long UtcMs, long UnitPriceFen)> places)
    {
        var sale = change.Sale;
        EntryHeader.TryRead(sale.Bytes, out _, out var body);
        var lines = new SaleView(body);
        for (var i = 0; lines.NextLine(out var line); i++)
        {
            var product = products.Find(sale.OperatorId, line.Sku, sale.UtcMs);
            var amounts = new ProductAmounts(1, line.Quantity, line.PaidFen, 0);
            if (change.Before is { } before)
            {
                ref var counted = ref At(sums, Key(sale, product, before[i]));
                counted -= amounts;
            }

            ref var counts = ref At(sums, Key(sale, product, change.After[i]));
            counts += amounts;
            if (product.ProductId.Length > 0)
            {
                ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    places, (product.ProductId, sale.CabinetId), out var known);
                place = known && place.UtcMs > sale.UtcMs ? place : (sale.UtcMs, line.UnitPriceFen);
            }
        }
    }

    private static CountedRefund Counted(ReversedSale reverses, ProductLookup products)
    {
        var sale = reverses.Sale;
        EntryHeader.TryRead(sale.Bytes, out _, out var body);
        var lines = new SaleView(body);
        var product = SoldProduct.Unknown;
        for (var i = 0; i <= reverses.Line && lines.NextLine(out var line); i++)
        {
            product = products.Find(sale.OperatorId, line.Sku, sale.UtcMs);
        }

        return new CountedRefund(Key(sale, product, reverses.Class), reverses.AmountFen);
    }

    private static void Move(
        CountedRefund? before, CountedRefund? now, Dictionary<ProductSalesKey, ProductAmounts> sums)
    {
        if (before is not null)
        {
            ref var counted = ref At(sums, before.Key);
            counted -= new ProductAmounts(0, 0, 0, before.AmountFen);
        }

        if (now is not null)
        {
            ref var counts = ref At(sums, now.Key);
            counts += new ProductAmounts(0, 0, 0, now.AmountFen);
        }
    }

    private static ProductSalesKey Key(SoldEntry sale, SoldProduct product, byte lineClass) =>
        new(sale.Day, sale.CountyCode, sale.OperatorId, product.ProductId, lineClass, product.IsOfCity);

    private static ref ProductAmounts At(Dictionary<ProductSalesKey, ProductAmounts> sums, ProductSalesKey key) =>
        ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _);
}
