using System.Collections.Immutable;

namespace KioskFleet.Service.Catalogue;

/// <summary>A half-open span of time [From, To) in UTC.</summary>
/// <param name="FromUtcMs">First millisecond inside; Unix time.</param>
/// <param name="ToUtcMs">First millisecond after it; null while it has no end.</param>
internal readonly record struct InForce(long FromUtcMs, long? ToUtcMs)
{
    /// <summary>The beginning of Unix time: "since ever" for a mapping without a first day.</summary>
    public static InForce Always => new(0, null);

    /// <summary>True when the moment lies inside.</summary>
    public bool Contains(long utcMs) => FromUtcMs <= utcMs && !(ToUtcMs <= utcMs);

    /// <summary>True when the two spans share at least one millisecond.</summary>
    public bool Overlaps(InForce other) => !(ToUtcMs <= other.FromUtcMs) && !(other.ToUtcMs <= FromUtcMs);
}

/// <summary>A product, aid or ordinary: which of the two it is at a moment follows from its listings.</summary>
/// <param name="ProductId">Given by the importer, or <c>name@county</c>, or the name alone.</param>
/// <param name="Name">The name shown to people.</param>
internal sealed record Product(string ProductId, string Name);

/// <summary>A county's recognition of a product; while it is in force the product is an aid product.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="RecognisedBy">GB/T 2260 code of the county whose aid office recognised it.</param>
/// <param name="InForce">From the listing's own date until suspension, revocation or expiry.</param>
internal sealed record Listing(string ProductId, string RecognisedBy, InForce InForce);

/// <summary>Says which product an operator sells under a SKU.</summary>
/// <param name="OperatorId">The operator, or null for any; an operator's own mapping goes before one for any.</param>
/// <param name="Sku">The SKU as sales programs send it; compared byte by byte.</param>
/// <param name="ProductId">The product.</param>
/// <param name="InForce">When the mapping holds.</param>
internal sealed record SkuMapping(string? OperatorId, string Sku, string ProductId, InForce InForce);

/// <summary>
/// The whole catalogue as it stands. No two listings of one product by one county overlap, nor two mappings of one
/// SKU for one operator.
/// </summary>
/// <param name="Version">Raised by one with each accepted change; 0 is the empty catalogue.</param>
/// <param name="Products">Every product that was ever named.</param>
/// <param name="Listings">Recognitions, past ones included.</param>
/// <param name="Mappings">Mappings, past ones included.</param>
internal sealed record CatalogueState(
    long Version,
    ImmutableArray<Product> Products,
    ImmutableArray<Listing> Listings,
    ImmutableArray<SkuMapping> Mappings)
{
    /// <summary>The catalogue before anything was imported.</summary>
    public static CatalogueState Empty { get; } = new(0, [], [], []);
}
