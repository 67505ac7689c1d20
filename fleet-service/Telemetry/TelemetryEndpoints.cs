using System.Globalization;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Http;

namespace KioskFleet.Service.Telemetry;

/// <summary>What to list.</summary>
internal sealed record TelemetryQuery
{
    /// <summary>A county's code.</summary>
    public string? County { get; init; }

    /// <summary>An operator's id.</summary>
    public string? Operator { get; init; }

    /// <summary>Page from 1.</summary>
    public int? Page { get; init; }

    /// <summary>1 to 1000, default 100.</summary>
    public int? PageSize { get; init; }
}

/// <summary>Which hours to list.</summary>
internal sealed record HourQuery
{
    /// <summary>The first moment; default a day before the last.</summary>
    public string? From { get; init; }

    /// <summary>The last moment; default now.</summary>
    public string? To { get; init; }

    /// <summary>One measure alone.</summary>
    public string? Measure { get; init; }

    /// <summary>Page from 1.</summary>
    public int? Page { get; init; }

    /// <summary>1 to 1000, default 100.</summary>
    public int? PageSize { get; init; }
}

/// <summary>The HTTP interface of telemetry: for looking only.</summary>
internal static class TelemetryEndpoints
{
    /// <summary>The longest time of which hours are listed.</summary>
    public static readonly TimeSpan LongestSpan = TimeSpan.FromDays(31);

    /// <summary>Maps states and hours.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/telemetry/cabinets").WithTags("Telemetry");
        group.MapGet("", List).RequireAuthorization(AccessPolicies.Read).WithName("GetTelemetry")
            .WithSummary("How cabinets are, by id, filtered by county and operator; pages of at most 1000")
            .Produces<ResultPage<TelemetryView>>();
        group.MapGet("/{id}", Show).RequireAuthorization(AccessPolicies.Read).WithName("GetCabinetTelemetry")
            .WithSummary("How one cabinet is, with the stock of its slots")
            .Produces<TelemetryView>().ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/{id}/hours", Hours).RequireAuthorization(AccessPolicies.Read).WithName("GetTelemetryHours")
            .WithSummary("Hours of one cabinet, oldest first: minutes online, temperatures, doors, signal, backlog")
            .Produces<ResultPage<HourView>>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IResult List(FleetRegister register, TelemetryStore store, [AsParameters] TelemetryQuery query)
    {
        var matching = register.Current.Cabinets.Where(cabinet =>
            (query.County is null || cabinet.CurrentAssignment.County.Value == query.County)
            && (query.Operator is null || cabinet.CurrentAssignment.OperatorId == query.Operator)).ToList();
        var page = ResultPage<CabinetModel>.Cut(matching, query.Page, query.PageSize);
        var heard = store.Heard().ToDictionary(one => one.Cabinet);
        return Results.Ok(new ResultPage<TelemetryView>(
            [.. page.Items.Select(cabinet => TelemetryView.Of(PlaceOf(cabinet),
                heard.GetValueOrDefault(cabinet.Id.Value), ReadingsOf(store, cabinet.Id), withStock: false))],
            page.Page, page.PageSize, page.Total));
    }

    private static IResult Show(FleetRegister register, TelemetryStore store, string id)
    {
        if (!CabinetId.TryParse(id, out var cabinetId) || !register.Current.TryGet(cabinetId, out var cabinet))
        {
            return Unknown(id);
        }

        return store.Heard(cabinetId.Value) is { } heard
            ? Results.Ok(TelemetryView.Of(PlaceOf(cabinet), heard, ReadingsOf(store, cabinetId), withStock: true))
            : ApiProblems.Of(ProblemCode.NoTelemetry, StatusCodes.Status404NotFound,
                $"Cabinet '{id}' is registered, and its telemetry never arrived.");
    }

    private static IResult Hours(
        FleetRegister register, TelemetryStore store, TimeProvider time, string id, [AsParameters] HourQuery query)
    {
        if (!CabinetId.TryParse(id, out var cabinet) || !register.Current.TryGet(cabinet, out _))
        {
            return Unknown(id);
        }

        if (Moment(query.To, time.GetUtcNow()) is not { } to)
        {
            return Bad("to", query.To!, "a moment such as 2026-03-02T08:00:00+08:00");
        }

        if (Moment(query.From, to.AddDays(-1)) is not { } from || from >= to || to - from > LongestSpan)
        {
            return Bad("from", query.From ?? "", $"a moment before 'to', at most {LongestSpan.TotalDays} days");
        }

        var measure = EnumWord.Parse<HourMeasure>(query.Measure);
        if (query.Measure is not null && measure is null)
        {
            return Bad("measure", query.Measure, string.Join(", ", Enum.GetNames<HourMeasure>()));
        }

        var hours = store.Hours(cabinet.Value, from.ToUnixTimeMilliseconds() / TelemetryHour.Milliseconds,
                (to.ToUnixTimeMilliseconds() + TelemetryHour.Milliseconds - 1) / TelemetryHour.Milliseconds)
            .Where(kept => measure is null || kept.Key.Measure == measure).Select(HourView.Of).ToList();
        return Results.Ok(ResultPage<HourView>.Cut(hours, query.Page, query.PageSize));
    }

    private static (string, string, string) PlaceOf(CabinetModel cabinet) => (
        cabinet.Id.Value, cabinet.CurrentAssignment.OperatorId, cabinet.CurrentAssignment.County.Value);

    private static List<StoredReading> ReadingsOf(TelemetryStore store, CabinetId cabinet) =>
        [.. store.StatesOf(cabinet.Value).Select(state => state.Reading)];

    /// <summary>A moment with its offset; one without counts in UTC.</summary>
    private static DateTimeOffset? Moment(string? text, DateTimeOffset absent) => text is null ? absent
        : DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var moment) && moment >= DateTimeOffset.UnixEpoch.AddYears(1) ? moment
        : null;

    private static IResult Unknown(string id) => ApiProblems.Of(
        ProblemCode.CabinetUnknown, StatusCodes.Status404NotFound, $"There is no cabinet '{id}'.");

    private static IResult Bad(string field, string got, string takes) => ApiProblems.Of(
        ProblemCode.Invalid, StatusCodes.Status400BadRequest, $"{field}: got '{got}'; takes {takes}.",
        ("field", field), ("got", got));
}
