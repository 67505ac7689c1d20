using System.Text.Json;
using KioskFleet.Service.Access;
using KioskFleet.Service.Ledger;

namespace KioskFleet.Service.Venues;

/// <summary>The HTTP interface of reported sales.</summary>
internal static class SalesReportEndpoints
{
    private const string Path = "/api/v1/sales-reports";

    /// <summary>Maps taking reports one by one, many and as a table, and reading them.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Path).WithTags("SalesReports");
        group.MapPost("", TakeAsync).RequireAuthorization(AccessPolicies.Write).WithName("ReportSales")
            .WithSummary("Takes one report of a venue's or channel's sales; the same again changes nothing")
            .WithDescription("One counting channel: 'venue' or 'channel'; any number of 'tags' of other groups. Money "
                + "in yuan as text with at most two decimals, or in fen. 'reverses' names the document that this one "
                + "takes back, wholly or in part; nothing else corrects a report.")
            .Produces(StatusCodes.Status201Created).Produces(StatusCodes.Status200OK)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/bulk", TakeManyAsync).RequireAuthorization(AccessPolicies.Write).WithName("ReportSalesInBulk")
            .WithSummary("Takes up to 1000 reports, each accepted or refused on its own with its reason")
            .Produces<IntakeReport>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapPost("/import", ImportAsync).RequireAuthorization(AccessPolicies.Write).WithName("ImportSalesReports")
            .Accepts<string>(IntakeBody.TableTypes[0], IntakeBody.TableTypes[1..])
            .WithSummary("Takes a table of reports, CSV (UTF-8 or GB18030) or xlsx, row by row")
            .WithDescription("Columns: " + SalesReportFile.Columns)
            .Produces<IntakeReport>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        group.MapGet("", Read).WithName("GetSalesReports")
            .WithSummary("Reports, newest first, by venue, channel, county or reporter; pages of at most 500")
            .Produces<BackwardsPage<SalesReportView>>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/{id:long}", Find).WithName("GetSalesReport")
            .WithSummary("One report with what is left of it and what reverses it")
            .Produces<SalesReportView>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> TakeAsync(SalesReportDesk desk, HttpContext http, SalesReportRequest request)
    {
        var outcomes = await desk.TakeAsync(
            [new IntakeRow<SalesReportRequest>(1, request.DocumentNumber ?? "", request, null)],
            AccessPolicies.Actor(http.User), http.RequestAborted);
        return IntakeBody.Single(outcomes[0], Path);
    }

    private static async Task<IResult> TakeManyAsync(SalesReportDesk desk, HttpContext http, BulkReports body) =>
        IntakeBody.CheckCount(body.Reports, "reports") ?? VenueJson.Answer(IntakeReport.Of(await desk.TakeAsync(
            IntakeBody.OfJson<SalesReportRequest>(body.Reports!, r => r.DocumentNumber),
            AccessPolicies.Actor(http.User), http.RequestAborted)));

    private static async Task<IResult> ImportAsync(SalesReportDesk desk, HttpContext http)
    {
        var (table, answer) = await IntakeBody.TableAsync(http, SalesReportFile.Required);
        return answer ?? VenueJson.Answer(IntakeReport.Of(await desk.TakeAsync(
            IntakeBody.OfTable(table!, row => SalesReportFile.Read(table!, row)),
            AccessPolicies.Actor(http.User), http.RequestAborted), IntakeBody.Ignored(table!, SalesReportFile.Known)));
    }

    private static IResult Read(SalesReportPageStore store, [AsParameters] SalesReportQuery asked) =>
        asked.Count is < 1 or > VenueLimits.MaxPageSize
            ? VenueJson.Problem(StatusCodes.Status400BadRequest, RefusalCode.BadQuery, "count", $"{asked.Count}")
            : VenueJson.Answer(store.Read(new SalesReportFilter(
                asked.Venue, asked.Channel, asked.County, asked.Reporter, asked.Before,
                asked.Count ?? VenueLimits.DefaultPageSize)));

    private static IResult Find(SalesReportPageStore store, long id) => store.Find(id) is { } report
        ? VenueJson.Answer(report)
        : VenueJson.Problem(StatusCodes.Status404NotFound, RefusalCode.NoSuchDocument, "id", $"{id}");
}

/// <summary>Many reports.</summary>
/// <param name="Reports">1 to <see cref="VenueLimits.MaxBulk"/>; each is read on its own.</param>
internal sealed record BulkReports(IReadOnlyList<JsonElement>? Reports);

/// <summary>Which reports to list.</summary>
internal sealed record SalesReportQuery
{
    public string? Venue { get; init; }

    public string? Channel { get; init; }

    public string? County { get; init; }

    public string? Reporter { get; init; }

    public long? Before { get; init; }

    public int? Count { get; init; }
}
