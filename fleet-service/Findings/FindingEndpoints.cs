using System.Text.Json;
using KioskFleet.Service.Access;
using KioskFleet.Service.Http;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Findings;

/// <summary>A kind of finding as the interface shows it.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Title">Its name.</param>
/// <param name="Meaning">What it says.</param>
/// <param name="Evidence">What its evidence holds.</param>
/// <param name="Severity">How much it weighs.</param>
/// <param name="Answers">Who must answer.</param>
internal sealed record FindingKindShown(
    FindingKind Kind, Bilingual Title, Bilingual Meaning, Bilingual Evidence, FindingSeverity Severity,
    FindingAnswerer Answers);

/// <summary>The HTTP interface of findings, and their registration.</summary>
internal static class FindingEndpoints
{
    private const int DefaultPage = 100;

    private static readonly TwoLanguages Texts = new("KioskFleet.Service.Findings.FindingText");

    /// <summary>Adds the queries and the desk.</summary>
    public static IServiceCollection AddFindings(this IServiceCollection services) =>
        services.AddSingleton<FindingQueries>().AddSingleton<FindingDesk>();

    /// <summary>Maps lists, kinds and steps.</summary>
    public static void MapFindings(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/findings").WithTags("Findings")
            .RequireAuthorization(AccessPolicies.Read);
        group.MapGet("", Read).WithName("GetFindings")
            .WithSummary("Findings with their evidence, newest first; pages of at most 500")
            .Produces<BackwardsPage<FindingShown>>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/kinds", Kinds).WithName("GetFindingKinds")
            .WithSummary("Every kind of finding: what it says, what its evidence holds, who must answer")
            .Produces<IReadOnlyList<FindingKindShown>>();
        group.MapGet("/{id:long}", Show).WithName("GetFinding")
            .WithSummary("One finding with every step of its life and the steps that are allowed now")
            .Produces<FindingWithSteps>().ProducesProblem(StatusCodes.Status404NotFound);
        MapStep(group, "acknowledge", FindingStep.Acknowledge, "Takes a finding in hand; words are optional");
        MapStep(group, "explain", FindingStep.Explain, "Says how it came; an explanation can be added to");
        MapStep(group, "reopen", FindingStep.Reopen, "Refuses an explanation, or takes a closure back");
        Described(group.MapPost("/{id:long}/close", CloseAsync), "close",
            "Closes a finding as mended (found again, it opens again), accepted or mistaken (it opens only if it gets "
            + "worse)");
    }

    private static void MapStep(RouteGroupBuilder group, string name, FindingStep step, string summary) => Described(
        group.MapPost($"/{{id:long}}/{name}", ([AsParameters] FindingSteps steps, long id, StepRequest? request) =>
            steps.TakeAsync(id, step, request?.Words)),
        name, summary);

    private static void Described(RouteHandlerBuilder route, string name, string summary) => route
        .RequireAuthorization(AccessPolicies.Write)
        .WithName($"{char.ToUpperInvariant(name[0])}{name[1..]}Finding").WithSummary(summary)
        .Produces<FindingWithSteps>().ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static IResult Read(FindingQueries queries, BusinessZone zone, [AsParameters] FindingQuery asked)
    {
        FindingKind? kind = null;
        if (asked.Kind is { Length: > 0 } kindName)
        {
            kind = EnumWord.Parse<FindingKind>(kindName);
            if (kind is null)
            {
                return ApiProblems.Of(ProblemCode.FindingKindUnknown, StatusCodes.Status400BadRequest,
                    $"'{kindName}' is none of: {string.Join(", ", Enum.GetNames<FindingKind>())}");
            }
        }

        FindingState? state = null;
        if (asked.State is { Length: > 0 } stateName)
        {
            state = EnumWord.Parse<FindingState>(stateName);
            if (state is null)
            {
                return Problem(StatusCodes.Status400BadRequest, "BadState", ("field", "state"), ("got", stateName));
            }
        }

        long? since = null;
        if (asked.Since is { Length: > 0 } sinceText)
        {
            since = FindingRequestRules.Moment(sinceText, zone);
            if (since is null)
            {
                return Problem(StatusCodes.Status400BadRequest, "BadSince", ("field", "since"), ("got", sinceText));
            }
        }

        var filter = new FindingFilter(
            kind, state, asked.Cabinet, asked.Operator, asked.County, asked.Venue, since);
        return Results.Ok(queries.Read(filter, asked.Before, asked.Count ?? DefaultPage));
    }

    private static IResult Kinds() => Results.Ok(Enum.GetValues<FindingKind>().Select(kind =>
    {
        var facts = FindingFacts.Of(kind);
        return new FindingKindShown(kind, FindingFacts.Title(kind), FindingFacts.Meaning(kind),
            FindingFacts.Evidence(kind), facts.Severity, facts.Answers);
    }));

    private static IResult Show(FindingQueries queries, long id) =>
        queries.Find(id) is { } finding ? Results.Ok(finding) : Unknown(id);

    private static Task<IResult> CloseAsync(
        [AsParameters] FindingSteps steps, long id, CloseRequest request) =>
        FindingRequestRules.ClosingStep(request.As) is { } step
            ? steps.TakeAsync(id, step, request.Words)
            : Task.FromResult(
                Problem(StatusCodes.Status400BadRequest, "BadClosing", ("field", "as"), ("got", request.As ?? "")));

    private static IResult Unknown(long id) =>
        Problem(StatusCodes.Status404NotFound, "NoSuchFinding", ("field", "id"), ("got", $"{id}"));

    private static IResult Problem(int status, string text, params (string Name, object? Value)[] members)
    {
        var title = Texts[text];
        var extensions = new Dictionary<string, object?>
        {
            ["titleZh"] = title.Zh,
            ["code"] = JsonNamingPolicy.CamelCase.ConvertName(text),
        };
        foreach (var (name, value) in members)
        {
            extensions[name] = value;
        }

        return Results.Problem(title: title.En, statusCode: status, extensions: extensions);
    }

    /// <summary>What a request for a step needs, and its answer.</summary>
    internal readonly record struct FindingSteps(FindingDesk Desk, FindingQueries Queries, HttpContext Http)
    {
        public async Task<IResult> TakeAsync(long id, FindingStep step, string? words) =>
            await Desk.TakeAsync(id, step, words, AccessPolicies.Actor(Http.User), Http.RequestAborted) switch
            {
                FindingOutcome.Done => Results.Ok(Queries.Find(id)),
                FindingOutcome.Unknown => Unknown(id),
                FindingOutcome.Illegal illegal => Problem(StatusCodes.Status409Conflict, "IllegalStep",
                    ("state", illegal.State.ToString()),
                    ("allowed", illegal.Allowed.Select(allowed => allowed.ToString()).ToList())),
                FindingOutcome.BadWords => Problem(
                    StatusCodes.Status400BadRequest, "BadWords", ("field", "words"), ("got", words ?? "")),
                var outcome => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer."),
            };
    }
}
