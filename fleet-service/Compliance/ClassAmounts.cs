using KioskFleet.Service.Catalogue;

namespace KioskFleet.Service.Compliance;

/// <summary>Amounts of the three classes in a window, in fen. Sums are checked and throw on overflow.</summary>
/// <param name="AidFen">Aid sales, net of refunds by the day of the sale they reverse.</param>
/// <param name="OrdinaryFen">Ordinary sales, net likewise.</param>
/// <param name="UnmappedFen">Sales whose SKU nobody mapped, net likewise.</param>
/// <param name="SalesFen">Sales of the window's days, gross: the money report.</param>
/// <param name="RefundsFen">Refunds made on the window's days, whatever they reverse: the money report.</param>
/// <param name="SalesLines">Lines sold.</param>
internal readonly record struct ClassAmounts(
    long AidFen, long OrdinaryFen, long UnmappedFen, long SalesFen, long RefundsFen, long SalesLines)
{
    /// <summary>What a standing is judged by: all three classes, net.</summary>
    public long TotalFen => checked(AidFen + OrdinaryFen + UnmappedFen);

    /// <summary>Adds two.</summary>
    public static ClassAmounts operator +(ClassAmounts a, ClassAmounts b) => checked(new(
        a.AidFen + b.AidFen,
        a.OrdinaryFen + b.OrdinaryFen,
        a.UnmappedFen + b.UnmappedFen,
        a.SalesFen + b.SalesFen,
        a.RefundsFen + b.RefundsFen,
        a.SalesLines + b.SalesLines));

    /// <summary>The amounts of one class.</summary>
    public static ClassAmounts Of(ProductClass of, long netFen, long salesFen, long refundsFen, long lines) =>
        of switch
        {
            ProductClass.Aid => new(netFen, 0, 0, salesFen, refundsFen, lines),
            ProductClass.Ordinary => new(0, netFen, 0, salesFen, refundsFen, lines),
            ProductClass.Unmapped => new(0, 0, netFen, salesFen, refundsFen, lines),
            _ => throw new ArgumentOutOfRangeException(nameof(of), of, "is no class of the ledger's totals."),
        };
}
