using KioskFleet.Service.Compliance;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Http;
using KioskFleet.Service.Places;
using KioskFleet.Service.ProductSales;

namespace KioskFleet.Service.Venues;

/// <summary>The HTTP interface of standings of venues, the city's target, duties and the roll-out.</summary>
internal static class ProgressEndpoints
{
    /// <summary>Maps what shows how far the plan is.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1");
        group.MapGet("/venues/standings", Standings).WithTags("Venues").WithName("GetVenueStandings")
            .WithSummary("How halls and other venues stand by what they reported, each in the window of its policy")
            .WithDescription("'day' looks at a past day; 'window' (2026-11, 2026-W45, 2026-Q4, …) takes one window for "
                + "all. A report counts whole on the last day of its period, for who ran the venue on it. "
                + "'projected=true' adds, as of today, where each goes by the window's end if it sells on as reported: "
                + "amount of the reported days × days of the window in business ÷ number of reported days.")
            .Produces<VenueStandingsPage>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/city-target", (CityTargetProgress target) => VenueJson.Answer(target.Now()))
            .WithTags("CityTarget").WithName("GetCityTarget")
            .WithSummary("The city's target by channel and county, proven and reported apart, with the rate needed")
            .Produces<CityTargetView>();
        group.MapGet("/channel-sales", Channels).WithTags("CityTarget").WithName("GetChannelSales")
            .WithSummary("What was sold under each counting channel in a window, proven and reported apart")
            .WithDescription("'window' as in /standings; without it the present month. Tags are parts of the channels.")
            .Produces<ChannelSalesView>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/duties", Duties).WithTags("Duties").WithName("GetDuties")
            .WithSummary("Which venues each county and the city must have, by when, and which they have")
            .Produces<DutiesView>().ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/places/progress", (FleetRegister register, PlacesDataSet places, TimeProvider time) =>
                VenueJson.Answer(RolloutRule.Count(
                    places, register.Current.Cabinets, time.GetUtcNow().ToUnixTimeMilliseconds())))
            .WithTags("Places").WithName("GetRolloutProgress")
            .WithSummary("Positions pinned, installed and running cabinets against the quotas and milestones")
            .Produces<RolloutView>();
    }

    private static IResult Standings(
        VenueStandings standings, PlacesDataSet places, [AsParameters] VenueStandingsQuery asked)
    {
        var today = standings.Today;
        var day = string.IsNullOrEmpty(asked.Day) ? today : DayText.Read(asked.Day);
        if (day is not { } at || at > today || at < VenueLimits.FirstDay)
        {
            return Bad(day is null ? RefusalCode.BadDay : RefusalCode.DayInFuture, "day", asked.Day);
        }

        var window = string.IsNullOrEmpty(asked.Window) ? null : JudgingWindow.Parse(asked.Window, at);
        if (!string.IsNullOrEmpty(asked.Window) && window is null)
        {
            return Bad(RefusalCode.BadQuery, "window", asked.Window);
        }

        if (!string.IsNullOrEmpty(asked.County) && !VenueRequestRules.IsPlace(places, asked.County))
        {
            return Bad(RefusalCode.BadCounty, "county", asked.County);
        }

        Standing? standing = null;
        if (!string.IsNullOrEmpty(asked.Standing))
        {
            standing = EnumWord.Parse<Standing>(asked.Standing);
            if (standing is null)
            {
                return Bad(RefusalCode.BadQuery, "standing", asked.Standing);
            }
        }

        if (asked.Page is < 1 or > ComplianceLimits.MaxPage || asked.PageSize is < 1 or > VenueLimits.MaxPageSize)
        {
            return Bad(RefusalCode.BadQuery, "page", $"{asked.Page}, {asked.PageSize}");
        }

        var rows = standings.Rows(at, window, asked.Projected ?? false)
            .Where(r => string.IsNullOrEmpty(asked.Kind) || r.Kind == asked.Kind)
            .Where(r => string.IsNullOrEmpty(asked.County) || r.County == asked.County)
            .Where(r => standing is null || r.Standing == standing)
            .ToList();
        var (page, size) = (asked.Page ?? 1, asked.PageSize ?? VenueLimits.DefaultPageSize);
        var skip = (int)Math.Min((long)(page - 1) * size, int.MaxValue);
        return VenueJson.Answer(new VenueStandingsPage(
            at, page, size, rows.Count, [.. rows.Skip(skip).Take(size)]));
    }

    private static IResult Channels(
        ProductSalesPageStore cabinets, ReportedSalesStore reports, PlacesDataSet places, TimeProvider time,
        [AsParameters] ChannelSalesQuery asked)
    {
        var today = places.Zone.DayOf(time.GetUtcNow().ToUnixTimeMilliseconds());
        var window = string.IsNullOrEmpty(asked.Window)
            ? JudgingWindow.Of("month", today)
            : JudgingWindow.Parse(asked.Window, today);
        if (window is null)
        {
            return Bad(RefusalCode.BadQuery, "window", asked.Window);
        }

        if (!string.IsNullOrEmpty(asked.County) && !VenueRequestRules.IsPlace(places, asked.County))
        {
            return Bad(RefusalCode.BadCounty, "county", asked.County);
        }

        var (sold, asOf) = cabinets.Cabinets(window.From, window.Last);
        return VenueJson.Answer(ChannelSalesView.Of(
            new ShownWindow(window.Name, window.From, window.To, places.Zone.Id), asOf, new ChannelBook(places),
            new SoldByChannel(sold, reports.ByChannel(window.From, window.Last),
                reports.ByTag(window.From, window.Last)).In(asked.County)));
    }

    private static IResult Duties(
        VenueStore venues, PlacesDataSet places, TimeProvider time, string? county, string? status)
    {
        if (!string.IsNullOrEmpty(county) && !VenueRequestRules.IsPlace(places, county))
        {
            return Bad(RefusalCode.BadCounty, "county", county);
        }

        DutyStatus? only = null;
        if (!string.IsNullOrEmpty(status))
        {
            only = EnumWord.Parse<DutyStatus>(status);
            if (only is null)
            {
                return Bad(RefusalCode.BadQuery, "status", status);
            }
        }

        var today = places.Zone.DayOf(time.GetUtcNow().ToUnixTimeMilliseconds());
        return VenueJson.Answer(new DutiesView(today, [.. DutiesRule.Check(places, venues.All(), today)
            .Where(d => (string.IsNullOrEmpty(county) || d.Code == county) && (only is null || d.Status == only))]));
    }

    private static IResult Bad(RefusalCode code, string field, string? got) =>
        VenueJson.Problem(StatusCodes.Status400BadRequest, code, field, got);
}

/// <summary>Which standings are wanted.</summary>
internal sealed record VenueStandingsQuery
{
    public string? Day { get; init; }

    public string? Window { get; init; }

    public bool? Projected { get; init; }

    public string? Kind { get; init; }

    public string? County { get; init; }

    public string? Standing { get; init; }

    public int? Page { get; init; }

    public int? PageSize { get; init; }
}

/// <summary>Which channels' sales are wanted.</summary>
internal sealed record ChannelSalesQuery
{
    public string? Window { get; init; }

    public string? County { get; init; }
}

/// <summary>A page of standings of venues.</summary>
/// <param name="Day">The day as of which they are.</param>
/// <param name="Page">The page, from 1.</param>
/// <param name="PageSize">Most rows of a page.</param>
/// <param name="Total">Rows of all pages.</param>
/// <param name="Items">The rows, by venue.</param>
internal sealed record VenueStandingsPage(
    DateOnly Day, int Page, int PageSize, int Total, IReadOnlyList<VenueStandingRow> Items);

/// <summary>The checklist of duties.</summary>
internal sealed record DutiesView(DateOnly Today, IReadOnlyList<DutyLine> Duties);
