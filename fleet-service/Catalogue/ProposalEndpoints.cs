using KioskFleet.Service.Access;

namespace KioskFleet.Service.Catalogue;

/// <summary>The HTTP interface of what one person proposes and another decides: mappings and corrections.</summary>
internal static class ProposalEndpoints
{
    private static readonly (string Name, ProposalState State)[] Decisions =
    [
        ("Approve", ProposalState.Approved), ("Reject", ProposalState.Rejected),
        ("Withdraw", ProposalState.Withdrawn),
    ];

    /// <summary>Maps them.</summary>
    public static void Map(RouteGroupBuilder group)
    {
        MapProposals(group);
        MapCorrections(group);
    }

    private static void MapProposals(RouteGroupBuilder group)
    {
        group.MapGet("/mapping-proposals", Proposals)
            .WithName("GetMappingProposals")
            .WithSummary("Mapping proposals by number; state=proposed lists those that wait, 'county' whose they are")
            .Produces<CataloguePage<ShownProposal>>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/mapping-proposals/{id:long}", (CataloguePageStore pages, long id) => Found(
                pages.Proposal(id), CatalogueProblem.ProposalUnknown, id))
            .WithName("GetMappingProposal")
            .WithSummary("One mapping proposal")
            .Produces<ShownProposal>().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/mapping-proposals", ProposeMappingAsync)
            .RequireAuthorization(AccessPolicies.Write)
            .WithName("ProposeMapping")
            .WithSummary("Proposes which product an operator sells under a SKU; the county's office decides")
            .Produces<ShownProposal>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        foreach (var (name, state) in Decisions)
        {
            var word = CatalogueJson.Camel(name);
            group.MapPost(
                    $"/mapping-proposals/{{id:long}}/{word}",
                    async (MappingDesk desk, HttpContext http, long id, DecisionRequest? request) => Shown(
                        await desk.DecideAsync(
                            id, state, request, AccessPolicies.Actor(http.User), http.RequestAborted),
                        ShownProposal.Of))
                .RequireAuthorization(AccessPolicies.Write)
                .WithName($"{name}MappingProposal")
                .WithSummary($"Decides a mapping proposal: {word}")
                .Produces<ShownProposal>()
                .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
                .ProducesProblem(StatusCodes.Status409Conflict);
        }
    }

    private static void MapCorrections(RouteGroupBuilder group)
    {
        group.MapGet("/catalogue/corrections", Corrections)
            .WithName("GetCorrections")
            .WithSummary("Corrections by number, filtered by 'state'; pages of at most 500")
            .Produces<CataloguePage<ShownCorrection>>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/catalogue/corrections/{id:long}", Correction)
            .WithName("GetCorrection")
            .WithSummary("One correction with the spans of sale time that it judges, or would judge, otherwise")
            .Produces<ShownCorrection>().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/catalogue/corrections", ProposeCorrectionAsync)
            .RequireAuthorization(AccessPolicies.Write)
            .WithName("ProposeCorrection")
            .WithSummary("Proposes a correction of a listing or mapping with effect in the past; another decides")
            .WithDescription(
                "presentFrom names the span that is corrected (absent: a new one); from and to say how it should be; "
                + "remove: it should never have been. A reason is required.")
            .Produces<ShownCorrection>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        foreach (var (name, state) in Decisions)
        {
            var word = CatalogueJson.Camel(name);
            group.MapPost(
                    $"/catalogue/corrections/{{id:long}}/{word}",
                    async (CorrectionDesk desk, HttpContext http, long id, DecisionRequest? request) => Shown(
                        await desk.DecideAsync(
                            id, state, request, AccessPolicies.Actor(http.User), http.RequestAborted),
                        correction => ShownCorrection.Of(correction)))
                .RequireAuthorization(AccessPolicies.Write)
                .WithName($"{name}Correction")
                .WithSummary($"Decides a correction: {word}")
                .Produces<ShownCorrection>()
                .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
                .ProducesProblem(StatusCodes.Status409Conflict);
        }
    }

    private static IResult Proposals(
        CataloguePageStore pages, int? page, int? pageSize, string? state, string? county) =>
        CatalogueAnswers.PageProblem(page, pageSize)
        ?? CatalogueAnswers.WithChoice<ProposalState>("state", state, chosen => CatalogueAnswers.Json(
            pages.Proposals(PageAsked.Of(page, pageSize), chosen, county)));

    private static IResult Corrections(CataloguePageStore pages, int? page, int? pageSize, string? state) =>
        CatalogueAnswers.PageProblem(page, pageSize)
        ?? CatalogueAnswers.WithChoice<ProposalState>("state", state, chosen => CatalogueAnswers.Json(
            pages.Corrections(PageAsked.Of(page, pageSize), chosen)));

    private static IResult Correction(CataloguePageStore pages, CorrectionDesk desk, long id) =>
        Found(pages.Correction(id, desk.Preview), CatalogueProblem.CorrectionUnknown, id);

    private static async Task<IResult> ProposeMappingAsync(
        MappingDesk desk, HttpContext http, MappingProposalRequest request) => Shown(
            await desk.ProposeAsync(request, AccessPolicies.Actor(http.User), http.RequestAborted), ShownProposal.Of);

    private static async Task<IResult> ProposeCorrectionAsync(
        CorrectionDesk desk, HttpContext http, CorrectionRequest request) => Shown(
            await desk.ProposeAsync(request, AccessPolicies.Actor(http.User), http.RequestAborted),
            correction => ShownCorrection.Of(correction, desk.Preview(correction)));

    private static IResult Found<T>(T? value, CatalogueProblem unknown, long id)
        where T : class => value is not null
            ? CatalogueAnswers.Json(value)
            : CatalogueAnswers.Problem(StatusCodes.Status404NotFound, unknown, null, ("got", id));

    private static IResult Shown<T, TShown>(CatalogueOutcome<T> outcome, Func<T, TShown> show) =>
        outcome is CatalogueOutcome<T>.Done done
            ? CatalogueAnswers.Json(
                show(done.Value), done.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK)
            : CatalogueAnswers.Of(outcome);
}
