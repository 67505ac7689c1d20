using KioskFleet.Service.Access;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Catalogue;

/// <summary>The wish to have a SKU mapped.</summary>
/// <param name="OperatorId">The operator whose SKU it is.</param>
/// <param name="Sku">The SKU as its sales programs send it.</param>
/// <param name="Barcode">A barcode (GTIN) that is mapped beside the SKU, or null.</param>
/// <param name="ProductId">The product.</param>
/// <param name="County">GB/T 2260 code of the county of this city whose office decides.</param>
/// <param name="From">A day, a moment, or "now".</param>
/// <param name="To">A day or a moment (not included), or "open".</param>
/// <param name="Replaces">True when the operator's mapping in force then ends where this one begins.</param>
/// <param name="Reason">Why; required when the ledger holds sales of the time before now that it covers.</param>
internal sealed record MappingProposalRequest(
    string? OperatorId, string? Sku, string? Barcode, string? ProductId, string? County, string? From, string? To,
    bool? Replaces, string? Reason);

/// <summary>
/// Takes mappings that operators propose and counties decide. Two persons stand behind each; with a reason it may reach
/// into the past. Thread-safe.
/// </summary>
internal sealed class MappingDesk(CatalogueVersionStore versions, PlacesDataSet places)
{
    private readonly CatalogueTimes _times = new(places.Zone);
    private readonly CountyCodes _counties = new(places);

    /// <summary>Takes a proposal.</summary>
    public async Task<CatalogueOutcome<MappingProposal>> ProposeAsync(
        MappingProposalRequest request, string actor, CancellationToken cancellationToken) =>
        await versions.ChangeAsync<CatalogueOutcome<MappingProposal>>(
            turn =>
            {
                var fields = new RequestFields(_times, turn.NowUtcMs);
                var proposal = Read(request, actor, fields, turn.NowUtcMs);
                if (fields.Refused.Count > 0)
                {
                    return new CatalogueOutcome<MappingProposal>.Invalid(fields.Refused);
                }

                if (Changes(turn, proposal, proposal.Persons.Reason, out _) is { } refusal)
                {
                    return refusal;
                }

                var stored = MappingProposalStore.Insert(turn.Connection, proposal);
                Audit(turn, actor, "mapping.proposed", null, stored);
                return new CatalogueOutcome<MappingProposal>.Done(stored, IsNew: true);
            },
            cancellationToken);

    /// <summary>Decides a proposal: approves, rejects, or takes it back.</summary>
    public async Task<CatalogueOutcome<MappingProposal>> DecideAsync(
        long proposalId, ProposalState to, DecisionRequest? request, string actor,
        CancellationToken cancellationToken) => await versions.ChangeAsync(
            turn =>
            {
                var fields = new RequestFields(_times, turn.NowUtcMs);
                var decision = TwoPersonsRule.Read(fields, to, request, actor);
                if (fields.Refused.Count > 0)
                {
                    return new CatalogueOutcome<MappingProposal>.Invalid(fields.Refused);
                }

                return MappingProposalStore.Find(turn.Connection, proposalId) is { } proposal
                    ? TwoPersonsRule.Refusal<MappingProposal>(proposal.Persons, decision)
                        ?? Decide(turn, proposal, decision)
                    : new CatalogueOutcome<MappingProposal>.Unknown(
                        CatalogueProblem.ProposalUnknown, $"{proposalId}");
            },
            cancellationToken);

    private CatalogueOutcome<MappingProposal> Decide(
        CatalogueTurn turn, MappingProposal proposal, in Decision asked)
    {
        long? version = null;
        if (asked.To == ProposalState.Approved)
        {
            var reason = proposal.Persons.Reason.Length > 0 ? proposal.Persons.Reason : asked.Why;
            if (Changes(turn, proposal, reason, out var changes) is { } refusal)
            {
                return refusal;
            }

            version = turn.Commit(
                changes, new CatalogueOrigin(asked.Actor, $"mapping proposal {proposal.ProposalId}"));
        }

        var decided = proposal with
        {
            Persons = proposal.Persons.With(asked, version, turn.NowUtcMs),
        };
        MappingProposalStore.Decide(turn.Connection, decided);
        Audit(turn, asked.Actor, $"mapping.{CatalogueJson.Word(asked.To)}", proposal, decided);
        return new CatalogueOutcome<MappingProposal>.Done(decided);
    }

    /// <summary>What the proposal changes, or what stands against it.</summary>
    private CatalogueOutcome<MappingProposal>? Changes(
        CatalogueTurn turn, MappingProposal proposal, string reason, out IReadOnlyList<CatalogueChange> changes)
    {
        changes = [];
        if (turn.Catalogue.ProductOf(proposal.ProductId) is null)
        {
            return new CatalogueOutcome<MappingProposal>.Unknown(
                CatalogueProblem.ProductUnknown, proposal.ProductId);
        }

        var decision = MappingProposalRules.Decide(turn.Catalogue, proposal);
        if (decision is MappingDecision.Overlaps { Other: var other })
        {
            return new CatalogueOutcome<MappingProposal>.Conflict(
                CatalogueProblem.MappingOverlaps,
                $"'{other.Sku}' is mapped to '{other.ProductId}' from {_times.Shown(other.InForce.FromUtcMs)}.");
        }

        changes = ((MappingDecision.Taken)decision).Changes;
        return reason.Length == 0 && PastRule.IsTouchedBy(changes, turn.NowUtcMs)
            ? new CatalogueOutcome<MappingProposal>.Conflict(
                CatalogueProblem.ReasonNeeded, "State 'reason', or let the mapping begin after it is decided.")
            : turn.Detached<MappingProposal>(changes);
    }

    private MappingProposal Read(MappingProposalRequest request, string actor, RequestFields fields, long nowUtcMs)
    {
        var barcode = string.IsNullOrWhiteSpace(request.Barcode) ? null : request.Barcode;
        if (barcode is not null && !MappingProposalRules.IsBarcode(barcode))
        {
            fields.Refuse("barcode", RefusalReason.BadBarcode, barcode);
        }

        var county = fields.Id("county", request.County, CatalogueLimits.MaxIdBytes, RefusalReason.BadCounty);
        if (county.Length > 0 && !_counties.IsOfCity(county))
        {
            fields.Refuse("county", _counties.Refusal(county) ?? RefusalReason.NotOfCity, county);
        }

        return new MappingProposal(
            0,
            fields.Id("operatorId", request.OperatorId, CatalogueLimits.MaxIdBytes, RefusalReason.BadOperator),
            fields.Id("sku", request.Sku, CatalogueLimits.MaxIdBytes, RefusalReason.BadSku),
            barcode,
            fields.Id(
                "productId", request.ProductId, CatalogueLimits.MaxProductIdBytes, RefusalReason.BadProductId),
            county,
            fields.Span(request.From, request.To),
            request.Replaces ?? false,
            new TwoPersons(
                ProposalState.Proposed, actor, nowUtcMs, fields.OptionalReason("reason", request.Reason)));
    }

    private static void Audit(
        CatalogueTurn turn, string actor, string action, MappingProposal? before, MappingProposal after) =>
        AuditLog.Write(turn.Connection, new AuditEntry(
            turn.NowUtcMs, actor, action, $"mapping-proposal:{after.ProposalId}",
            before is null ? null : ShownProposal.Of(before), ShownProposal.Of(after)));
}
