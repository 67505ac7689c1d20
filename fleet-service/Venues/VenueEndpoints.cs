using KioskFleet.Service.Access;
using KioskFleet.Service.Http;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Venues;

/// <summary>The HTTP interface of the register of venues.</summary>
internal static class VenueEndpoints
{
    /// <summary>Maps the register.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/venues").WithTags("Venues");
        group.MapGet("", List).WithName("GetVenues")
            .WithSummary("Venues by id, filtered by kind, presence, county, operator and life; pages of at most 1000")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/{id}", Show).WithName("GetVenue").WithSummary("One venue with its life")
            .Produces<VenueView>().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("", RegisterAsync).RequireAuthorization(AccessPolicies.Write).WithName("RegisterVenue")
            .WithSummary("Registers a hall, a zone or another venue; the same again changes nothing")
            .Produces<VenueView>(StatusCodes.Status201Created).Produces<VenueView>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/{id}/details", ChangeAsync).RequireAuthorization(AccessPolicies.Write)
            .WithName("ChangeVenue").WithSummary("Changes operator, name or addresses; what is left out stays")
            .WithDescription("A new operator takes over on 'operatorFrom' (today when left out): reports of earlier "
                + "days stay with the one before. A day before today takes 'reason' and 'evidence'.")
            .Produces<VenueView>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/{id}/life", ChangeLifeAsync).RequireAuthorization(AccessPolicies.Write)
            .WithName("ChangeVenueLife")
            .WithSummary("Changes a venue's state from a day on: open, paused (for a time), closed (for good)")
            .WithDescription("A day before today takes 'evidence'; when it was told is shown.")
            .Produces<VenueView>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static IResult List(VenueStore store, PlacesDataSet places, [AsParameters] VenueQuery query)
    {
        var (presence, life) = (VenueRequestRules.PresenceOf(query.Presence), VenueRequestRules.LifeOf(query.Life));
        if (!string.IsNullOrEmpty(query.Presence) && presence is null)
        {
            return VenueJson.Problem(
                StatusCodes.Status400BadRequest, RefusalCode.BadPresence, "presence", query.Presence);
        }

        if (!string.IsNullOrEmpty(query.Life) && life is null)
        {
            return VenueJson.Problem(StatusCodes.Status400BadRequest, RefusalCode.BadLife, "life", query.Life);
        }

        var venues = store.All().Where(v =>
            (string.IsNullOrEmpty(query.Kind) || v.Kind == query.Kind)
            && (presence is null || v.Presence == presence)
            && (string.IsNullOrEmpty(query.County) || v.PlaceCode == query.County)
            && (string.IsNullOrEmpty(query.Operator) || v.OperatorId == query.Operator)
            && (life is null || v.Life == life)).Select(v => VenueView.Of(v, places)).ToList();
        return VenueJson.Answer(ResultPage<VenueView>.Cut(venues, query.Page, query.PageSize));
    }

    private static IResult Show(VenueStore store, PlacesDataSet places, string id) => store.Find(id) is { } venue
        ? VenueJson.Answer(VenueView.Of(venue, places))
        : Unknown(id);

    private static async Task<IResult> RegisterAsync(
        VenueDesk desk, PlacesDataSet places, HttpContext http, VenueRequest request) => Answer(
            await desk.RegisterAsync(request, AccessPolicies.Actor(http.User), http.RequestAborted), places);

    private static async Task<IResult> ChangeAsync(
        VenueDesk desk, PlacesDataSet places, HttpContext http, string id, VenueDetailsRequest request) => Answer(
            await desk.ChangeAsync(id, request, AccessPolicies.Actor(http.User), http.RequestAborted), places);

    private static async Task<IResult> ChangeLifeAsync(
        VenueDesk desk, PlacesDataSet places, HttpContext http, string id, VenueLifeRequest request) => Answer(
            await desk.ChangeLifeAsync(id, request, AccessPolicies.Actor(http.User), http.RequestAborted), places);

    private static IResult Answer(VenueOutcome outcome, PlacesDataSet places) => outcome switch
    {
        VenueOutcome.Done done => VenueJson.Answer(
            VenueView.Of(done.Venue, places), done.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK),
        VenueOutcome.Invalid invalid => VenueJson.Problem(StatusCodes.Status400BadRequest, invalid.Refusals),
        VenueOutcome.Unknown unknown => Unknown(unknown.VenueId),
        VenueOutcome.Conflict conflict => VenueJson.Problem(
            StatusCodes.Status409Conflict, [conflict.Refusal],
            ("state", conflict.Venue.Life.ToString().ToLowerInvariant()),
            ("allowed", VenueLifeRules.AllowedFrom(conflict.Venue.Life)
                .Select(l => l.ToString().ToLowerInvariant()).ToList())),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer."),
    };

    private static IResult Unknown(string id) =>
        VenueJson.Problem(StatusCodes.Status404NotFound, RefusalCode.NoSuchVenue, "venue", id);
}
