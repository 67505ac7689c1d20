using System.Globalization;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Fleet;

/// <summary>
/// Catalogue rows as the CSV that the fleet service imports. A mapping holds since ever; only an aid product has a
/// listing, from its first day to the day on which it ends. Pure.
/// </summary>
internal static class CatalogueUpload
{
    private const string Header = "sku,product_name,operator,recognised_by,listed_from,listed_to";

    /// <summary>The file's text.</summary>
    public static string Csv(IEnumerable<CatalogueRow> rows) =>
        string.Concat(rows.Select(Line).Prepend(Header).Select(static line => line + "\n"));

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
