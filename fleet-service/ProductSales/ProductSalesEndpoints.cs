using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Http;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.ProductSales;

/// <summary>The HTTP interface of sales by product.</summary>
internal static class ProductSalesEndpoints
{
    private const string Windows = "'window' is a day (2026-11-05), week (2026-W45), month (2026-11), quarter "
        + "(2026-Q4), trailing-N or since-launch; without it the present month. 'class' is aid, ordinary or unmapped. "
        + "Refunds are on the day of the sale they reverse. 'asOf' says how far the ledger was read.";

    private static readonly TwoLanguages Texts = new("KioskFleet.Service.ProductSales.ProductSalesText");

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Maps the pages and the lists of the products sold most.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/product-sales").WithTags("ProductSales");
        group.MapGet("", Page)
            .WithName("GetProductSales")
            .WithSummary("What cabinets sold by product and class in a window, from signed journals; pages of at most "
                + "500")
            .WithDescription(Windows)
            .Produces<ProductSalesPage>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/top", Top)
            .WithName("GetTopProducts")
            .WithSummary("The products sold most in a window, by net amount or by pieces ('by')")
            .WithDescription(Windows)
            .Produces<TopProducts>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static IResult Page(
        ProductSalesPageStore store, PlacesDataSet places, TimeProvider time, [AsParameters] ProductSalesQuery asked)
    {
        var (filter, problem) = Filter(asked, places, time);
        if (filter is null)
        {
            return problem!;
        }

        if (asked.Page is < 1 or > ProductSalesLimits.MaxPage)
        {
            return Problem("BadPage", "page", $"{asked.Page}");
        }

        if (asked.PageSize is < 1 or > ProductSalesLimits.MaxPageSize)
        {
            return Problem("BadPage", "pageSize", $"{asked.PageSize}");
        }

        var (page, pageSize) = (asked.Page ?? 1, asked.PageSize ?? ProductSalesLimits.DefaultPageSize);
        var (rows, count, sum, asOf) = store.Page(filter, page, pageSize);
        return Results.Json(
            new ProductSalesPage(Shown(filter.Window, places), asOf, page, pageSize, count, sum, rows), Json);
    }

    private static IResult Top(
        ProductSalesPageStore store, PlacesDataSet places, TimeProvider time, [AsParameters] TopProductsQuery asked)
    {
        var (filter, problem) = Filter(
            new ProductSalesQuery
            {
                Window = asked.Window,
                County = asked.County,
                Operator = asked.Operator,
                Class = asked.Class ?? "aid",
            },
            places, time);
        if (filter is null)
        {
            return problem!;
        }

        if (asked.By is not null and not "net" and not "pieces")
        {
            return Problem("BadOrder", "by", asked.By);
        }

        if (asked.Count is < 1 or > ProductSalesLimits.MaxTop)
        {
            return Problem("BadPage", "count", $"{asked.Count}");
        }

        var (rows, asOf) = store.Top(filter, asked.By == "pieces", asked.Count ?? ProductSalesLimits.DefaultTop);
        return Results.Json(new TopProducts(Shown(filter.Window, places), asOf, rows), Json);
    }

    private static (ProductSalesFilter? Filter, IResult? Problem) Filter(
        ProductSalesQuery asked, PlacesDataSet places, TimeProvider time)
    {
        var today = places.Zone.DayOf(time.GetUtcNow().ToUnixTimeMilliseconds());
        var window = string.IsNullOrEmpty(asked.Window)
            ? JudgingWindow.Of("month", today)
            : JudgingWindow.Parse(asked.Window, today);
        if (window is null)
        {
            return (null, Problem("BadWindow", "window", asked.Window!));
        }

        if (!string.IsNullOrEmpty(asked.County) && places.CountyOf(asked.County) is null)
        {
            return (null, Problem("BadCounty", "county", asked.County));
        }

        ProductClass? wanted = null;
        if (!string.IsNullOrEmpty(asked.Class))
        {
            wanted = EnumWord.Parse<ProductClass>(asked.Class);
            if (wanted is null)
            {
                return (null, Problem("BadClass", "class", asked.Class));
            }
        }

        return (new ProductSalesFilter(window, asked.County, asked.Operator, asked.Product, wanted), null);
    }

    private static ShownWindow Shown(JudgingWindow window, PlacesDataSet places) =>
        new(window.Name, window.From, window.To, places.Zone.Id);

    private static IResult Problem(string text, string field, string got)
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

/// <summary>The query of a page.</summary>
internal sealed record ProductSalesQuery
{
    public string? Window { get; init; }

    public string? County { get; init; }

    public string? Operator { get; init; }

    public string? Product { get; init; }

    public string? Class { get; init; }

    public int? Page { get; init; }

    public int? PageSize { get; init; }
}

/// <summary>The query of a list of the products sold most.</summary>
internal sealed record TopProductsQuery
{
    public string? Window { get; init; }

    public string? County { get; init; }

    public string? Operator { get; init; }

    public string? Class { get; init; }

    public string? By { get; init; }

    public int? Count { get; init; }
}

/// <summary>A page of sales by product.</summary>
/// <param name="Window">The window of the days of sale.</param>
/// <param name="AsOf">How far the ledger was read.</param>
/// <param name="Page">The page, from 1.</param>
/// <param name="PageSize">Most rows of a page.</param>
/// <param name="Total">Rows of all pages.</param>
/// <param name="Sum">Of all pages.</param>
/// <param name="Items">The rows, by product, class and recognition.</param>
internal sealed record ProductSalesPage(
    ShownWindow Window, ProductSalesAsOf AsOf, int Page, int PageSize, long Total, ProductAmounts Sum,
    IReadOnlyList<ProductSalesRow> Items);

/// <summary>The products sold most.</summary>
internal sealed record TopProducts(ShownWindow Window, ProductSalesAsOf AsOf, IReadOnlyList<ProductSalesRow> Items);
