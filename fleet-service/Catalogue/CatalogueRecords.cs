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
internal sealed record Product(string ProductId, string Name)
{
    /// <summary>What else is on record of it.</summary>
    public ProductDetails Details { get; init; } = ProductDetails.None;
}

/// <summary>
/// A recognition of a product, by a county or in the national list; while it is in force and counts
/// (<see cref="CountingTerms"/>) the product is an aid product.
/// </summary>
/// <param name="ProductId">The product.</param>
/// <param name="RecognisedBy">
/// GB/T 2260 code of the county whose aid office recognised it, or <see cref="NationalList"/>.
/// </param>
/// <param name="InForce">From the listing's own date until suspension, revocation or expiry.</param>
internal sealed record Listing(string ProductId, string RecognisedBy, InForce InForce)
{
    /// <summary>Stands in the place of a county for a product of the national list.</summary>
    public const string NationalList = "national";

    /// <summary>True for a listing in the national list.</summary>
    public bool IsNational => RecognisedBy == NationalList;
}

/// <summary>Says which product an operator sells under a SKU.</summary>
/// <param name="OperatorId">The operator, or null for any; an operator's own mapping goes before one for any.</param>
/// <param name="Sku">The SKU or barcode as sales programs send it; compared byte by byte.</param>
/// <param name="ProductId">The product.</param>
/// <param name="InForce">When the mapping holds.</param>
internal sealed record SkuMapping(string? OperatorId, string Sku, string ProductId, InForce InForce);

/// <summary>A suspension for quality: the product counts as no aid and must not be vended.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="SuspendedBy">
/// GB/T 2260 code of the county that suspended or revoked its recognition, or <see cref="OfProduct"/>.
/// </param>
/// <param name="InForce">From the suspension until it is lifted, or the block itself is ended.</param>
internal sealed record ProductBlock(string ProductId, string SuspendedBy, InForce InForce)
{
    /// <summary>Stands in the place of a county for a block that depends on no recognition.</summary>
    public const string OfProduct = "product";

    /// <summary>The same, ended; a block of the very same millisecond still has a time of its own.</summary>
    public ProductBlock EndedAt(long utcMs) =>
        this with { InForce = InForce with { ToUtcMs = Math.Max(utcMs, InForce.FromUtcMs + 1) } };
}

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

    /// <summary>Suspensions for quality, past ones included.</summary>
    public ImmutableArray<ProductBlock> Blocks { get; init; } = [];

    /// <summary>
    /// Which listings count, by their beginnings, ascending; the first holds before its beginning too. Without any,
    /// every listing counts.
    /// </summary>
    public ImmutableArray<CountingTerms> Counting { get; init; } = [];
}
