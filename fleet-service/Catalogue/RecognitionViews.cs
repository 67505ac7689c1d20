using System.Text.Json;

namespace KioskFleet.Service.Catalogue;

/// <summary>A recognition as it is shown.</summary>
/// <param name="RecognitionId">Its number.</param>
/// <param name="ProductId">The product.</param>
/// <param name="County">GB/T 2260 code of the county.</param>
/// <param name="State">The state at the moment of asking.</param>
/// <param name="Allowed">The states that a step may lead to from there.</param>
/// <param name="NoticeFrom">First day of the public notice.</param>
/// <param name="NoticeTo">Last day of the public notice.</param>
/// <param name="ListedFromUtc">Beginning of its newest listing.</param>
/// <param name="ValidFromUtc">Beginning of its validity as stated.</param>
/// <param name="ValidToUtc">End of its validity as stated; null while open.</param>
/// <param name="Ground">Why it is suspended or revoked.</param>
/// <param name="Steps">Who did what when and why, oldest first; null in a list.</param>
internal sealed record ShownRecognition(
    long RecognitionId, string ProductId, string County, string State, IReadOnlyList<string> Allowed,
    DateOnly? NoticeFrom, DateOnly? NoticeTo, DateTimeOffset? ListedFromUtc, DateTimeOffset? ValidFromUtc,
    DateTimeOffset? ValidToUtc, string? Ground, IReadOnlyList<ShownStep>? Steps)
{
    /// <summary>The view at a moment.</summary>
    public static ShownRecognition Of(Recognition r, long nowUtcMs, IReadOnlyList<KeptStep>? steps = null)
    {
        var state = r.StateAt(nowUtcMs);
        return new ShownRecognition(
            r.RecognitionId, r.ProductId, r.County, CatalogueJson.Word(state),
            [.. RecognitionRules.AllowedFrom(state, r.Ground).Select(CatalogueJson.Word)],
            r.NoticeFrom, r.NoticeTo, CatalogueJson.Utc(r.ListedFromUtcMs), CatalogueJson.Utc(r.ValidFromUtcMs),
            CatalogueJson.Utc(r.ValidToUtcMs), r.Ground is { } ground ? CatalogueJson.Word(ground) : null,
            steps is null ? null : [.. steps.Select(ShownStep.Of), .. Expiry(r, state)]);
    }

    /// <summary>Nobody takes the step into expiry: the validity as stated does.</summary>
    private static IEnumerable<ShownStep> Expiry(Recognition r, RecognitionState state)
    {
        if (state == RecognitionState.Expired && r.ValidToUtcMs is { } end)
        {
            yield return new ShownStep(
                CatalogueJson.Word(RecognitionState.Listed), CatalogueJson.Word(RecognitionState.Expired),
                CatalogueJson.Utc(end), "", "validTo", JsonElement.Parse("{}"));
        }
    }
}

/// <summary>A step as it is shown.</summary>
/// <param name="From">The state before; null for the first.</param>
/// <param name="To">The state after.</param>
/// <param name="AtUtc">When.</param>
/// <param name="Actor">Who; empty for the expiry, which the date brings.</param>
/// <param name="Why">The reason.</param>
/// <param name="Detail">What the step stated.</param>
internal sealed record ShownStep(
    string? From, string To, DateTimeOffset AtUtc, string Actor, string Why, JsonElement Detail)
{
    /// <summary>The view of a kept step.</summary>
    public static ShownStep Of(KeptStep step) => new(
        step.From is { } from ? CatalogueJson.Word(from) : null, CatalogueJson.Word(step.To),
        CatalogueJson.Utc(step.AtUtcMs), step.Actor, step.Why, JsonElement.Parse(step.DetailJson));
}
