namespace KioskFleet.Service.Catalogue;

/// <summary>What a correction is about. The names are stored and are the API's words.</summary>
internal enum CorrectionSubject
{
    /// <summary>A listing of a product by a county, or in the national list.</summary>
    Listing,

    /// <summary>A mapping of a SKU.</summary>
    Mapping,
}

/// <summary>
/// A change of a listing or mapping that may reach into the past: new, ended otherwise, moved, or taken away.
/// Immutable.
/// </summary>
/// <param name="CorrectionId">Its number; 0 before it is stored.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="ProductId">The product as it should be.</param>
/// <param name="Owner">Who recognised the product; or the operator, null for any.</param>
/// <param name="Sku">The SKU; empty for a listing.</param>
/// <param name="PresentFromUtcMs">Beginning of the span that is corrected, Unix milliseconds; null for a new
/// one.</param>
/// <param name="After">The span as it should be; null when it is taken away.</param>
/// <param name="Persons">Who proposed and who decided.</param>
internal sealed record Correction(
    long CorrectionId, CorrectionSubject Subject, string ProductId, string? Owner, string Sku, long? PresentFromUtcMs,
    InForce? After, TwoPersons Persons);

/// <summary>What a correction comes to. A closed set.</summary>
internal abstract record CorrectionDecision
{
    private CorrectionDecision()
    {
    }

    /// <summary>It fits.</summary>
    /// <param name="Changes">What changes in the catalogue.</param>
    /// <param name="Before">The listing that is corrected; null for a new one or a mapping.</param>
    /// <param name="After">The listing as it should be; null when it is taken away, or for a mapping.</param>
    internal sealed record Taken(IReadOnlyList<CatalogueChange> Changes, Listing? Before, Listing? After)
        : CorrectionDecision;

    /// <summary>It does not fit.</summary>
    internal sealed record Refused(CatalogueProblem Problem, string Detail) : CorrectionDecision;
}

/// <summary>What a correction does to the catalogue. Pure.</summary>
internal static class CorrectionRules
{
    /// <summary>Decides.</summary>
    public static CorrectionDecision Decide(CatalogueIndex catalogue, Correction correction)
    {
        if (correction.After is not null && catalogue.ProductOf(correction.ProductId) is null)
        {
            return new CorrectionDecision.Refused(CatalogueProblem.ProductUnknown, correction.ProductId);
        }

        return correction.Subject == CorrectionSubject.Listing
            ? OfListing(catalogue, correction)
            : OfMapping(catalogue, correction);
    }

    private static CorrectionDecision OfListing(CatalogueIndex catalogue, Correction correction)
    {
        var lane = catalogue.LaneOf(correction.ProductId, correction.Owner ?? "").Listings;
        var present = lane.FirstOrDefault(l => l.InForce.FromUtcMs == correction.PresentFromUtcMs);
        var after = correction.After is { } span
            ? new Listing(correction.ProductId, correction.Owner ?? "", span)
            : null;
        var other = lane.FirstOrDefault(l => l != present && after is not null && l.InForce.Overlaps(after.InForce));
        if (Refusal(correction, (present, after), other?.InForce, CatalogueProblem.ListingOverlaps) is { } refused)
        {
            return refused;
        }

        CatalogueChange[] changes =
            present is not null && present.InForce.FromUtcMs == after?.InForce.FromUtcMs
                ? [new CatalogueChange.ListingEndMoved(after, present.InForce.ToUtcMs)]
                :
                [
                    .. present is null ? Nothing : [new CatalogueChange.ListingRemoved(present)],
                    .. after is null ? Nothing : [new CatalogueChange.ListingAdded(after)],
                ];
        return new CorrectionDecision.Taken(changes, present, after);
    }

    private static CorrectionDecision OfMapping(CatalogueIndex catalogue, Correction correction)
    {
        var lane = catalogue.MappingsOf(correction.Owner, correction.Sku);
        var present = lane.FirstOrDefault(m => m.InForce.FromUtcMs == correction.PresentFromUtcMs);
        var after = correction.After is { } span
            ? new SkuMapping(correction.Owner, correction.Sku, correction.ProductId, span)
            : null;
        var other = lane.FirstOrDefault(m => m != present && after is not null && m.InForce.Overlaps(after.InForce));
        if (Refusal(correction, (present, after), other?.InForce, CatalogueProblem.MappingOverlaps) is { } refused)
        {
            return refused;
        }

        CatalogueChange[] changes =
            present is not null && present.InForce.FromUtcMs == after?.InForce.FromUtcMs
                && present.ProductId == after.ProductId
                ? [new CatalogueChange.MappingEndMoved(after, present.InForce.ToUtcMs)]
                :
                [
                    .. present is null ? Nothing : [new CatalogueChange.MappingRemoved(present)],
                    .. after is null ? Nothing : [new CatalogueChange.MappingAdded(after)],
                ];
        return new CorrectionDecision.Taken(changes, null, null);
    }

    private static CatalogueChange[] Nothing => [];

    private static CorrectionDecision.Refused? Refusal<T>(
        Correction correction, (T? Present, T? After) spans, InForce? other, CatalogueProblem overlaps)
        where T : class => (correction.PresentFromUtcMs, spans.Present, other) switch
    {
        ({ } from, null, _) => new CorrectionDecision.Refused(
            CatalogueProblem.SpanUnknown, $"Nothing begins at {CatalogueJson.Utc(from):O}."),
        (_, _, { } found) => new CorrectionDecision.Refused(
            overlaps, $"In force already from {CatalogueJson.Utc(found.FromUtcMs):O}."),
        _ when Equals(spans.Present, spans.After) => new CorrectionDecision.Refused(
            CatalogueProblem.NothingChanges, "It stands so already."),
        _ => null,
    };
}
