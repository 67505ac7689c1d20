namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Which sale times before now a change of a listing or mapping would judge otherwise. Where the ledger holds sales of
/// them, two persons and a reason are needed. Pure.
/// </summary>
internal static class PastRule
{
    /// <summary>The past part of the times that are in one of the two spans and not in the other; null for none.
    /// </summary>
    /// <param name="before">The span as it stands; null for a new one.</param>
    /// <param name="after">The span as it is to be; null for one that is taken away.</param>
    /// <param name="nowUtcMs">The present, Unix milliseconds UTC.</param>
    public static InForce? Effect(InForce? before, InForce? after, long nowUtcMs)
    {
        var (from, to) = (before, after) switch
        {
            ({ } b, { } a) when b.FromUtcMs == a.FromUtcMs => b.ToUtcMs == a.ToUtcMs
                ? (long.MaxValue, long.MaxValue)
                : (CatalogueChange.Earlier(b.ToUtcMs, a.ToUtcMs), Later(b.ToUtcMs, a.ToUtcMs)),
            ({ } b, { } a) when b.ToUtcMs == a.ToUtcMs =>
                (Math.Min(b.FromUtcMs, a.FromUtcMs), Math.Max(b.FromUtcMs, a.FromUtcMs)),
            ({ } b, { } a) => (Math.Min(b.FromUtcMs, a.FromUtcMs), Later(b.ToUtcMs, a.ToUtcMs)),
            ({ } one, null) => (one.FromUtcMs, one.ToUtcMs ?? long.MaxValue),
            (null, { } one) => (one.FromUtcMs, one.ToUtcMs ?? long.MaxValue),
            (null, null) => (long.MaxValue, long.MaxValue),
        };
        return from < nowUtcMs ? new InForce(from, Math.Min(to, nowUtcMs)) : null;
    }

    /// <summary>The same for a change of the catalogue; null for one that touches no span's time before now.</summary>
    public static InForce? Effect(CatalogueChange change, long nowUtcMs) => change switch
    {
        CatalogueChange.ListingAdded c => Effect(null, c.Listing.InForce, nowUtcMs),
        CatalogueChange.ListingRemoved c => Effect(c.Listing.InForce, null, nowUtcMs),
        CatalogueChange.ListingEndMoved c => Effect(
            c.Listing.InForce with { ToUtcMs = c.OldToUtcMs }, c.Listing.InForce, nowUtcMs),
        CatalogueChange.MappingAdded c => Effect(null, c.Mapping.InForce, nowUtcMs),
        CatalogueChange.MappingRemoved c => Effect(c.Mapping.InForce, null, nowUtcMs),
        CatalogueChange.MappingEndMoved c => Effect(
            c.Mapping.InForce with { ToUtcMs = c.OldToUtcMs }, c.Mapping.InForce, nowUtcMs),
        _ => null,
    };

    private static long Later(long? one, long? other) => Math.Max(one ?? long.MaxValue, other ?? long.MaxValue);
}
