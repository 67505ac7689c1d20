using KioskFleet.Service.Access;
using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Catalogue;

/// <summary>The HTTP interface of the catalogue as a whole: import, export, versions, progress.</summary>
internal static class CatalogueEndpoints
{
    private const int MaxSourceLength = 200;

    /// <summary>Maps everything of the catalogue.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1").WithTags("Catalogue");
        ProductEndpoints.Map(group);
        ProposalEndpoints.Map(group);
        PublicEndpoints.Map(group);
        group.MapPost("/catalogue/import", ImportAsync)
            .RequireAuthorization(AccessPolicies.Write)
            .Accepts<string>("text/csv", TableWriter.XlsxType, "application/octet-stream")
            .WithName("ImportCatalogue")
            .WithSummary("Imports products, listings and SKU mappings from CSV (UTF-8 or GB18030) or xlsx")
            .WithDescription(
                "Columns: sku, product_name (required; a row that names its product_id may leave sku empty); "
                + "product_id, operator (empty: any), recognised_by (GB/T 2260, or national), listed_from, listed_to "
                + "(empty or open: no end), mapped_from, mapped_to, recognising_county, batch, supplier, "
                + "value_wan_yuan (万元), people_helped, helping (工资性, 资产性, 经营性), evidence and pictures (items "
                + "separated by |), introduction, where_to_buy. A day means its first moment in the data set's zone; a "
                + "moment needs its offset; ends are not included. Once a cabinet was ever enrolled, what begins or "
                + "ends before now takes a correction by two persons. Good rows go in, every refused row is listed "
                + "with line and reason; the same file again changes nothing.")
            .Produces<ImportReport>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        group.MapGet("/catalogue/export", Export)
            .WithName("ExportCatalogue")
            .WithSummary("The whole catalogue in the columns of the import; 'format' is csv (default) or xlsx")
            .Produces(StatusCodes.Status200OK, contentType: "text/csv", additionalContentTypes: TableWriter.XlsxType)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/catalogue/progress", (ProgressStore progress) => CatalogueAnswers.Json(progress.Read()))
            .WithName("GetCatalogueProgress")
            .WithSummary("Each county's recognised products against its target, and how many are in each step")
            .Produces<CatalogueProgress>();
        group.MapGet("/catalogue/versions", Versions)
            .WithName("GetCatalogueVersions")
            .WithSummary("Versions of the catalogue, newest first: who made them from what, and what they affect")
            .Produces<CataloguePage<ShownVersion>>().ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> ImportAsync(
        HttpContext http, CatalogueImporter importer, string? source, CancellationToken cancellationToken)
    {
        var bytes = await UploadBody.ReadAsync(http, CatalogueLimits.MaxImportBytes, cancellationToken);
        if (bytes is null)
        {
            return CatalogueAnswers.Problem(TableProblem.TooLarge, $"> {CatalogueLimits.MaxImportBytes}");
        }

        var outcome = await importer.ImportAsync(
            bytes, AccessPolicies.Actor(http.User), Named(source), cancellationToken);
        return outcome switch
        {
            ImportOutcome.Imported imported => CatalogueAnswers.Json(imported.Report),
            ImportOutcome.Refused refused => CatalogueAnswers.Problem(refused.Problem, refused.Got),
            _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer."),
        };
    }

    private static IResult Export(CatalogueExport export, HttpContext http, string? format)
    {
        if (format is not (null or "csv" or "xlsx"))
        {
            return CatalogueAnswers.BadQuery("format", format);
        }

        var isSheet = format == "xlsx";
        var (version, bytes) = export.Write(isSheet);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(
            bytes,
            isSheet ? TableWriter.XlsxType : TableWriter.CsvType,
            $"catalogue-{version}.{(isSheet ? "xlsx" : "csv")}");
    }

    private static IResult Versions(CatalogueVersionPages pages, int? page, int? pageSize) =>
        CatalogueAnswers.PageProblem(page, pageSize)
        ?? CatalogueAnswers.Json(pages.Read(PageAsked.Of(page, pageSize)));

    private static string Named(string? source) => source is { Length: > 0 and <= MaxSourceLength }
        && !source.Any(char.IsControl) ? source : "upload";
}
