using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Catalogue;

/// <summary>The HTTP interface of the catalogue.</summary>
internal static class CatalogueEndpoints
{
    private const int MaxPage = 1_000_000;
    private const int MaxSourceLength = 200;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Maps products, listings and the import.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1").WithTags("Catalogue");
        group.MapGet("/products", Products)
            .WithName("GetProducts")
            .WithSummary("Products by id; 'contains' looks into name and id; pages of at most 500")
            .Produces<CataloguePage<ShownProduct>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/listings", Listings)
            .WithName("GetListings")
            .WithSummary("Listings by product; 'county' is the recognising county's code; pages of at most 500")
            .Produces<CataloguePage<ShownListing>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapPost("/catalogue/import", ImportAsync)
            .RequireAuthorization("write")
            .Accepts<string>("text/csv")
            .WithName("ImportCatalogue")
            .WithSummary("Imports products, listings and SKU mappings from CSV (UTF-8 or GB18030)")
            .WithDescription(
                "Columns: sku, product_name (required); product_id, operator (empty: any), recognised_by (GB/T 2260), "
                + "listed_from, listed_to, mapped_from, mapped_to. A day means its first moment in the data set's "
                + "zone; a moment needs its offset; ends are not included. Good rows go in, every refused row is "
                + "listed with line and reason; the same file again changes nothing.")
            .Produces<ImportReport>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge);
    }

    private static IResult Products(CataloguePageStore pages, int? page, int? pageSize, string? contains) =>
        PageProblem(page, pageSize)
        ?? Results.Json(pages.Products(page ?? 1, pageSize ?? CatalogueLimits.DefaultPageSize, contains), Json);

    private static IResult Listings(CataloguePageStore pages, int? page, int? pageSize, string? county) =>
        county is not null && !CountyCode.TryParse(county, out _)
            ? Problem(StatusCodes.Status400BadRequest, "BadCounty", "county", county)
            : PageProblem(page, pageSize)
                ?? Results.Json(pages.Listings(page ?? 1, pageSize ?? CatalogueLimits.DefaultPageSize, county), Json);

    private static async Task<IResult> ImportAsync(
        HttpContext context, CatalogueImporter importer, string? source, CancellationToken cancellationToken)
    {
        var bytes = await ReadAsync(context.Request.Body, cancellationToken);
        var outcome = bytes is null
            ? new ImportOutcome.Refused(
                FileProblem.TooLarge, $"> {CatalogueLimits.MaxImportBytes}",
                CatalogueImporter.Texts[nameof(FileProblem.TooLarge)])
            : await importer.ImportAsync(
                bytes, context.User.Identity?.Name ?? "unnamed", Named(source), cancellationToken);
        return outcome switch
        {
            ImportOutcome.Imported imported => Results.Json(imported.Report, Json),
            ImportOutcome.Refused refused => Problem(
                refused.Problem == FileProblem.TooLarge
                    ? StatusCodes.Status413PayloadTooLarge
                    : StatusCodes.Status400BadRequest,
                refused.Problem.ToString(), "file", refused.Got),
            _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer."),
        };
    }

    private static string Named(string? source) => source is { Length: > 0 and <= MaxSourceLength }
        && !source.Any(char.IsControl) ? source : "upload";

    /// <summary>Reads the body, or null when it is larger than an import may be.</summary>
    private static async Task<byte[]?> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        using var whole = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                whole.Write(buffer, 0, read);
                if (whole.Length > CatalogueLimits.MaxImportBytes)
                {
                    return null;
                }
            }

            return whole.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static IResult? PageProblem(int? page, int? pageSize)
    {
        if (page is < 1 or > MaxPage)
        {
            return Problem(StatusCodes.Status400BadRequest, "BadQuery", "page", $"{page}");
        }

        return pageSize is < 1 or > CatalogueLimits.MaxPageSize
            ? Problem(StatusCodes.Status400BadRequest, "BadQuery", "pageSize", $"{pageSize}")
            : null;
    }

    private static IResult Problem(int status, string text, string field, string got)
    {
        var title = CatalogueImporter.Texts[text];
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
}
