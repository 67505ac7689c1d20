using System.Text.Json;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Http;

namespace KioskFleet.Service.Enforcement;

/// <summary>The HTTP interface of enforcement, exemptions and essential SKUs.</summary>
internal static class EnforcementEndpoints
{
    /// <summary>Maps everything.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1").WithTags("Enforcement");
        group.MapGet("/enforcement", List).WithName("GetEnforcement")
            .WithSummary("Wanted beside applied config of every cabinet; filters behind=true, rung, county, operator")
            .Produces<ResultPage<EnforcementRow>>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/enforcement/{cabinet}", Show).WithName("GetEnforcementOfCabinet")
            .WithSummary("Rung, notice, history and the whole wanted config of one cabinet")
            .Produces<EnforcementDetail>().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/enforcement/{cabinet}/plan", PlanAsync).RequireAuthorization(AccessPolicies.Write)
            .WithName("PlanEnforcement").WithSummary("Plans a cabinet at once, without waiting for the assessment")
            .Produces<EnforcementDetail>().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/exemptions", (ExemptionStore store, int? page, int? pageSize) =>
                Results.Ok(ResultPage<Exemption>.Cut(store.ReadExemptions(), page, pageSize)))
            .WithName("GetExemptions").WithSummary("Exemptions of cabinets and operators, newest first")
            .Produces<ResultPage<Exemption>>();
        group.MapPost("/exemptions", ExemptAsync).RequireAuthorization(AccessPolicies.Write)
            .WithName("ExemptFromEnforcement")
            .WithSummary("Exempts a cabinet or an operator until a day, with a reason; it is planned at once")
            .Produces<Exemption>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapPost("/exemptions/{id:long}/end", EndExemptionAsync).RequireAuthorization(AccessPolicies.Write)
            .WithName("EndExemption").WithSummary("Ends an exemption before its day")
            .Produces<Exemption>().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/essential-skus", (ExemptionStore store, int? page, int? pageSize) =>
                Results.Ok(ResultPage<EssentialSku>.Cut(store.ReadEssentials(), page, pageSize)))
            .WithName("GetEssentialSkus").WithSummary("SKUs whose vends always pass, newest first")
            .Produces<ResultPage<EssentialSku>>();
        group.MapPost("/essential-skus", NameEssentialAsync).RequireAuthorization(AccessPolicies.Write)
            .WithName("NameEssentialSku")
            .WithSummary("Names a SKU that everybody needs, in a county or the whole city, with a reason")
            .Produces<EssentialSku>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapPost("/essential-skus/{id:long}/end", EndEssentialAsync)
            .RequireAuthorization(AccessPolicies.Write)
            .WithName("EndEssentialSku").WithSummary("Ends that a SKU is essential")
            .Produces<EssentialSku>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IResult List(EnforcementViewStore views, [AsParameters] EnforcementQuery query) =>
        query.Rung is { } rung && EnumWord.Parse<Rung>(rung) is null
            ? Problem(StatusCodes.Status400BadRequest, "BadRung", ("field", "rung"), ("got", rung))
            : Results.Ok(ResultPage<EnforcementRow>.Cut(views.List(query), query.Page, query.PageSize));

    private static IResult Show(EnforcementViewStore views, EnforcementSources sources, string cabinet) =>
        CabinetId.TryParse(cabinet, out var id) && sources.Fleet.TryGet(id, out var model)
            ? Results.Ok(views.Detail(model))
            : Unknown(cabinet);

    private static async Task<IResult> PlanAsync(
        EnforcementPlanner planner, EnforcementViewStore views, EnforcementSources sources, TimeProvider time,
        HttpContext http, string cabinet)
    {
        if (!CabinetId.TryParse(cabinet, out var id) || !sources.Fleet.TryGet(id, out var model))
        {
            return Unknown(cabinet);
        }

        var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var moment = new CheckMoment(nowUtcMs, sources.Zone.DayOf(nowUtcMs));
        await planner.PlanAsync(
            moment, new HashSet<string> { cabinet }, AccessPolicies.Actor(http.User), http.RequestAborted);
        return Results.Ok(views.Detail(model));
    }

    private static async Task<IResult> ExemptAsync(ExemptionDesk desk, HttpContext http, ExemptionRequest request) =>
        Answer(await desk.ExemptAsync(request, AccessPolicies.Actor(http.User), http.RequestAborted));

    private static async Task<IResult> EndExemptionAsync(ExemptionDesk desk, HttpContext http, long id) =>
        Answer(await desk.EndExemptionAsync(id, AccessPolicies.Actor(http.User), http.RequestAborted));

    private static async Task<IResult> NameEssentialAsync(
        ExemptionDesk desk, HttpContext http, EssentialSkuRequest request) =>
        Answer(await desk.NameEssentialAsync(request, AccessPolicies.Actor(http.User), http.RequestAborted));

    private static async Task<IResult> EndEssentialAsync(ExemptionDesk desk, HttpContext http, long id) =>
        Answer(await desk.EndEssentialAsync(id, AccessPolicies.Actor(http.User), http.RequestAborted));

    private static IResult Answer(ExemptionOutcome outcome) => outcome switch
    {
        ExemptionOutcome.Done done => Results.Ok(done.Row),
        ExemptionOutcome.Invalid invalid => Problem(
            StatusCodes.Status400BadRequest, invalid.Problem, ("field", invalid.Field), ("got", invalid.Got)),
        ExemptionOutcome.Unknown unknown => Problem(
            StatusCodes.Status404NotFound, "NoSuchRow", ("got", $"{unknown.Id}")),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer."),
    };

    private static IResult Unknown(string cabinet) => ApiProblems.Of(
        ProblemCode.CabinetUnknown, StatusCodes.Status404NotFound, $"There is no cabinet '{cabinet}'.");

    private static IResult Problem(int status, string key, params (string Name, object? Value)[] members)
    {
        var title = EnforcementTexts.Of(key);
        var extensions = new Dictionary<string, object?>
        {
            ["titleZh"] = title.Zh,
            ["code"] = JsonNamingPolicy.CamelCase.ConvertName(key),
        };
        foreach (var (name, value) in members)
        {
            extensions[name] = value;
        }

        return Results.Problem(title: title.En, statusCode: status, extensions: extensions);
    }
}
