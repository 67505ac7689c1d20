using System.Text.Json;
using System.Text.Json.Serialization;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Http;

namespace KioskFleet.Service.Alerts;

/// <summary>What to list.</summary>
internal sealed record AlertQuery
{
    /// <summary>Open, Acknowledged, Dismissed or Closed; without it all that are not closed.</summary>
    public string? State { get; init; }

    /// <summary>A kind.</summary>
    public string? Kind { get; init; }

    /// <summary>A cabinet's id.</summary>
    public string? Cabinet { get; init; }

    /// <summary>A county's code.</summary>
    public string? County { get; init; }

    /// <summary>An operator's id.</summary>
    public string? Operator { get; init; }

    /// <summary>Page from 1.</summary>
    public int? Page { get; init; }

    /// <summary>1 to 1000, default 100.</summary>
    public int? PageSize { get; init; }
}

/// <summary>A step's words.</summary>
/// <param name="Words">Why, at most 1,000 characters; may be missing.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AlertStepRequest(string? Words);

/// <summary>The HTTP interface of alerts.</summary>
internal static class AlertEndpoints
{
    /// <summary>Maps lists, steps and messages.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/alerts").WithTags("Alerts");
        group.MapGet("", List).RequireAuthorization(AccessPolicies.Read).WithName("GetAlerts")
            .WithSummary("Alerts, newest first; without a state all that are not closed; pages of at most 1000")
            .WithDescription(
                "Without a state the list also has the alerts that are Dismissed: a person closed them, and their "
                + "cause lasts. They become Closed when it is gone. With state=Open a person sees what is to be done.")
            .Produces<ResultPage<AlertView>>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/{id:long}", Show).RequireAuthorization(AccessPolicies.Read).WithName("GetAlert")
            .WithSummary("One alert").Produces<AlertView>().ProducesProblem(StatusCodes.Status404NotFound);
        MapStep(group, AlertLife.Acknowledge, AlertState.Acknowledged, (
            "Takes an alert in hand", "Takes an alert that is Open; it is then Acknowledged."));
        MapStep(group, AlertLife.Close, AlertState.Dismissed, (
            "Closes an alert; while its cause lasts it does not open again",
            "Takes an alert that is Open or Acknowledged. It is then Dismissed and stays in the list without a state "
            + "until its cause is gone; then it is Closed, and nobody is told."));
        group.MapGet("/messages", Messages).RequireAuthorization(AccessPolicies.Read).WithName("GetAlertMessages")
            .WithSummary("Messages that told of alerts or are to, newest first, with what failed last")
            .Produces<ResultPage<AlertMessageView>>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapPost("/messages/{id}/revive", ReviveAsync).RequireAuthorization(AccessPolicies.Write)
            .WithName("ReviveAlertMessage").WithSummary("Sends a dead message again, under its id")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static void MapStep(
        RouteGroupBuilder group, string name, AlertState to, (string Summary, string Description) words) => group
        .MapPost($"/{{id:long}}/{name}", ([AsParameters] Steps steps, long id, AlertStepRequest? request) =>
            steps.TakeAsync(id, to, request?.Words))
        .RequireAuthorization(AccessPolicies.Write)
        .WithName($"{char.ToUpperInvariant(name[0])}{name[1..]}Alert").WithSummary(words.Summary)
        .WithDescription(words.Description + " Else 409: state has the alert's state, takes the steps it allows.")
        .Produces<AlertView>().ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static IResult List(
        AlertStore store, FleetRegister register, AlertTerms terms, [AsParameters] AlertQuery query)
    {
        var kind = EnumWord.Parse<AlertKind>(query.Kind);
        if (query.Kind is not null && kind is null)
        {
            return Problem(StatusCodes.Status400BadRequest, "BadAlertKind", ("field", "kind"), ("got", query.Kind),
                ("takes", Enum.GetNames<AlertKind>()));
        }

        var state = EnumWord.Parse<AlertState>(query.State);
        if (query.State is not null && state is null or AlertState.Pending)
        {
            return Problem(
                StatusCodes.Status400BadRequest, "BadAlertState", ("field", "state"), ("got", query.State));
        }

        var fleet = register.Current;
        var matching = store.List(query.Cabinet, kind, state)
            .Select(row => (Row: row, Place: PlaceOf(fleet, row.Key.Cabinet)))
            .Where(one => (query.County is null || one.Place.County == query.County)
                && (query.Operator is null || one.Place.Operator == query.Operator)).ToList();
        var page = ResultPage<(AlertRow Row, (string, string) Place)>.Cut(matching, query.Page, query.PageSize);
        return Results.Ok(new ResultPage<AlertView>(
            [.. page.Items.Select(one => AlertView.Of(one.Row, one.Place, terms.Zone))],
            page.Page, page.PageSize, page.Total));
    }

    private static IResult Show(AlertStore store, FleetRegister register, AlertTerms terms, long id) =>
        store.Find(id) is { } row
            ? Results.Ok(AlertView.Of(row, PlaceOf(register.Current, row.Key.Cabinet), terms.Zone))
            : Unknown(id);

    private static IResult Messages(AlertOutboxStore outbox, string? state, int? page, int? pageSize)
    {
        var wanted = EnumWord.Parse<MessageState>(state);
        if (state is not null && wanted is null)
        {
            return Problem(StatusCodes.Status400BadRequest, "BadMessageState", ("field", "state"), ("got", state));
        }

        var cut = ResultPage<OutboxMessage>.Cut(outbox.List(wanted), page, pageSize);
        return Results.Ok(new ResultPage<AlertMessageView>(
            [.. cut.Items.Select(AlertMessageView.Of)], cut.Page, cut.PageSize, cut.Total));
    }

    private static async Task<IResult> ReviveAsync(AlertDesk desk, HttpContext http, string id) =>
        await desk.ReviveAsync(id, AccessPolicies.Actor(http.User), http.RequestAborted)
            ? Results.NoContent()
            : Problem(StatusCodes.Status404NotFound, "NoSuchMessage", ("field", "id"), ("got", id));

    private static (string Operator, string County) PlaceOf(FleetSnapshot fleet, string cabinet) =>
        CabinetId.TryParse(cabinet, out var id) && fleet.TryGet(id, out var known)
            ? (known.CurrentAssignment.OperatorId, known.CurrentAssignment.County.Value)
            : ("", "");

    private static IResult Unknown(long id) =>
        Problem(StatusCodes.Status404NotFound, "NoSuchAlert", ("field", "id"), ("got", $"{id}"));

    private static IResult Problem(int status, string text, params (string Name, object? Value)[] members)
    {
        var title = AlertWords.Of(text);
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
    internal readonly record struct Steps(
        AlertDesk Desk, AlertStore Store, FleetRegister Register, AlertTerms Terms, HttpContext Http)
    {
        public async Task<IResult> TakeAsync(long id, AlertState to, string? words) =>
            await Desk.TakeAsync(id, to, words, AccessPolicies.Actor(Http.User), Http.RequestAborted) switch
            {
                AlertOutcome.Done => Show(Store, Register, Terms, id),
                AlertOutcome.Unknown => Unknown(id),
                AlertOutcome.Illegal illegal => Problem(
                    StatusCodes.Status409Conflict, "IllegalAlertStep", ("state", illegal.State.ToString()),
                    ("takes", AlertLife.StepsFrom(illegal.State))),
                AlertOutcome.BadWords => Problem(
                    StatusCodes.Status400BadRequest, "BadAlertWords", ("field", "words")),
                var outcome => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer."),
            };
    }
}
