using System.Globalization;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Fleet;

/// <summary>
/// Catalogue rows as the CSV that the fleet service imports. A mapping holds since ever; only an aid product has a
/// listing, from its first day to the day on which it ends. Pure.
/// </summary>
internal static class CatalogueUpload
{
    private const string Reason = "The catalogue of a simulated load.";

    private const string Header = "sku,product_name,operator,recognised_by,listed_from,listed_to";

    /// <summary>The file's text.</summary>
    public static string Csv(IEnumerable<CatalogueRow> rows) =>
        string.Concat(rows.Select(Line).Prepend(Header).Select(static line => line + "\n"));

    /// <summary>The products of rows alone: nothing of it lies in the past.</summary>
    public static string ProductsCsv(IEnumerable<CatalogueRow> rows) => string.Concat(
        rows.Select(row => string.Join(',', new[] { "", row.ProductName, ProductId(row) }.Select(Quote)))
            .Distinct().Prepend("sku,product_name,product_id").Select(static line => line + "\n"));

    /// <summary>The same mapping and listing as a row has, each as a correction.</summary>
    public static IEnumerable<object> Corrections(CatalogueRow row)
    {
        var productId = ProductId(row);
        yield return new
        {
            subject = "mapping", productId, sku = row.Sku, operatorId = row.OperatorId, from = "1970-01-01T00:00:00Z",
            to = "open", reason = Reason,
        };
        if (row is { Kind: CatalogueKind.Aid, RecognisingCounty: { } county })
        {
            yield return new
            {
                subject = "listing", productId, recognisedBy = county.Value, from = Day(row.ListedFrom),
                to = row.ListedTo is { } to ? Day(to) : "open", reason = Reason,
            };
        }
    }

    /// <summary>The id that the service gives the product of a row without one.</summary>
    private static string ProductId(CatalogueRow row) =>
        row is { Kind: CatalogueKind.Aid, RecognisingCounty: { } county }
            ? $"{row.ProductName}@{county}"
            : row.ProductName;

    private static string Line(CatalogueRow row)
    {
        var listed = row.Kind == CatalogueKind.Aid;
        string?[] fields =
        [
            row.Sku,
            row.ProductName,
            row.OperatorId,
            listed ? row.RecognisingCounty?.Value : null,
            listed ? Day(row.ListedFrom) : null,
            listed && row.ListedTo is { } to ? Day(to) : null,
        ];
        return string.Join(',', fields.Select(Quote));
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Quote(string? field)
    {
        field ??= "";
        return field.AsSpan().IndexOfAny("\",\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"")}\"";
    }
}
