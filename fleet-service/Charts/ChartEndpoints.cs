using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Http;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Charts;

/// <summary>The HTTP interface of charts.</summary>
internal static class ChartEndpoints
{
    private const string Description = "'from' and 'to' are business days, both inside; without them the last 7 days. "
        + "'step' is hour (at most 31 days) or day (at most 400); 'by' is all, class, county, operator or cabinet; at "
        + "most 20,000 points. Points without sales and refunds are left out. Sales and refunds are at their own "
        + "corrected time and by the class that they count as now; 'asOf' says how far the ledger was read. For "
        + "looking, never for judging: standings net refunds otherwise.";

    private const int DefaultDays = 7;
    private const string DayFormat = "yyyy-MM-dd";

    private static readonly TwoLanguages Texts = new("KioskFleet.Service.Charts.ChartText");

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    /// <summary>Maps the sums of sales.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/charts/sales", Sales)
        .WithTags("Charts")
        .WithName("GetSalesChart")
        .WithSummary("Sales and refunds by the hour or day, cut by class, county, operator or cabinet")
        .WithDescription(Description)
        .Produces<SalesChart>()
        .ProducesProblem(StatusCodes.Status400BadRequest);

    private static IResult Sales(
        ChartPageStore store, PlacesDataSet places, TimeProvider time, [AsParameters] SalesChartQuery asked)
    {
        var today = places.Zone.DayOf(time.GetUtcNow().ToUnixTimeMilliseconds());
        var to = string.IsNullOrEmpty(asked.To) ? today : DayOf(asked.To);
        var from = !string.IsNullOrEmpty(asked.From) ? DayOf(asked.From) : to?.AddDays(1 - DefaultDays);
        if (from is null || to is null || to < from || to == DateOnly.MaxValue)
        {
            return Problem("BadDay", to is null ? "to" : "from", to is null ? asked.To : asked.From);
        }

        if (asked.Step is not (null or "" or "hour" or "day"))
        {
            return Problem("BadStep", "step", asked.Step);
        }

        var by = string.IsNullOrEmpty(asked.By) ? ChartBy.All : EnumWord.Parse<ChartBy>(asked.By);
        if (by is null)
        {
            return Problem("BadBy", "by", asked.By);
        }

        var isByHour = asked.Step == "hour";
        var days = to.Value.DayNumber - from.Value.DayNumber + 1;
        if (days > (isByHour ? ChartLimits.MaxDaysByHour : ChartLimits.MaxDaysByDay))
        {
            return Problem("BadRange", "from", asked.From);
        }

        var wanted = string.IsNullOrEmpty(asked.Class) ? null : EnumWord.Parse<ProductClass>(asked.Class);
        if (wanted is null && !string.IsNullOrEmpty(asked.Class))
        {
            return Problem("BadClass", "class", asked.Class);
        }

        if (!string.IsNullOrEmpty(asked.County) && places.CountyOf(asked.County) is null)
        {
            return Problem("BadCounty", "county", asked.County);
        }

        var end = to.Value.AddDays(1);
        var filter = new ChartFilter(
            isByHour, isByHour ? places.Zone.StartOfUtcMs(from.Value) : NumberOf(from.Value),
            isByHour ? places.Zone.StartOfUtcMs(end) : NumberOf(end), by.Value, asked.County, asked.Operator,
            asked.Cabinet, wanted);
        var (points, asOf) = store.Read(filter, ChartLimits.MaxPoints);
        return points.Count > ChartLimits.MaxPoints
            ? Problem("TooManyPoints", "by", asked.By)
            : Results.Json(Chart(filter, from.Value, to.Value, points, asOf, places), Json);
    }

    private static SalesChart Chart(
        ChartFilter filter, DateOnly from, DateOnly to, IReadOnlyList<ChartPoint> points, ChartAsOf asOf,
        PlacesDataSet places) => new(
            from, to, filter.IsByHour ? "hour" : "day", JsonNamingPolicy.CamelCase.ConvertName($"{filter.By}"),
            places.Zone.Id, asOf,
            [
                .. points.GroupBy(point => point.Key).Select(series => new SalesChartSeries(
                    series.Key,
                    filter.By == ChartBy.County ? places.CountyOf(series.Key)?.Zh : null,
                    filter.By == ChartBy.County ? places.CountyOf(series.Key)?.En : null,
                    [
                        .. series.Select(point => new SalesChartPoint(
                            At(point.At, filter.IsByHour), point.Sums.SalesFen, point.Sums.Sales,
                            point.Sums.SalesLines, point.Sums.RefundsFen, point.Sums.Refunds)),
                    ])),
            ]);

    private static string At(long at, bool isHour) => isHour
        ? DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
        : new DateOnly((int)(at / 10_000), (int)(at / 100 % 100), (int)(at % 100))
            .ToString(DayFormat, CultureInfo.InvariantCulture);

    private static DateOnly? DayOf(string text) => DateOnly.TryParseExact(
        text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? day
        : null;

    private static long NumberOf(DateOnly day) => day.Year * 10_000 + day.Month * 100 + day.Day;

    private static IResult Problem(string text, string field, string? got)
    {
        var title = Texts[text];
        return Results.Problem(
            title: title.En,
            statusCode: StatusCodes.Status400BadRequest,
            extensions: new Dictionary<string, object?>
            {
                ["titleZh"] = title.Zh,
                ["code"] = JsonNamingPolicy.CamelCase.ConvertName(text),
                ["field"] = field,
                ["got"] = got,
            });
    }
}

/// <summary>The query of a chart.</summary>
internal sealed record SalesChartQuery
{
    /// <summary>First business day.</summary>
    public string? From { get; init; }

    /// <summary>Last business day.</summary>
    public string? To { get; init; }

    /// <summary>hour or day; default day.</summary>
    public string? Step { get; init; }

    /// <summary>all, class, county, operator or cabinet; default all.</summary>
    public string? By { get; init; }

    /// <summary>Of one class.</summary>
    public string? Class { get; init; }

    /// <summary>Of one county.</summary>
    public string? County { get; init; }

    /// <summary>Of one operator.</summary>
    public string? Operator { get; init; }

    /// <summary>Of one cabinet.</summary>
    public string? Cabinet { get; init; }
}

/// <summary>A chart of sales.</summary>
/// <param name="From">First business day.</param>
/// <param name="To">Last business day, inside.</param>
/// <param name="Step">hour or day.</param>
/// <param name="By">What it is cut by.</param>
/// <param name="Zone">The zone of the business days.</param>
/// <param name="AsOf">How far the ledger was read.</param>
/// <param name="Series">By key.</param>
internal sealed record SalesChart(
    DateOnly From, DateOnly To, string Step, string By, string Zone, ChartAsOf AsOf,
    IReadOnlyList<SalesChartSeries> Series);

/// <summary>One line of a chart.</summary>
/// <param name="Key">The class, county, operator or cabinet; empty for all, and for what has no assignment.</param>
/// <param name="NameZh">A county's Chinese name, else null.</param>
/// <param name="NameEn">A county's English name, else null.</param>
/// <param name="Points">By time.</param>
internal sealed record SalesChartSeries(
    string Key, string? NameZh, string? NameEn, IReadOnlyList<SalesChartPoint> Points);

/// <summary>An hour or day. Amounts in fen; refunds positive, by their own time.</summary>
/// <param name="At">The hour's begin in UTC, or the business day.</param>
/// <param name="SalesFen">Paid.</param>
/// <param name="Sales">Sales; of a class, those with a line of it, so that a sale of two classes is in both.</param>
/// <param name="SalesLines">Lines sold.</param>
/// <param name="RefundsFen">Given back.</param>
/// <param name="Refunds">How many refunds.</param>
internal sealed record SalesChartPoint(
    string At, long SalesFen, long Sales, long SalesLines, long RefundsFen, long Refunds);
