using KioskFleet.Service.Ledger;

namespace KioskFleet.Service.ProductSales;

/// <summary>What sales are summed by.</summary>
/// <param name="Day">Business day of the sale, yyyymmdd.</param>
/// <param name="CountyCode">County of the assignment; empty without one.</param>
/// <param name="OperatorId">Operator of the assignment; empty without one.</param>
/// <param name="ProductId">The product; empty when the SKU had no mapping.</param>
/// <param name="Class">The class as it counts now, by its number.</param>
/// <param name="IsOfCity">Whether a county of this city had listed the product.</param>
internal readonly record struct ProductSalesKey(
    int Day, string CountyCode, string OperatorId, string ProductId, byte Class, bool IsOfCity);

/// <summary>Sums, or differences of sums. Amounts in fen; sums are checked.</summary>
/// <param name="Lines">Lines sold.</param>
/// <param name="Pieces">Pieces sold.</param>
/// <param name="PaidFen">Paid for them.</param>
/// <param name="RefundedFen">Given back of it later; positive.</param>
internal readonly record struct ProductAmounts(long Lines, long Pieces, long PaidFen, long RefundedFen)
{
    /// <summary>What is left of the paid amount, in fen.</summary>
    public long NetFen => checked(PaidFen - RefundedFen);

    /// <summary>Adds two.</summary>
    public static ProductAmounts operator +(ProductAmounts a, ProductAmounts b) => checked(new(
        a.Lines + b.Lines, a.Pieces + b.Pieces, a.PaidFen + b.PaidFen, a.RefundedFen + b.RefundedFen));

    /// <summary>Subtracts.</summary>
    public static ProductAmounts operator -(ProductAmounts a, ProductAmounts b) => checked(new(
        a.Lines - b.Lines, a.Pieces - b.Pieces, a.PaidFen - b.PaidFen, a.RefundedFen - b.RefundedFen));
}

/// <summary>A line that a refund reverses.</summary>
/// <param name="Sale">The sale.</param>
/// <param name="Line">Its line, from 0.</param>
/// <param name="Class">The class the refund counts in.</param>
/// <param name="AmountFen">What was given back, in fen.</param>
internal sealed record ReversedSale(SoldEntry Sale, int Line, byte Class, long AmountFen);

/// <summary>What a refund counts as in an edition.</summary>
/// <param name="Key">Where it is summed.</param>
/// <param name="AmountFen">How much, in fen.</param>
internal sealed record CountedRefund(ProductSalesKey Key, long AmountFen);

/// <summary>A refund as the ledger has it now beside what it counts so far.</summary>
/// <param name="Position">The refund's own entry.</param>
/// <param name="Counted">What it counts so far; null when nothing.</param>
/// <param name="Reverses">What it reverses now; null while it waits for its sale.</param>
internal sealed record RefundChange(long Position, CountedRefund? Counted, ReversedSale? Reverses);

/// <summary>A stretch of the ledger for one edition.</summary>
/// <param name="Sales">Sales that are new or count otherwise.</param>
/// <param name="Refunds">Refunds that are new, tied or judged anew.</param>
/// <param name="Position">The cursor after it.</param>
/// <param name="CorrectionId">The corrections' cursor after it.</param>
/// <param name="RefundChangeId">The last of the refunds' changes that it holds; 0 for none.</param>
internal sealed record LedgerStretch(
    IReadOnlyList<SaleChange> Sales, IReadOnlyList<RefundChange> Refunds, long Position, long CorrectionId,
    long RefundChangeId);

/// <summary>What a stretch changes in an edition.</summary>
/// <param name="Sums">Differences.</param>
/// <param name="Places">By product and cabinet: the last sale's moment and unit price in fen.</param>
/// <param name="Refunds">What refunds count from now on; null for nothing.</param>
/// <param name="LatestSaleUtcMs">Moment of the latest sale in it; 0 for none.</param>
internal sealed record ProductSalesChange(
    IReadOnlyDictionary<ProductSalesKey, ProductAmounts> Sums,
    IReadOnlyDictionary<(string ProductId, string CabinetId), (long UtcMs, long UnitPriceFen)> Places,
    IReadOnlyDictionary<long, CountedRefund?> Refunds,
    long LatestSaleUtcMs);
