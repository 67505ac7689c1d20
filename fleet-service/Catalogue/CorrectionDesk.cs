using KioskFleet.Service.Access;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Catalogue;

/// <summary>The wish to correct a listing or mapping, with effect in the past too.</summary>
/// <param name="Subject">listing or mapping.</param>
/// <param name="ProductId">The product as it should be; of a mapping that is taken away it may be absent.</param>
/// <param name="RecognisedBy">Of a listing: the county's code, or national.</param>
/// <param name="OperatorId">Of a mapping: the operator; absent for any.</param>
/// <param name="Sku">Of a mapping: the SKU.</param>
/// <param name="PresentFrom">Beginning of the span that is corrected; absent for a new one.</param>
/// <param name="From">Its beginning as it should be.</param>
/// <param name="To">Its end as it should be, or "open".</param>
/// <param name="Remove">True when it should never have been; then no from and to.</param>
/// <param name="Reason">Why; required.</param>
internal sealed record CorrectionRequest(
    string? Subject, string? ProductId, string? RecognisedBy, string? OperatorId, string? Sku, string? PresentFrom,
    string? From, string? To, bool? Remove, string? Reason);

/// <summary>
/// Takes corrections with effect in the past: proposed by one person with a reason, approved by another, both kept.
/// After the approval the new version is committed like any other, and whoever re-judges reads what it affects.
/// Thread-safe.
/// </summary>
internal sealed class CorrectionDesk(CatalogueVersionStore versions, PlacesDataSet places)
{
    private readonly CatalogueTimes _times = new(places.Zone);
    private readonly CountyCodes _counties = new(places);

    /// <summary>Takes a proposal; it must fit the catalogue as it stands.</summary>
    public async Task<CatalogueOutcome<Correction>> ProposeAsync(
        CorrectionRequest request, string actor, CancellationToken cancellationToken) =>
        await versions.ChangeAsync<CatalogueOutcome<Correction>>(
            turn =>
            {
                var fields = new RequestFields(_times, turn.NowUtcMs);
                var correction = Read(request, actor, fields, turn.NowUtcMs);
                if (fields.Refused.Count > 0)
                {
                    return new CatalogueOutcome<Correction>.Invalid(fields.Refused);
                }

                if (CorrectionRules.Decide(turn.Catalogue, correction) is CorrectionDecision.Refused refused)
                {
                    return Refusal(refused);
                }

                var stored = CorrectionStore.Insert(turn.Connection, correction);
                Audit(turn, actor, "correction.proposed", null, stored);
                return new CatalogueOutcome<Correction>.Done(stored, IsNew: true);
            },
            cancellationToken);

    /// <summary>Decides a correction: approves, rejects, or takes it back.</summary>
    public async Task<CatalogueOutcome<Correction>> DecideAsync(
        long correctionId, ProposalState to, DecisionRequest? request, string actor,
        CancellationToken cancellationToken) => await versions.ChangeAsync(
            turn =>
            {
                var fields = new RequestFields(_times, turn.NowUtcMs);
                var decision = TwoPersonsRule.Read(fields, to, request, actor);
                if (fields.Refused.Count > 0)
                {
                    return new CatalogueOutcome<Correction>.Invalid(fields.Refused);
                }

                return CorrectionStore.Find(turn.Connection, correctionId) is { } correction
                    ? TwoPersonsRule.Refusal<Correction>(correction.Persons, decision)
                        ?? Decide(turn, correction, decision)
                    : new CatalogueOutcome<Correction>.Unknown(
                        CatalogueProblem.CorrectionUnknown, $"{correctionId}");
            },
            cancellationToken);

    /// <summary>
    /// What a correction that waits would judge otherwise, as things stand; nothing when it does not fit any more.
    /// </summary>
    public IReadOnlyList<AffectedSpan> Preview(Correction correction) =>
        CorrectionRules.Decide(versions.Present, correction) is CorrectionDecision.Taken taken
            ? CatalogueEdition.Of(versions.Present, taken.Changes).Affected
            : [];

    private CatalogueOutcome<Correction> Decide(
        CatalogueTurn turn, Correction correction, in Decision asked)
    {
        long? version = null;
        if (asked.To == ProposalState.Approved)
        {
            var ruling = CorrectionRules.Decide(turn.Catalogue, correction);
            if (ruling is CorrectionDecision.Refused refused)
            {
                return Refusal(refused);
            }

            var taken = (CorrectionDecision.Taken)ruling;
            if (taken.After is { } after && IsKept(turn, taken.Before, after))
            {
                return new CatalogueOutcome<Correction>.Conflict(
                    CatalogueProblem.RecognitionUnderWay, "Finish the recognition first.");
            }

            if (turn.Detached<Correction>(taken.Changes) is { } detached)
            {
                return detached;
            }

            var source = $"correction {correction.CorrectionId}";
            version = turn.Commit(taken.Changes, new CatalogueOrigin(asked.Actor, source));
            var why = $"{source}: {correction.Persons.Reason}";
            if (taken.Before is not { } before || before.InForce.FromUtcMs == taken.After?.InForce.FromUtcMs
                || !RecognitionStore.FollowMoved(turn, before, taken.After, asked.Actor, why))
            {
                RecognitionStore.Follow(turn, version.Value, asked.Actor, why);
            }
        }

        var decided = correction with
        {
            Persons = correction.Persons.With(asked, version, turn.NowUtcMs),
        };
        CorrectionStore.Decide(turn.Connection, decided);
        Audit(turn, asked.Actor, $"correction.{CatalogueJson.Word(asked.To)}", correction, decided);
        return new CatalogueOutcome<Correction>.Done(decided);
    }

    /// <summary>
    /// True when a recognition's own steps must settle it: a new listing, or one that would be in force from now on
    /// longer than it is, while the county's recognition is under way or suspended, or was revoked.
    /// </summary>
    private bool IsKept(CatalogueTurn turn, Listing? before, Listing after)
    {
        if (before is not null && !PastRule.AddsLater(before.InForce, after.InForce, turn.NowUtcMs))
        {
            return false;
        }

        var underWay = RecognitionStore.ReadUnderWay(turn.Connection, _counties.IsOfCity);
        return underWay.Covers(after) || (before is not null && underWay.Covers(before));
    }

    private static CatalogueOutcome<Correction> Refusal(CorrectionDecision.Refused refused) =>
        refused.Problem is CatalogueProblem.ProductUnknown or CatalogueProblem.SpanUnknown
            ? new CatalogueOutcome<Correction>.Unknown(refused.Problem, refused.Detail)
            : new CatalogueOutcome<Correction>.Conflict(refused.Problem, refused.Detail);

    private Correction Read(CorrectionRequest request, string actor, RequestFields fields, long nowUtcMs)
    {
        var subject = fields.Required<CorrectionSubject>("subject", request.Subject);
        var isListing = subject == CorrectionSubject.Listing;
        var isRemoval = request.Remove ?? false;
        var recogniser = isListing
            ? fields.Id("recognisedBy", request.RecognisedBy, CatalogueLimits.MaxIdBytes, RefusalReason.BadCounty)
            : "";
        if (recogniser.Length > 0 && recogniser != Listing.NationalList
            && _counties.Refusal(recogniser) is { } wrong)
        {
            fields.Refuse("recognisedBy", wrong, recogniser);
        }

        var presentFrom = fields.Moment("presentFrom", request.PresentFrom);
        if (isRemoval && string.IsNullOrWhiteSpace(request.PresentFrom))
        {
            fields.Missing("presentFrom", 0);
        }

        return new Correction(
            0,
            subject,
            isRemoval && !isListing ? request.ProductId ?? "" : fields.Id(
                "productId", request.ProductId, CatalogueLimits.MaxProductIdBytes, RefusalReason.BadProductId),
            isListing ? recogniser : string.IsNullOrWhiteSpace(request.OperatorId) ? null : fields.Id(
                "operatorId", request.OperatorId, CatalogueLimits.MaxIdBytes, RefusalReason.BadOperator),
            isListing ? "" : fields.Id("sku", request.Sku, CatalogueLimits.MaxIdBytes, RefusalReason.BadSku),
            presentFrom,
            isRemoval ? null : fields.Span(request.From, request.To),
            new TwoPersons(ProposalState.Proposed, actor, nowUtcMs, fields.Reason("reason", request.Reason)));
    }

    private static void Audit(
        CatalogueTurn turn, string actor, string action, Correction? before, Correction after) =>
        AuditLog.Write(turn.Connection, new AuditEntry(
            turn.NowUtcMs, actor, action, $"correction:{after.CorrectionId}",
            before is null ? null : ShownCorrection.Of(before), ShownCorrection.Of(after)));
}
