using KioskFleet.Service.Catalogue;

namespace KioskFleet.Service.ProductSales;

/// <summary>What a SKU was at a moment.</summary>
/// <param name="ProductId">The product; empty when nobody had mapped the SKU.</param>
/// <param name="IsOfCity">Whether a county of this city had listed the product.</param>
internal readonly record struct SoldProduct(string ProductId, bool IsOfCity)
{
    /// <summary>A SKU that nobody mapped.</summary>
    public static SoldProduct Unknown { get; } = new("", false);

    /// <summary>What the catalogue says of a SKU, without its class.</summary>
    public static SoldProduct Of(in SkuFacts facts) => new(facts.ProductId ?? "", facts.IsOfCity);
}
