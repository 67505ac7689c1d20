namespace KioskFleet.Service.Catalogue;

/// <summary>One accepted change of the catalogue.</summary>
internal abstract record CatalogueChange
{
    /// <summary>A product not named before.</summary>
    internal sealed record ProductAdded(Product Product) : CatalogueChange;

    /// <summary>A product has another name from now on.</summary>
    internal sealed record ProductRenamed(Product Product) : CatalogueChange;

    /// <summary>A new listing.</summary>
    internal sealed record ListingAdded(Listing Listing) : CatalogueChange;

    /// <summary>A listing's end was set, moved or taken away, acting forward. Holds the listing as it is now.</summary>
    internal sealed record ListingEndMoved(Listing Listing, long? OldToUtcMs) : CatalogueChange;

    /// <summary>A new mapping.</summary>
    internal sealed record MappingAdded(SkuMapping Mapping) : CatalogueChange;

    /// <summary>A mapping's end was set, moved or taken away, acting forward. Holds the mapping as it is now.</summary>
    internal sealed record MappingEndMoved(SkuMapping Mapping, long? OldToUtcMs) : CatalogueChange;

    /// <summary>The earliest sale time that is judged otherwise than before; null when no sale is.</summary>
    public long? AffectsFromUtcMs => this switch
    {
        ListingAdded added => added.Listing.InForce.FromUtcMs,
        MappingAdded added => added.Mapping.InForce.FromUtcMs,
        ListingEndMoved moved => Earlier(moved.Listing.InForce.ToUtcMs, moved.OldToUtcMs),
        MappingEndMoved moved => Earlier(moved.Mapping.InForce.ToUtcMs, moved.OldToUtcMs),
        _ => null,
    };

    /// <summary>The earlier of two ends; no end is later than any.</summary>
    public static long Earlier(long? one, long? other) => Math.Min(one ?? long.MaxValue, other ?? long.MaxValue);
}
