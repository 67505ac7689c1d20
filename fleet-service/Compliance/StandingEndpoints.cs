using KioskFleet.Service.Access;
using KioskFleet.Service.Http;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Compliance;

/// <summary>The HTTP interface of standings and totals.</summary>
internal static class StandingEndpoints
{
    private const string Windows = "'window' is a day (2026-11-05), week (2026-W45), month (2026-11), quarter "
        + "(2026-Q4), trailing-N or since-launch; or a kind (day, week, month, quarter) for the one that holds the "
        + "moment; without it the kind that the policy of the whole city judges by.";

    private const string Moments = " 'policy' stands for the window of each one's own policy. 'at' is a business day "
        + "(its end) or a moment with its offset: the standing of the window that holds it, of the sales made up to it "
        + "and net of all refunds of these sales, by the policy then in force and by what the ledger knows now. "
        + "'projected=true' adds where it goes by the end of the window if sales go on as so far: amount of the whole "
        + "days with complete data, times the days in all, divided by these days, half up, for each class. With it "
        + "come the rate so far ('aidFenPerDay', 'totalFenPerDay': a whole day with complete data on average), the "
        + "days it is computed from ('completeFrom', 'completeThrough', 'completeDays' of 'daysInAll'), and 'how': "
        + "wholeDaysSoFar; tooFewWholeDays (fewer than 'neededDays'); sellsNoMore (closed or retired); sumOfCabinets "
        + "(of cabinets together: the sum of theirs).";

    /// <summary>Maps standings of cabinets and of places, and totals.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1").WithTags("Compliance");
        group.MapGet("/standings", Standings)
            .WithName("GetStandings")
            .WithSummary("How each cabinet stands against the policy in a window; pages of at most 500")
            .WithDescription(Windows + Moments)
            .Produces<StandingsPage>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/standings/{cabinet}", OfCabinet)
            .WithName("GetStandingsOfCabinet")
            .WithSummary("The standings of one cabinet in a window, one for each operator, projected and with the "
                + "heads of its journals")
            .WithDescription(Windows + Moments)
            .Produces<IReadOnlyList<StandingRow>>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        Places(group, "operators", "each operator stands, in each county and over all",
            PlaceLevel.OperatorInCounty, PlaceLevel.Operator);
        Places(group, "counties", "the cabinets of each county stand together", PlaceLevel.County);
        Places(group, "city", "all cabinets of the city stand together", PlaceLevel.City);
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
    }

    private static void Places(
        RouteGroupBuilder group, string name, string what, params PlaceLevel[] levels) =>
        group.MapGet(
                $"/standings/by/{name}",
                (StandingsReader reader, StandingsReports reports, [AsParameters] MomentRequest asked) =>
                    OfPlaces(reader, reports, asked, levels))
            .RequireAuthorization(AccessPolicies.Read)
            .WithName($"GetStandingsBy{char.ToUpperInvariant(name[0])}{name[1..]}")
            .WithSummary($"How {what}, in a window")
            .WithDescription(Windows + Moments + " 'judgedAsOne' says whether the policy judges just these cabinets as "
                + "one; else it judges each alone and this only says how they do together.")
            .Produces<PlaceStandings>()
            .ProducesProblem(StatusCodes.Status400BadRequest);

    private static IResult Standings(
        StandingsReader reader, StandingsReports reports, PlacesDataSet places, [AsParameters] StandingsRequest asked)
    {
        if (!string.IsNullOrEmpty(asked.County) && places.CountyOf(asked.County) is null)
        {
            return ComplianceProblems.Bad("BadCounty", "county", asked.County);
        }

        Standing? standing = null;
        if (!string.IsNullOrEmpty(asked.Standing))
        {
            standing = EnumWord.Parse<Standing>(asked.Standing);
            if (standing is null)
            {
                return ComplianceProblems.Bad("BadStanding", "standing", asked.Standing);
            }
        }

        if (asked.Page is < 1 or > ComplianceLimits.MaxPage)
        {
            return ComplianceProblems.Bad("BadPage", "page", $"{asked.Page}");
        }

        if (asked.PageSize is < 1 or > ComplianceLimits.MaxPageSize)
        {
            return ComplianceProblems.Bad("BadPage", "pageSize", $"{asked.PageSize}");
        }

        var filter = new StandingsFilter(
            OrNull(asked.County), standing, asked.Page ?? 1, asked.PageSize ?? ComplianceLimits.DefaultPageSize,
            OrNull(asked.Operator));
        return WithAsk(reader, (asked.Window, asked.At), ask =>
            Answer(reports.Page(ask, filter, asked.Projected ?? false), asked.At));
    }

    private static IResult OfCabinet(
        StandingsReader reader, StandingsReports reports, string cabinet, string? window, string? at) =>
        WithAsk(reader, (window, at), ask => reports.OfCabinet(ask, cabinet) is { } rows
            ? Results.Json(rows, ComplianceModule.Json)
            : ComplianceProblems.Of(StatusCodes.Status404NotFound, "NoSuchCabinet", "cabinet", cabinet));

    private static IResult OfPlaces(
        StandingsReader reader, StandingsReports reports, MomentRequest asked, PlaceLevel[] levels) =>
        WithAsk(reader, (asked.Window, asked.At), ask =>
            Answer(reports.Places(ask, levels, asked.Projected ?? false), asked.At));

    private static IResult WithAsk(
        StandingsReader reader, (string? Window, string? At) asked, Func<WindowAsk.Windows, IResult> answer) =>
        reader.Understand(asked.Window, asked.At) switch
        {
            WindowAsk.Windows ask => answer(ask),
            WindowAsk.BadMoment => ComplianceProblems.Bad("BadMoment", "at", asked.At),
            _ => ComplianceProblems.Bad("BadWindow", "window", asked.Window),
        };

    private static IResult Answer<T>(T? answer, string? at)
        where T : class => answer is null
            ? ComplianceProblems.Bad("TooFarBack", "at", at)
            : Results.Json(answer, ComplianceModule.Json);

    private static IResult WithWindow<T>(StandingsQuery query, string? name, Func<JudgingWindow, T> answer) =>
        query.Window(name) is { } window
            ? Results.Json(answer(window), ComplianceModule.Json)
            : ComplianceProblems.Bad("BadWindow", "window", name);

    private static string? OrNull(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>The query of a standings page.</summary>
    internal sealed record StandingsRequest
    {
        public string? Window { get; init; }

        public string? At { get; init; }

        public string? County { get; init; }

        public string? Operator { get; init; }

        public string? Standing { get; init; }

        public int? Page { get; init; }

        public int? PageSize { get; init; }

        public bool? Projected { get; init; }
    }

    /// <summary>The query of standings of places.</summary>
    internal sealed record MomentRequest
    {
        public string? Window { get; init; }

        public string? At { get; init; }

        public bool? Projected { get; init; }
    }
}
