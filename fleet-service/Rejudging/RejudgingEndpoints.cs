using System.Text.Json;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Rejudging;

/// <summary>The HTTP interface of re-judging; it only reads.</summary>
internal static class RejudgingEndpoints
{
    private static readonly TwoLanguages Texts = new("KioskFleet.Service.Rejudging.RejudgingText");

    /// <summary>Maps re-judgings, their sales and what they moved.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/rejudgings").WithTags("Rejudging");
        group.MapGet("", (RejudgingPageStore pages, long? before, int? count) =>
                Results.Ok(pages.Page(before, count ?? RejudgingLimits.DefaultPage)))
            .WithName("GetRejudgings")
            .WithSummary("Catalogue versions that judge sales otherwise, with what they moved; newest first")
            .Produces<BackwardsPage<RejudgingShown>>();
        group.MapGet("/{version:long}", (RejudgingPageStore pages, long version) =>
                pages.Find(version) is { } found ? Results.Ok(found) : Unknown(version))
            .WithName("GetRejudging")
            .WithSummary("One re-judging with its progress")
            .Produces<RejudgingShown>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/{version:long}/sales", (RejudgingPageStore pages, long version, long? after, int? count) =>
                pages.Find(version) is null
                    ? Unknown(version)
                    : Results.Ok(pages.Sales(version, after, count ?? RejudgingLimits.DefaultPage)))
            .WithName("GetRejudgedSales")
            .WithSummary("The sales that a re-judging changed, before and after; pages of at most 500")
            .Produces<ForwardsPage<RejudgedSaleShown>>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/{version:long}/totals", (
                RejudgingPageStore pages, CorrectedTotalsStore totals, long version) =>
                pages.Find(version) is null ? Unknown(version) : Results.Ok(totals.Months(version)))
            .WithName("GetRejudgedTotals")
            .WithSummary("Totals of each county and month without and with what a re-judging moved")
            .Produces<IReadOnlyList<RejudgedMonthShown>>()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IResult Unknown(long version)
    {
        const string Text = "NoSuchRejudging";
        var title = Texts[Text];
        return Results.Problem(
            title: title.En,
            statusCode: StatusCodes.Status404NotFound,
            extensions: new Dictionary<string, object?>
            {
                ["titleZh"] = title.Zh,
                ["code"] = JsonNamingPolicy.CamelCase.ConvertName(Text),
                ["field"] = "version",
                ["got"] = version,
            });
    }
}
