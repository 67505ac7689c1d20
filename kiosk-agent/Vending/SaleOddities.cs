using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.Vending;

/// <summary>What is odd about a sale that is recorded all the same. Pure.</summary>
internal static class SaleOddities
{
    /// <summary>The marks of a sale.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="row">The request it belongs to; null when there was none.</param>
    /// <param name="ranOut">True when the request's approval no longer held.</param>
    /// <param name="plan">The plan; null when there is none: then no slot, SKU or price is odd by it.</param>
    /// <param name="isAid">What counts as aid.</param>
    public static SaleMarks Of(SaleBody sale, VendRow? row, bool ranOut, CabinetPlan? plan, Func<string, bool> isAid)
    {
        var marks = SaleMarks.None;
        if (row is null)
        {
            marks |= sale.Source == SaleSource.Hand ? SaleMarks.None : SaleMarks.UnknownVend;
        }
        else if (row.Denial != 0)
        {
            marks |= SaleMarks.WasDenied;
        }
        else
        {
            marks |= ranOut ? SaleMarks.Late : SaleMarks.None;
            marks |= row.Kind == VendRowKind.Vend && AreGoodsOther(sale, row.Lines)
                ? SaleMarks.GoodsDiffer
                : SaleMarks.None;
            marks |= sale.Lines.Where(line => isAid(line.Sku)).Sum(line => line.PaidFen)
                < row.Lines.Where(line => isAid(line.Sku)).Sum(line => line.AmountFen)
                    ? SaleMarks.AidMissing
                    : SaleMarks.None;
        }

        foreach (var line in sale.Lines)
        {
            var slot = plan?.Find(line.Slot);
            marks |= plan is not null && slot is null && line.Slot.Length > 0 ? SaleMarks.UnknownSlot : SaleMarks.None;
            marks |= plan is not null && !plan.HasSku(line.Sku) ? SaleMarks.UnknownSku : SaleMarks.None;
            marks |= IsPriceOdd(line, row, slot) ? SaleMarks.PriceDiffers : SaleMarks.None;
        }

        return marks;
    }

    /// <summary>
    /// True when pieces by slot and SKU are not those asked for. A program that does not say the slots is judged by the
    /// SKUs alone.
    /// </summary>
    private static bool AreGoodsOther(SaleBody sale, IReadOnlyList<VendLine> asked)
    {
        var saysSlots = sale.Lines.All(line => line.Slot.Length > 0);
        var missing = new Dictionary<(string Slot, string Sku), long>();
        void Add(string slot, string sku, long pieces)
        {
            var goods = (saysSlots ? slot : "", sku);
            missing[goods] = missing.GetValueOrDefault(goods) + pieces;
        }

        foreach (var line in asked)
        {
            Add(line.Slot, line.Sku, line.Quantity);
        }

        foreach (var line in sale.Lines)
        {
            Add(line.Slot, line.Sku, -line.Quantity);
        }

        return missing.Values.Any(pieces => pieces != 0);
    }

    /// <summary>A basket has its amounts by the line, which a program may split by pieces.</summary>
    private static bool IsPriceOdd(SaleLine line, VendRow? row, PlanSlot? slot) => row switch
    {
        { Kind: VendRowKind.Vend, Basket.Count: > 0 } => row.Basket.Any(asked => asked.Sku == line.Sku)
            && !row.Basket.Any(asked => asked.Sku == line.Sku
                && (Int128)asked.AmountFen * line.Quantity == (Int128)line.PaidFen * asked.Quantity),
        { Kind: VendRowKind.Vend } => row.PriceFen != line.UnitPriceFen,
        _ => slot is not null && slot.PriceFen != line.UnitPriceFen,
    };
}
