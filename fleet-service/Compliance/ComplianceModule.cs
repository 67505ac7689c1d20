using System.Text.Json;
using System.Text.Json.Serialization;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Compliance;

/// <summary>Registers standings and totals and their HTTP interface. Needs Storage and Places.</summary>
internal static class ComplianceModule
{
    private static readonly TwoLanguages Texts = new("KioskFleet.Service.Compliance.ComplianceText");

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Adds the standings.</summary>
    public static IServiceCollection AddCompliance(this IServiceCollection services)
    {
        services.AddSingleton<StandingsStore>();
        services.AddSingleton<StandingsQuery>();
        return services;
    }

    /// <summary>Maps <c>/api/v1/standings</c> and <c>/api/v1/totals</c>.</summary>
    public static IEndpointRouteBuilder MapCompliance(this IEndpointRouteBuilder routes)
    {
        const string Windows = "'window' is a day (2026-11-05), week (2026-W45), month (2026-11), quarter (2026-Q4), "
            + "trailing-N or since-launch; without it the present month.";
        var group = routes.MapGroup("/api/v1").WithTags("Compliance");
        group.MapGet("/standings", Standings)
            .WithName("GetStandings")
            .WithSummary("How each cabinet stands against the policy in a window; pages of at most 500")
            .WithDescription(Windows)
            .Produces<StandingsPage>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/standings/{cabinet}", OfCabinet)
            .WithName("GetStandingsOfCabinet")
            .WithSummary("The standings of one cabinet in a window, one for each operator")
            .WithDescription(Windows)
            .Produces<IReadOnlyList<StandingRow>>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet(
                "/totals/counties", (StandingsQuery query, string? window) => WithWindow(query, window, query.Counties))
            .WithName("GetCountyTotals")
            .WithSummary("What was sold in each county in a window, by class, and the money report beside it")
            .WithDescription(Windows)
            .Produces<CountyTotals>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/totals/city", (StandingsQuery query, string? window) => WithWindow(query, window, query.City))
            .WithName("GetCityTotals")
            .WithSummary("What was sold in the city in a window, beside the city's target")
            .WithDescription(Windows)
            .Produces<CityTotals>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static IResult Standings(
        StandingsQuery query, PlacesDataSet places, [AsParameters] StandingsRequest asked)
    {
        if (!string.IsNullOrEmpty(asked.County) && places.CountyOf(asked.County) is null)
        {
            return Problem(StatusCodes.Status400BadRequest, "BadCounty", "county", asked.County);
        }

        Standing? standing = null;
        if (!string.IsNullOrEmpty(asked.Standing))
        {
            if (!Enum.TryParse<Standing>(asked.Standing, ignoreCase: true, out var parsed)
                || !char.IsAsciiLetter(asked.Standing[0]))
            {
                return Problem(StatusCodes.Status400BadRequest, "BadStanding", "standing", asked.Standing);
            }

            standing = parsed;
        }

        if (asked.Page is < 1 or > ComplianceLimits.MaxPage)
        {
            return Problem(StatusCodes.Status400BadRequest, "BadPage", "page", $"{asked.Page}");
        }

        if (asked.PageSize is < 1 or > ComplianceLimits.MaxPageSize)
        {
            return Problem(StatusCodes.Status400BadRequest, "BadPage", "pageSize", $"{asked.PageSize}");
        }

        var filter = new StandingsFilter(
            string.IsNullOrEmpty(asked.County) ? null : asked.County,
            standing,
            asked.Page ?? 1,
            asked.PageSize ?? ComplianceLimits.DefaultPageSize);
        return WithWindow(query, asked.Window, window => query.Page(window, filter));
    }

    private static IResult OfCabinet(StandingsQuery query, string cabinet, string? window) =>
        query.Window(window) is not { } found
            ? BadWindow(window)
            : query.OfCabinet(found, cabinet) is { } rows
                ? Results.Json(rows, Json)
                : Problem(StatusCodes.Status404NotFound, "NoSuchCabinet", "cabinet", cabinet);

    private static IResult WithWindow<T>(StandingsQuery query, string? name, Func<JudgingWindow, T> answer) =>
        query.Window(name) is { } window ? Results.Json(answer(window), Json) : BadWindow(name);

    private static IResult BadWindow(string? got) =>
        Problem(StatusCodes.Status400BadRequest, "BadWindow", "window", got ?? "");

    private static IResult Problem(int status, string text, string field, string got)
    {
        var title = Texts[text];
        return Results.Problem(
            title: title.En,
            statusCode: status,
            extensions: new Dictionary<string, object?>
            {
                ["titleZh"] = title.Zh,
                ["code"] = JsonNamingPolicy.CamelCase.ConvertName(text),
                ["field"] = field,
                ["got"] = got,
            });
    }

    /// <summary>The query of a standings page.</summary>
    private sealed record StandingsRequest(string? Window, string? County, string? Standing, int? Page, int? PageSize);
}
