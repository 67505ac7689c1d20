namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Which sale times before now a change of a listing or mapping would judge otherwise: two persons and a reason are
/// needed, whatever the ledger holds, since a cabinet may bring its sales weeks later. Pure.
/// </summary>
internal static class PastRule
{
    /// <summary>The past part of the times that are in one of the two spans and not in the other.</summary>
    /// <param name="before">The span as it stands; null for a new one.</param>
    /// <param name="after">The span as it is to be; null for one that is taken away.</param>
    /// <param name="nowUtcMs">The present, Unix milliseconds UTC.</param>
    /// <returns>At most two spans, each with an end.</returns>
    public static IEnumerable<InForce> Effects(InForce? before, InForce? after, long nowUtcMs)
    {
        (long From, long To)[] differing = (before, after) switch
        {
            ({ } b, { } a) when b.Overlaps(a) =>
            [
                (Math.Min(b.FromUtcMs, a.FromUtcMs), Math.Max(b.FromUtcMs, a.FromUtcMs)),
                (Math.Min(End(b), End(a)), Math.Max(End(b), End(a))),
            ],
            _ => [.. new[] { before, after }.OfType<InForce>().Select(s => (s.FromUtcMs, End(s)))],
        };
        return differing.Select(d => new InForce(d.From, Math.Min(d.To, nowUtcMs)))
            .Where(past => past.FromUtcMs < past.ToUtcMs);
    }

    /// <summary>The same for a change of the catalogue.</summary>
    public static IEnumerable<InForce> Effects(CatalogueChange change, long nowUtcMs) => change switch
    {
        CatalogueChange.ListingAdded c => Effects(null, c.Listing.InForce, nowUtcMs),
        CatalogueChange.ListingRemoved c => Effects(c.Listing.InForce, null, nowUtcMs),
        CatalogueChange.ListingEndMoved c => Effects(
            c.Listing.InForce with { ToUtcMs = c.OldToUtcMs }, c.Listing.InForce, nowUtcMs),
        CatalogueChange.MappingAdded c => Effects(null, c.Mapping.InForce, nowUtcMs),
        CatalogueChange.MappingRemoved c => Effects(c.Mapping.InForce, null, nowUtcMs),
        CatalogueChange.MappingEndMoved c => Effects(
            c.Mapping.InForce with { ToUtcMs = c.OldToUtcMs }, c.Mapping.InForce, nowUtcMs),
        _ => [],
    };

    /// <summary>True when a span would hold at moments from now on at which it does not hold as it stands.</summary>
    public static bool AddsLater(InForce? before, InForce after, long nowUtcMs)
    {
        var from = Math.Max(after.FromUtcMs, nowUtcMs);
        return from < End(after) && !(before is { } b && b.FromUtcMs <= from && End(after) <= End(b));
    }

    /// <summary>True when one of the changes reaches into the past.</summary>
    public static bool IsTouchedBy(IEnumerable<CatalogueChange> changes, long nowUtcMs) =>
        changes.Any(change => Effects(change, nowUtcMs).Any());

    private static long End(InForce span) => span.ToUtcMs ?? long.MaxValue;
}
