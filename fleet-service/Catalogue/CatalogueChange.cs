namespace KioskFleet.Service.Catalogue;

/// <summary>One accepted change of the catalogue. A closed set.</summary>
internal abstract record CatalogueChange
{
    private CatalogueChange()
    {
    }

    /// <summary>A product not named before.</summary>
    internal sealed record ProductAdded(Product Product) : CatalogueChange;

    /// <summary>A product has another name from now on.</summary>
    internal sealed record ProductRenamed(Product Product) : CatalogueChange;

    /// <summary>A product's record says something else from now on.</summary>
    internal sealed record ProductDescribed(Product Product, ProductDetails Old) : CatalogueChange;

    /// <summary>A new listing.</summary>
    internal sealed record ListingAdded(Listing Listing) : CatalogueChange;

    /// <summary>A listing's end was set, moved or taken away. Holds the listing as it is now.</summary>
    internal sealed record ListingEndMoved(Listing Listing, long? OldToUtcMs) : CatalogueChange;

    /// <summary>A listing that never was: it had not begun, or a correction took it away.</summary>
    internal sealed record ListingRemoved(Listing Listing) : CatalogueChange;

    /// <summary>A new mapping.</summary>
    internal sealed record MappingAdded(SkuMapping Mapping) : CatalogueChange;

    /// <summary>A mapping's end was set, moved or taken away. Holds the mapping as it is now.</summary>
    internal sealed record MappingEndMoved(SkuMapping Mapping, long? OldToUtcMs) : CatalogueChange;

    /// <summary>A mapping that never was.</summary>
    internal sealed record MappingRemoved(SkuMapping Mapping) : CatalogueChange;

    /// <summary>A product is suspended for quality.</summary>
    internal sealed record BlockBegun(ProductBlock Block) : CatalogueChange;

    /// <summary>The suspension has an end. Holds the block as it is now.</summary>
    internal sealed record BlockEnded(ProductBlock Block) : CatalogueChange;

    /// <summary>Other listings count from a moment on: the data set says otherwise.</summary>
    internal sealed record CountingChanged(CountingTerms Terms) : CatalogueChange;

    /// <summary>The earlier of two ends; no end is later than any.</summary>
    public static long Earlier(long? one, long? other) => Math.Min(one ?? long.MaxValue, other ?? long.MaxValue);
}
