using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>A product of the load with its way through the catalogue. Immutable.</summary>
/// <param name="Sku">The stock keeping unit, the same at all operators.</param>
/// <param name="Name">The invented name, in Chinese.</param>
/// <param name="UnitPriceFen">The price of one piece in fen.</param>
/// <param name="Recognition">Null for a product that no mapping names.</param>
internal sealed record LoadProduct(string Sku, string Name, long UnitPriceFen, CatalogueRow? Recognition)
{
    /// <summary>
    /// False on the day on which its listing begins or ends: so the load is judged alike by a catalogue whose last day
    /// is included and by one whose last day is not.
    /// </summary>
    public bool IsSoldOn(DateOnly day) =>
        Recognition is null || (day != Recognition.ListedFrom && day != Recognition.ListedTo);

    /// <summary>True when a sale on the day is an aid sale; false for ordinary and unmapped ones.</summary>
    public bool IsAidOn(DateOnly day) =>
        Recognition is { Kind: CatalogueKind.Aid } row
        && day >= row.ListedFrom
        && (row.ListedTo is not { } to || day < to);
}

/// <summary>A row of the catalogue that the fleet service imports. Immutable.</summary>
internal sealed record CatalogueRow
{
    /// <summary>The stock keeping unit.</summary>
    public required string Sku { get; init; }

    /// <summary>The product's name.</summary>
    public required string ProductName { get; init; }

    /// <summary>Aid or ordinary.</summary>
    public required CatalogueKind Kind { get; init; }

    /// <summary>The county whose aid office recognised it; null for an ordinary product.</summary>
    public CountyCode? RecognisingCounty { get; init; }

    /// <summary>The business day (Asia/Shanghai) on which the row begins to be in force.</summary>
    public required DateOnly ListedFrom { get; init; }

    /// <summary>The business day on which the row ceases to be in force; null while it does not.</summary>
    public DateOnly? ListedTo { get; init; }

    /// <summary>The operator whose SKU it is; null when the SKU is the same at all.</summary>
    public string? OperatorId { get; init; }
}

/// <summary>The two kinds of product a catalogue row maps a SKU to.</summary>
internal enum CatalogueKind
{
    /// <summary>扶贫产品: recognised by a county's aid office.</summary>
    Aid,

    /// <summary>Anything else.</summary>
    Ordinary,
}
