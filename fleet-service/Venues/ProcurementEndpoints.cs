using KioskFleet.Service.Access;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Venues;

/// <summary>The HTTP interface of procurement by budget units.</summary>
internal static class ProcurementEndpoints
{
    private const string Path = "/api/v1/procurement";

    /// <summary>Maps plans, purchases and how both stand.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Path).WithTags("Procurement");
        group.MapGet("", Read).WithName("GetProcurement")
            .WithSummary("Purchases of budget units against their plans of a year; never part of the city's sales")
            .Produces<IReadOnlyList<ProcurementYearView>>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/purchases", (ProcurementStore store, string? unit, long? before, int? count) =>
                count is < 1 or > VenueLimits.MaxPageSize
                    ? VenueJson.Problem(StatusCodes.Status400BadRequest, RefusalCode.BadQuery, "count", $"{count}")
                    : VenueJson.Answer(store.Purchases(unit, before, count ?? VenueLimits.DefaultPageSize)))
            .WithName("GetPurchases").WithSummary("Purchases, newest first, of one unit or of all")
            .Produces<BackwardsPage<PurchaseView>>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapPut("/plans/{unit}/{year:int}", PutPlanAsync).RequireAuthorization(AccessPolicies.Write)
            .WithName("PutProcurementPlan")
            .WithSummary("Enters or changes the plan of a unit and year; the same again changes nothing")
            .Produces<ProcurementPlan>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapPost("/purchases", TakeAsync).RequireAuthorization(AccessPolicies.Write).WithName("ReportPurchase")
            .WithSummary("Takes one purchase; the same again changes nothing, 'reverses' takes one back")
            .Produces(StatusCodes.Status201Created).Produces(StatusCodes.Status200OK)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/purchases/bulk", TakeManyAsync).RequireAuthorization(AccessPolicies.Write)
            .WithName("ReportPurchasesInBulk")
            .WithSummary("Takes up to 1000 purchases, each accepted or refused on its own with its reason")
            .Produces<IntakeReport>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapPost("/purchases/import", ImportAsync).RequireAuthorization(AccessPolicies.Write)
            .WithName("ImportPurchases").Accepts<string>(IntakeBody.TableTypes[0], IntakeBody.TableTypes[1..])
            .WithSummary("Takes a table of purchases, CSV (UTF-8 or GB18030) or xlsx, row by row")
            .WithDescription("Columns: " + ProcurementRules.Columns)
            .Produces<IntakeReport>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
    }

    private static IResult Read(
        ProcurementStore store, ProcurementDesk desk, PlacesDataSet places, TimeProvider time, int? year,
        string? county)
    {
        var today = places.Zone.DayOf(time.GetUtcNow().ToUnixTimeMilliseconds());
        if (year is { } asked && (asked < VenueLimits.FirstDay.Year || asked > 9998))
        {
            return VenueJson.Problem(StatusCodes.Status400BadRequest, RefusalCode.BadYear, "year", $"{year}");
        }

        if (!string.IsNullOrEmpty(county) && !VenueRequestRules.IsPlace(places, county))
        {
            return VenueJson.Problem(StatusCodes.Status400BadRequest, RefusalCode.BadCounty, "county", county);
        }

        var of = year ?? today.Year;
        var units = store.Year(of);
        return VenueJson.Answer(desk.Rules.Platforms.Select(p => ProcurementYearView.Of(
            p, of, units, string.IsNullOrEmpty(county) ? null : county, today)).ToList());
    }

    private static async Task<IResult> PutPlanAsync(
        ProcurementDesk desk, HttpContext http, string unit, int year, ProcurementPlanRequest request)
    {
        var (plan, refusal) = await desk.PutPlanAsync(
            (unit, year), request, AccessPolicies.Actor(http.User), http.RequestAborted);
        return plan is null
            ? VenueJson.Problem(StatusCodes.Status400BadRequest, [refusal!])
            : VenueJson.Answer(plan);
    }

    private static async Task<IResult> TakeAsync(ProcurementDesk desk, HttpContext http, PurchaseRequest request)
    {
        var outcomes = await desk.TakeAsync(
            [new IntakeRow<PurchaseRequest>(1, request.DocumentNumber ?? "", request, null)],
            AccessPolicies.Actor(http.User), http.RequestAborted);
        return IntakeBody.Single(outcomes[0], Path + "/purchases");
    }

    private static async Task<IResult> TakeManyAsync(ProcurementDesk desk, HttpContext http, BulkPurchases body) =>
        IntakeBody.CheckCount(body.Purchases, "purchases") ?? VenueJson.Answer(IntakeReport.Of(await desk.TakeAsync(
            IntakeBody.OfJson<PurchaseRequest>(body.Purchases!, r => r.DocumentNumber),
            AccessPolicies.Actor(http.User), http.RequestAborted)));

    private static async Task<IResult> ImportAsync(ProcurementDesk desk, HttpContext http)
    {
        var (table, answer) = await IntakeBody.TableAsync(http, ProcurementRules.Required);
        return answer ?? VenueJson.Answer(IntakeReport.Of(await desk.TakeAsync(
            IntakeBody.OfTable(table!, row => ProcurementRules.Row(table!, row)),
            AccessPolicies.Actor(http.User), http.RequestAborted), IntakeBody.Ignored(table!, ProcurementRules.Known)));
    }
}
