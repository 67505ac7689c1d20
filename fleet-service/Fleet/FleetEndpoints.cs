using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using KioskFleet.Service.Http;

namespace KioskFleet.Service.Fleet;

/// <summary>The HTTP interface of the register.</summary>
internal static class FleetEndpoints
{
    /// <summary>Maps cabinets, assignments and life.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/cabinets").WithTags("Fleet");
        group.MapGet("", List).RequireAuthorization(AccessPolicies.Read).WithName("GetCabinets")
            .WithSummary("Cabinets by id, filtered by county, operator and life; pages of at most 1000");
        group.MapGet("/{id}", Show).RequireAuthorization(AccessPolicies.Read).WithName("GetCabinet")
            .WithSummary("One cabinet with its assignments and key names")
            .Produces<CabinetView>().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("", RegisterAsync).RequireAuthorization(AccessPolicies.Write).WithName("RegisterCabinet")
            .WithSummary("Registers a cabinet with its first assignment")
            .Produces<CabinetView>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/bulk", RegisterManyAsync).RequireAuthorization(AccessPolicies.Write)
            .WithName("RegisterCabinets")
            .WithSummary("Registers up to 5000 cabinets at once, all or none; those that are there stay as they are")
            .Produces<BulkOutcome>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapPost("/{id}/assignments", AssignAsync).RequireAuthorization(AccessPolicies.Write)
            .WithName("AssignCabinet")
            .WithSummary("Gives a cabinet another operator, county or site from now on; earlier ones stay")
            .Produces<CabinetView>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/{id}/life", ChangeLifeAsync).RequireAuthorization(AccessPolicies.Write)
            .WithName("ChangeCabinetLife")
            .WithSummary("Changes a cabinet's state: Active, ClosedUntil (with closedUntil, a day), Retired")
            .Produces<CabinetView>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/{id}/kind", ChangeKindAsync).RequireAuthorization(AccessPolicies.Write)
            .WithName("ChangeCabinetKind")
            .WithSummary("States how a cabinet hands goods out: Slot, Locker, OpenDoor or OpenDoorCompartments")
            .Produces<CabinetView>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ChangeKindAsync(
        FleetDesk desk, LinkLook look, HttpContext http, string id, KindRequest request) =>
        CabinetId.TryParse(id, out var cabinet)
            ? Answer(
                await desk.ChangeKindAsync(cabinet, request, AccessPolicies.Actor(http.User), http.RequestAborted),
                look)
            : Unknown(id);

    private static IResult List(
        FleetRegister register, LinkLook look, [AsParameters] CabinetQuery query)
    {
        var now = look.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var matching = register.Current.Cabinets.Where(c =>
            (query.County is null || c.CurrentAssignment.County.Value == query.County)
            && (query.Operator is null || c.CurrentAssignment.OperatorId == query.Operator)
            && (query.Life is null
                || c.LifeAt(now).ToString().Equals(query.Life, StringComparison.OrdinalIgnoreCase))).ToList();
        var page = ResultPage<CabinetModel>.Cut(matching, query.Page, query.PageSize);
        return Results.Ok(new ResultPage<CabinetView>(
            [.. page.Items.Select(c => look.View(c))],
            page.Page, page.PageSize, page.Total));
    }

    private static IResult Show(FleetRegister register, LinkLook look, string id) =>
        CabinetId.TryParse(id, out var cabinetId) && register.Current.TryGet(cabinetId, out var cabinet)
            ? Results.Ok(look.View(cabinet))
            : Unknown(id);

    private static async Task<IResult> RegisterAsync(
        FleetDesk desk, LinkLook look, HttpContext http, CabinetRequest request)
    {
        var outcome = await desk.RegisterAsync(request, AccessPolicies.Actor(http.User), http.RequestAborted);
        return outcome is FleetOutcome.Done done
            ? Results.Created($"/api/v1/cabinets/{done.Cabinet.Id}", look.View(done.Cabinet))
            : Answer(outcome, look);
    }

    private static async Task<IResult> RegisterManyAsync(FleetDesk desk, HttpContext http, BulkRequest request)
    {
        var outcome = await desk.RegisterAsync(request, AccessPolicies.Actor(http.User), http.RequestAborted);
        return outcome.Problems.Count == 0 ? Results.Ok(outcome) : Invalid(outcome.Problems);
    }

    private static async Task<IResult> AssignAsync(
        FleetDesk desk, LinkLook look, HttpContext http, string id, AssignmentRequest request) =>
        CabinetId.TryParse(id, out var cabinet)
            ? Answer(
                await desk.AssignAsync(cabinet, request, AccessPolicies.Actor(http.User), http.RequestAborted),
                look)
            : Unknown(id);

    private static async Task<IResult> ChangeLifeAsync(
        FleetDesk desk, LinkLook look, HttpContext http, string id, LifeRequest request) =>
        CabinetId.TryParse(id, out var cabinet)
            ? Answer(
                await desk.ChangeLifeAsync(cabinet, request, AccessPolicies.Actor(http.User), http.RequestAborted),
                look)
            : Unknown(id);

    private static IResult Answer(FleetOutcome outcome, LinkLook look) => outcome switch
    {
        FleetOutcome.Done done => Results.Ok(look.View(done.Cabinet)),
        FleetOutcome.Invalid invalid => Invalid(invalid.Problems),
        FleetOutcome.Unknown unknown => Unknown(unknown.Cabinet.Value),
        FleetOutcome.Exists exists => ApiProblems.Of(
            ProblemCode.CabinetExists, StatusCodes.Status409Conflict, $"Cabinet '{exists.Cabinet}' is there already."),
        FleetOutcome.IllegalLife illegal => ApiProblems.Of(
            ProblemCode.IllegalLife, StatusCodes.Status409Conflict,
            $"The cabinet is {illegal.From}; from there it may become "
            + (illegal.Allowed.Count == 0 ? "nothing else." : string.Join(" or ", illegal.Allowed) + "."),
            ("state", illegal.From.ToString()),
            ("allowed", illegal.Allowed.Select(l => l.ToString()).ToList())),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer."),
    };

    private static IResult Unknown(string id) => ApiProblems.Of(
        ProblemCode.CabinetUnknown, StatusCodes.Status404NotFound, $"There is no cabinet '{id}'.");

    private static IResult Invalid(IReadOnlyList<FieldProblem> problems) => ApiProblems.Of(
        ProblemCode.Invalid, StatusCodes.Status400BadRequest,
        string.Join("; ", problems.Take(5).Select(p => $"{p.Field}: {p.Problem}")),
        ("errors", problems.GroupBy(p => p.Field).ToDictionary(g => g.Key, g => g.Select(p => p.Problem).ToList())));
}

/// <summary>What to list.</summary>
internal sealed record CabinetQuery
{
    /// <summary>A county's code.</summary>
    public string? County { get; init; }

    /// <summary>An operator's id.</summary>
    public string? Operator { get; init; }

    /// <summary>A state.</summary>
    public string? Life { get; init; }

    /// <summary>Page from 1.</summary>
    public int? Page { get; init; }

    /// <summary>1 to 1000, default 100.</summary>
    public int? PageSize { get; init; }
}
