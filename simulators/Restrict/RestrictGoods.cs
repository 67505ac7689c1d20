using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Restrict;

/// <summary>A product of a cabinet that is cut off.</summary>
/// <param name="Slot">Its slot.</param>
/// <param name="Sku">Its SKU, the same at every operator.</param>
/// <param name="Name">The invented name, in Chinese.</param>
/// <param name="PriceFen">The price of one piece, in fen.</param>
/// <param name="IsAid">True for an aid product.</param>
internal sealed record ShelfGoods(string Slot, string Sku, string Name, long PriceFen, bool IsAid);

/// <summary>What every cabinet of the run sells. Nothing of it changes while the network is away. Pure.</summary>
internal static class RestrictGoods
{
    /// <summary>Aid products.</summary>
    public static readonly IReadOnlyList<ShelfGoods> Aid =
    [
        new("A1", "R-AID-1", "霜叶菊花茶 30g", 1_500, true),
        new("A2", "R-AID-2", "后山板栗仁 100g", 1_150, true),
        new("A3", "R-AID-3", "晒场梅干菜饼 60g", 380, true),
        new("A4", "R-AID-4", "田埂糙米锅巴 80g", 450, true),
    ];

    /// <summary>Ordinary products, the cheapest first; nobody mapped the last one, which counts like them.</summary>
    public static readonly IReadOnlyList<ShelfGoods> Ordinary =
    [
        new("B1", "R-ORD-1", "纸巾小包 10抽", 150, false),
        new("B2", "R-ORD-2", "云杉矿泉水 550ml", 200, false),
        new("B3", "R-ORD-3", "圆圈薯片 45g", 550, false),
        new("B4", "R-ORD-4", "北窗拿铁 250ml", 650, false),
        new("B5", "R-ORD-5", "牛奶巧克力 45g", 1_850, false),
        new("B6", "R-NEW-6", "新到试卖礼盒 2件", 3_900, false),
    ];

    /// <summary>True for a SKU that is aid throughout the run.</summary>
    public static bool IsAid(string sku) => Aid.Any(goods => goods.Sku == sku);

    /// <summary>The rows to import.</summary>
    /// <param name="county">The county whose aid office recognised the aid products.</param>
    /// <param name="from">The first business day.</param>
    public static IReadOnlyList<CatalogueRow> Catalogue(CountyCode county, DateOnly from) =>
    [
        .. Aid.Concat(Ordinary.SkipLast(1)).Select(goods => new CatalogueRow
        {
            Sku = goods.Sku,
            ProductName = goods.Name,
            Kind = goods.IsAid ? CatalogueKind.Aid : CatalogueKind.Ordinary,
            RecognisingCounty = goods.IsAid ? county : null,
            ListedFrom = from,
        }),
    ];

    /// <summary>The plan of every cabinet: never out of stock, so that only the share can deny.</summary>
    public static CabinetPlan Plan(DateTimeOffset fromUtc) => new(
        [.. Aid.Concat(Ordinary).Select(static goods => new PlanSlot(
            goods.Slot, goods.Sku, goods.Name, goods.PriceFen, CabinetPlan.MaxPieces, CabinetPlan.MaxPieces))],
        fromUtc.ToUnixTimeMilliseconds());
}
