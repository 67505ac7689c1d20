using KioskFleet.Service.Access;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Catalogue;

/// <summary>The wish to have a product recognised.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="County">GB/T 2260 code of the county; null for the one in the product's record.</param>
/// <param name="Reason">Why, in words.</param>
internal sealed record RecognitionRequest(string? ProductId, string? County, string? Reason);

/// <summary>The wish to take a recognition one step further.</summary>
/// <param name="State">The state to go to.</param>
/// <param name="Reason">Why, in words; required.</param>
/// <param name="NoticeFrom">For publicNotice: its first day.</param>
/// <param name="NoticeTo">For publicNotice: its last day.</param>
/// <param name="From">For listed: a day, a moment, or "now".</param>
/// <param name="To">For listed: a day or a moment (not included), or "open"; there is no default.</param>
/// <param name="Ground">For suspended and revoked: quality or administrative.</param>
internal sealed record RecognitionStepRequest(
    string? State, string? Reason, string? NoticeFrom, string? NoticeTo, string? From, string? To, string? Ground);

/// <summary>
/// Takes recognitions through their flow: each step is one transaction with its row in the steps, its row in the audit
/// log and, where it lists or ends a listing, its version of the catalogue. Thread-safe.
/// </summary>
internal sealed class RecognitionDesk(CatalogueVersionStore versions, PlacesDataSet places)
{
    private readonly CatalogueTimes _times = new(places.Zone);
    private readonly CountyCodes _counties = new(places);

    /// <summary>Takes an application.</summary>
    public async Task<CatalogueOutcome<Recognition>> ApplyAsync(
        RecognitionRequest request, string actor, CancellationToken cancellationToken)
    {
        var fields = new RequestFields(_times, versions.NowUtcMs);
        var productId = fields.Id(
            "productId", request.ProductId, CatalogueLimits.MaxProductIdBytes, RefusalReason.BadProductId);
        var why = fields.Reason("reason", request.Reason);
        if (fields.Refused.Count > 0)
        {
            return new CatalogueOutcome<Recognition>.Invalid(fields.Refused);
        }

        return await versions.ChangeAsync<CatalogueOutcome<Recognition>>(
            turn =>
            {
                if (turn.Catalogue.ProductOf(productId) is not { } product)
                {
                    return new CatalogueOutcome<Recognition>.Unknown(CatalogueProblem.ProductUnknown, productId);
                }

                var county = request.County ?? product.Details.RecognisingCounty ?? "";
                if (_counties.Refusal(county) is { } wrong)
                {
                    return new CatalogueOutcome<Recognition>.Invalid([new FieldRefusal(
                        "county", county.Length == 0 ? RefusalReason.Missing : wrong, county)]);
                }

                var open = RecognitionStore.Of(turn.Connection, productId, county)
                    .FirstOrDefault(r => RecognitionRules.IsUnderWay(r.State));
                if (open is not null)
                {
                    return new CatalogueOutcome<Recognition>.Conflict(
                        CatalogueProblem.RecognitionUnderWay, $"Recognition {open.RecognitionId}: {Word(open.State)}.");
                }

                var applied = RecognitionStore.Insert(
                    turn.Connection,
                    new Recognition(0, productId, county, RecognitionState.Applied),
                    new KeptStep(null, RecognitionState.Applied, turn.NowUtcMs, actor, why, "{}"));
                Audit(turn, actor, applied, null, why);
                return new CatalogueOutcome<Recognition>.Done(applied, IsNew: true);
            },
            cancellationToken);
    }

    /// <summary>Takes a step.</summary>
    public async Task<CatalogueOutcome<Recognition>> StepAsync(
        long recognitionId, RecognitionStepRequest request, string actor, CancellationToken cancellationToken) =>
        await versions.ChangeAsync<CatalogueOutcome<Recognition>>(
            turn =>
            {
                // Read within the turn, so that "now" is the moment at which the step acts.
                var fields = new RequestFields(_times, turn.NowUtcMs);
                var step = Read(fields, request);
                if (fields.Refused.Count > 0)
                {
                    return new CatalogueOutcome<Recognition>.Invalid(fields.Refused);
                }

                if (RecognitionStore.Find(turn.Connection, recognitionId) is not { } recognition)
                {
                    return new CatalogueOutcome<Recognition>.Unknown(
                        CatalogueProblem.RecognitionUnknown, $"{recognitionId}");
                }

                var (listings, blocks) = turn.Catalogue.LaneOf(recognition.ProductId, recognition.County);
                var isHeldElsewhere = RecognitionStore.Of(turn.Connection, recognition.ProductId, recognition.County)
                    .Any(r => r.RecognitionId != recognitionId && r.IsSuspendedForQuality);
                var decision = RecognitionRules.Decide(recognition, step, new StepContext(
                    listings, blocks, places.Recognition, turn.NowUtcMs, _times.DayOf(turn.NowUtcMs),
                    isHeldElsewhere));
                return decision is StepDecision.Taken taken
                    ? Take(turn, recognition, step, taken, (request, actor))
                    : Refusal(decision);
            },
            cancellationToken);

    private static CatalogueOutcome<Recognition> Take(
        CatalogueTurn turn, Recognition before, RecognitionStep step, StepDecision.Taken taken,
        (RecognitionStepRequest Request, string Actor) asked)
    {
        if (PastRule.IsTouchedBy(taken.Changes, turn.NowUtcMs))
        {
            return new CatalogueOutcome<Recognition>.Conflict(
                CatalogueProblem.ChangesThePast,
                "List it from \"now\" on, then propose the earlier beginning: POST /api/v1/catalogue/corrections.");
        }

        if (taken.Changes.Count > 0)
        {
            turn.Commit(taken.Changes, new CatalogueOrigin(asked.Actor, $"recognition {before.RecognitionId}"));
            ProductBlockStore.Keep(turn, taken.Changes, asked.Actor, step.Why);
        }

        RecognitionStore.Move(turn.Connection, taken.Next, new KeptStep(
            before.StateAt(turn.NowUtcMs), step.To, turn.NowUtcMs, asked.Actor, step.Why,
            CatalogueJson.Text(asked.Request)));
        Audit(turn, asked.Actor, taken.Next, before, step.Why);
        return new CatalogueOutcome<Recognition>.Done(taken.Next);
    }

    private static CatalogueOutcome<Recognition> Refusal(StepDecision decision) => decision switch
    {
        StepDecision.Illegal illegal => new CatalogueOutcome<Recognition>.Illegal(
            Word(illegal.State), [.. illegal.Allowed.Select(Word)]),
        StepDecision.Invalid invalid => new CatalogueOutcome<Recognition>.Invalid([invalid.Field]),
        StepDecision.NoticeRuns runs => new CatalogueOutcome<Recognition>.Conflict(
            CatalogueProblem.NoticeRuns, $"The last day of the notice is {runs.LastDay:yyyy-MM-dd}."),
        StepDecision.Overlaps overlaps => new CatalogueOutcome<Recognition>.Conflict(
            CatalogueProblem.ListingOverlaps,
            $"Listed already from {CatalogueJson.Utc(overlaps.Other.InForce.FromUtcMs):O} to "
                + (CatalogueJson.Utc(overlaps.Other.InForce.ToUtcMs)?.ToString("O") ?? CatalogueTimes.Open) + "."),
        _ => throw new InvalidOperationException($"{decision.GetType().Name} has no outcome."),
    };

    private static RecognitionStep Read(RequestFields fields, RecognitionStepRequest request)
    {
        var (statesEnd, to) = fields.End("to", request.To);
        return new RecognitionStep(
            fields.Required<RecognitionState>("state", request.State),
            fields.Reason("reason", request.Reason))
        {
            NoticeFrom = fields.Day("noticeFrom", request.NoticeFrom),
            NoticeTo = fields.Day("noticeTo", request.NoticeTo),
            FromUtcMs = fields.Moment("from", request.From),
            StatesEnd = statesEnd,
            ToUtcMs = to,
            Ground = fields.Choice<RecognitionGround>("ground", request.Ground),
        };
    }

    private static void Audit(
        CatalogueTurn turn, string actor, Recognition after, Recognition? before, string why) =>
        AuditLog.Write(turn.Connection, new AuditEntry(
            turn.NowUtcMs, actor, before is null ? "recognition.applied" : "recognition.step",
            $"recognition:{after.RecognitionId}",
            before is null ? null : ShownRecognition.Of(before, turn.NowUtcMs),
            new { recognition = ShownRecognition.Of(after, turn.NowUtcMs), why }));

    private static string Word(RecognitionState state) => CatalogueJson.Word(state);
}
