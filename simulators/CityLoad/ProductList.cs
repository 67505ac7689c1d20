namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// The shipped products of the load. Names, SKUs and prices are invented; recognising counties are dealt out over the
/// counties of the load, so that no place is a constant here.
/// </summary>
internal sealed class ProductList
{
    private static readonly (string Name, int Fen)[] AidProducts =
    [
        ("山岗小磨香油 100ml", 1280), ("岭上红薯干 150g", 890), ("草编篮土蜂蜜 120g", 2600), ("田埂糙米锅巴 80g", 450),
        ("河湾咸鸭蛋 4枚", 980), ("石磨豆腐干 100g", 550), ("霜叶菊花茶 30g", 1500), ("村口花生米 200g", 790),
        ("坡地黑芝麻糊 40g×3", 1180), ("水乡莲子羹 280g", 690), ("后山板栗仁 100g", 1150), ("晒场梅干菜饼 60g", 380),
        ("竹篱笋丝 90g", 620), ("小满桑葚汁 250ml", 500), ("早春绿茶饮 330ml", 450), ("荞麦挂面 300g", 750),
        ("老灶糖糕 70g", 320), ("雨前瓜子 120g", 580), ("清溪鱼松 60g", 1350), ("圩田藕粉 30g×5", 1260),
        ("谷雨香菇脆 50g", 880), ("麦芽米花糖 90g", 420), ("枣园红枣片 75g", 640), ("青砖酸梅汤 300ml", 400),
    ];

    private static readonly (string Name, int Fen)[] OrdinaryProducts =
    [
        ("云杉矿泉水 550ml", 200), ("晨跑运动饮料 500ml", 500), ("橙点汽水 330ml", 300), ("北窗拿铁 250ml", 650),
        ("圆圈薯片 45g", 550), ("方块饼干 100g", 480), ("夜航能量饮料 250ml", 600), ("冰川乌龙茶 500ml", 400),
        ("软云面包 80g", 450), ("可可条 40g", 500), ("双层火腿肠 60g", 300), ("速食杯面 85g", 550),
        ("果粒酸奶 200g", 680), ("海盐话梅 50g", 600), ("椰风果冻 120g", 350), ("薄荷口香糖 20g", 250),
        ("纸巾小包 10抽", 150), ("辣味豆皮 70g", 400), ("柠檬红茶 500ml", 350), ("牛奶巧克力 45g", 850),
    ];

    private static readonly (string Name, int Fen)[] UnmappedProducts =
    [
        ("新到试卖饼 60g", 400), ("无名麻花 90g", 520), ("换装豆奶 250ml", 360), ("节日礼盒 2件", 3900),
    ];

    private ProductList(IReadOnlyList<LoadProduct> all)
    {
        All = all;
        Aid = [.. all.Where(static p => p.Recognition is { Kind: CatalogueKind.Aid })];
        Ordinary = [.. all.Where(static p => p.Recognition is { Kind: CatalogueKind.Ordinary })];
        Unmapped = [.. all.Where(static p => p.Recognition is null)];
        Catalogue = [.. all.Select(static p => p.Recognition).OfType<CatalogueRow>()];
    }

    /// <summary>All products.</summary>
    public IReadOnlyList<LoadProduct> All { get; }

    /// <summary>
    /// Products with an aid listing. The last is listed from the middle of the load on, the one before it loses its
    /// listing there; the rest are listed throughout.
    /// </summary>
    public IReadOnlyList<LoadProduct> Aid { get; }

    /// <summary>Products mapped as ordinary.</summary>
    public IReadOnlyList<LoadProduct> Ordinary { get; }

    /// <summary>Products whose SKU nobody mapped.</summary>
    public IReadOnlyList<LoadProduct> Unmapped { get; }

    /// <summary>The rows to import: everything but the unmapped.</summary>
    public IReadOnlyList<CatalogueRow> Catalogue { get; }

    /// <summary>The list for a load of the given counties and days.</summary>
    public static ProductList Create(IReadOnlyList<PlannedCounty> counties, CityPlanOptions options)
    {
        var firstDay = BusinessMonth.DayOf(options.StartUtc);
        var before = firstDay.AddDays(-180);
        var middle = firstDay.AddDays(options.Days / 2);
        var products = new List<LoadProduct>();
        for (var i = 0; i < AidProducts.Length; i++)
        {
            var row = Row($"A{1001 + i}", AidProducts[i].Name, CatalogueKind.Aid, before) with
            {
                RecognisingCounty = counties[i % counties.Count].Code,
            };
            row = i == AidProducts.Length - 1 ? row with { ListedFrom = middle }
                : i == AidProducts.Length - 2 ? row with { ListedTo = middle }
                : row;
            products.Add(new LoadProduct(row.Sku, row.ProductName, AidProducts[i].Fen, row));
        }

        for (var i = 0; i < OrdinaryProducts.Length; i++)
        {
            var row = Row($"B{2001 + i}", OrdinaryProducts[i].Name, CatalogueKind.Ordinary, before);
            products.Add(new LoadProduct(row.Sku, row.ProductName, OrdinaryProducts[i].Fen, row));
        }

        for (var i = 0; i < UnmappedProducts.Length; i++)
        {
            var (name, fen) = UnmappedProducts[i];
            products.Add(new LoadProduct($"X{9001 + i}", name, fen, null));
        }

        return new ProductList(products);
    }

    private static CatalogueRow Row(string sku, string name, CatalogueKind kind, DateOnly from) =>
        new() { Sku = sku, ProductName = name, Kind = kind, ListedFrom = from };
}
