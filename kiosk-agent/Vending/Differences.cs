using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.Vending;

/// <summary>
/// Whether a report says the same as what is recorded under its id. Pure. Money and goods decide; names and free words
/// may differ, since programs word them anew.
/// </summary>
internal static class Differences
{
    /// <summary>
    /// The first field of a delivered report that differs from a recording; null when it is the same.
    /// </summary>
    public static string? First(EntryBody recorded, SaleBody reported) => recorded switch
    {
        SaleBody sale => Lines(sale.Lines, reported.Lines)
            ?? (sale.Payment.Method != reported.Payment.Method ? "payment.method"
                : sale.Payment.MerchantOrderNumber != reported.Payment.MerchantOrderNumber
                    ? "payment.merchantOrderNumber"
                    : sale.Payment.TransactionNumber != reported.Payment.TransactionNumber
                        ? "payment.transactionNumber"
                        : null),
        NonSaleBody { Purpose: NonSalePurpose.Promotion } nonSale when reported.Lines.All(l => l.PaidFen == 0) =>
            First(nonSale, Free(reported)),
        _ => "id",
    };

    /// <summary>The first field of a non-sale that differs.</summary>
    public static string? First(EntryBody recorded, NonSaleBody reported)
    {
        if (recorded is not NonSaleBody nonSale)
        {
            return "id";
        }

        if (nonSale.Purpose != reported.Purpose)
        {
            return "purpose";
        }

        if (nonSale.Lines.Count != reported.Lines.Count)
        {
            return "lines";
        }

        for (var i = 0; i < nonSale.Lines.Count; i++)
        {
            if (nonSale.Lines[i] with { Name = "" } != reported.Lines[i] with { Name = "" })
            {
                return $"lines[{i}]";
            }
        }

        return null;
    }

    /// <summary>The first field of a refund that differs.</summary>
    public static string? First(RefundBody recorded, RefundBody reported) =>
        recorded.SaleJournal != reported.SaleJournal || recorded.SaleSeq != reported.SaleSeq ? "sale"
        : recorded.Line != reported.Line ? "line"
        : recorded.AmountFen != reported.AmountFen ? "amountFen"
        : recorded.Quantity != reported.Quantity ? "quantity"
        : null;

    /// <summary>A wholly free order as it is recorded.</summary>
    public static NonSaleBody Free(SaleBody sale) => new(NonSalePurpose.Promotion, sale.VendId, "",
        [.. sale.Lines.Select(l => new NonSaleLine(l.Slot, l.Sku, l.Name, l.Quantity, l.UnitPriceFen))]);

    private static string? Lines(IReadOnlyList<SaleLine> recorded, IReadOnlyList<SaleLine> reported)
    {
        if (recorded.Count != reported.Count)
        {
            return "lines";
        }

        for (var i = 0; i < recorded.Count; i++)
        {
            var (a, b) = (recorded[i], reported[i]);
            var field = a.Slot != b.Slot ? "slot"
                : a.Sku != b.Sku ? "sku"
                : a.Quantity != b.Quantity ? "quantity"
                : a.UnitPriceFen != b.UnitPriceFen ? "unitPriceFen"
                : a.PaidFen != b.PaidFen ? "paidFen"
                : null;
            if (field is not null)
            {
                return $"lines[{i}].{field}";
            }
        }

        return null;
    }
}
