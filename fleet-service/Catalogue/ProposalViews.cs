namespace KioskFleet.Service.Catalogue;

/// <summary>A mapping proposal as it is shown.</summary>
internal sealed record ShownProposal(
    long ProposalId, string OperatorId, string Sku, string? Barcode, string ProductId, string County,
    DateTimeOffset FromUtc, DateTimeOffset? ToUtc, bool Replaces, ShownPersons Decision)
{
    /// <summary>The view.</summary>
    public static ShownProposal Of(MappingProposal p) => new(
        p.ProposalId, p.OperatorId, p.Sku, p.Barcode, p.ProductId, p.County, CatalogueJson.Utc(p.InForce.FromUtcMs),
        CatalogueJson.Utc(p.InForce.ToUtcMs), p.Replaces, ShownPersons.Of(p.Persons));
}

/// <summary>A correction as it is shown.</summary>
/// <param name="CorrectionId">Its number.</param>
/// <param name="Subject">listing or mapping.</param>
/// <param name="ProductId">The product as it should be.</param>
/// <param name="RecognisedBy">Of a listing: the county's code, or national.</param>
/// <param name="OperatorId">Of a mapping: the operator; null for any.</param>
/// <param name="Sku">Of a mapping: the SKU.</param>
/// <param name="PresentFromUtc">Beginning of the span that is corrected; null for a new one.</param>
/// <param name="FromUtc">Its beginning as it should be; null when it is taken away.</param>
/// <param name="ToUtc">Its end as it should be; null for none.</param>
/// <param name="Decision">Who proposed and who decided.</param>
/// <param name="Affects">
/// The spans of sale time that are, or would be, judged otherwise, at most
/// <see cref="CatalogueLimits.MaxShownSpans"/>; null in a list.
/// </param>
internal sealed record ShownCorrection(
    long CorrectionId, string Subject, string ProductId, string? RecognisedBy, string? OperatorId, string? Sku,
    DateTimeOffset? PresentFromUtc, DateTimeOffset? FromUtc, DateTimeOffset? ToUtc, ShownPersons Decision,
    IReadOnlyList<ShownSpan>? Affects)
{
    /// <summary>The view.</summary>
    public static ShownCorrection Of(Correction c, IEnumerable<AffectedSpan>? affects = null)
    {
        var isListing = c.Subject == CorrectionSubject.Listing;
        return new ShownCorrection(
            c.CorrectionId, CatalogueJson.Word(c.Subject), c.ProductId, isListing ? c.Owner : null,
            isListing ? null : c.Owner, isListing ? null : c.Sku, CatalogueJson.Utc(c.PresentFromUtcMs),
            CatalogueJson.Utc(c.After?.FromUtcMs), CatalogueJson.Utc(c.After?.ToUtcMs), ShownPersons.Of(c.Persons),
            affects is null ? null : [.. affects.Take(CatalogueLimits.MaxShownSpans).Select(ShownSpan.Of)]);
    }
}

/// <summary>A span of sale time as it is shown.</summary>
/// <param name="OperatorId">The operator; null for every one without a mapping of its own.</param>
/// <param name="Sku">The SKU.</param>
/// <param name="FromUtc">Its beginning.</param>
/// <param name="ToUtc">Its end (not included); null for none.</param>
internal sealed record ShownSpan(string? OperatorId, string Sku, DateTimeOffset FromUtc, DateTimeOffset? ToUtc)
{
    /// <summary>The view.</summary>
    public static ShownSpan Of(AffectedSpan span) => new(
        span.OperatorId == AffectedSpans.AnyOperator ? null : span.OperatorId, span.Sku,
        CatalogueJson.Utc(span.FromUtcMs), CatalogueJson.Utc(span.ToUtcMs));
}

/// <summary>Who proposed and who decided, as it is shown.</summary>
internal sealed record ShownPersons(
    string State, IReadOnlyList<string> Allowed, string ProposedBy, DateTimeOffset ProposedUtc, string Reason,
    string? DecidedBy, DateTimeOffset? DecidedUtc, string? DecisionReason, long? CatalogueVersion)
{
    /// <summary>The view.</summary>
    public static ShownPersons Of(TwoPersons p) => new(
        CatalogueJson.Word(p.State), [.. TwoPersonsRule.AllowedFrom(p.State).Select(CatalogueJson.Word)],
        p.ProposedBy, CatalogueJson.Utc(p.ProposedUtcMs), p.Reason, p.DecidedBy, CatalogueJson.Utc(p.DecidedUtcMs),
        p.DecisionReason, p.CatalogueVersion);
}
