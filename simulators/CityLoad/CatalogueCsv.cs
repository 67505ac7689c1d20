using System.Globalization;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// Writes catalogue rows as the CSV that the fleet service imports: UTF-8, line feed, fields quoted where RFC 4180
/// asks for it, days as <c>yyyy-MM-dd</c> in Asia/Shanghai, an empty field for null.
/// </summary>
internal static class CatalogueCsv
{
    /// <summary>The header line.</summary>
    public const string Header = "sku,product_name,kind,recognising_county,listed_from,listed_to,operator_id";

    /// <summary>Writes header and rows; the writer stays open.</summary>
    public static void Write(TextWriter writer, IEnumerable<CatalogueRow> rows)
    {
        writer.Write(Header + "\n");
        foreach (var row in rows)
        {
            string?[] fields =
            [
                row.Sku,
                row.ProductName,
                row.Kind == CatalogueKind.Aid ? "aid" : "ordinary",
                row.RecognisingCounty?.Value,
                Day(row.ListedFrom),
                row.ListedTo is { } to ? Day(to) : null,
                row.OperatorId,
            ];
            writer.Write(string.Join(',', fields.Select(Quote)) + "\n");
        }
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Quote(string? field)
    {
        field ??= "";
        return field.AsSpan().IndexOfAny("\",\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"")}\"";
    }
}
