using System.Text;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.RecordedSales;

/// <summary>How a products file becomes a catalogue. Immutable.</summary>
internal sealed record RecordedProductsOptions
{
    /// <summary>Header of the product's name.</summary>
    public string ProductColumn { get; init; } = "商品";

    /// <summary>Header of the category.</summary>
    public string CategoryColumn { get; init; } = "大类";

    /// <summary>Header of the second category.</summary>
    public string SubcategoryColumn { get; init; } = "二级类";

    /// <summary>The file's encoding. Default: found out.</summary>
    public RecordedEncoding Encoding { get; init; }

    /// <summary>
    /// The categories of either column whose products count as aid in the replay; recorded data knows no aid, so
    /// without any all products are ordinary.
    /// </summary>
    public IReadOnlySet<string> AidCategories { get; init; } = new HashSet<string>();

    /// <summary>Who recognised the aid products; required with <see cref="AidCategories"/>.</summary>
    public CountyCode? AidCounty { get; init; }

    /// <summary>The business day from which all rows are in force; by default before any recorded sale.</summary>
    public DateOnly ListedFrom { get; init; } = new(2000, 1, 1);
}

/// <summary>A products file as catalogue rows. Immutable.</summary>
/// <param name="Rows">A row per product, in the order of the file.</param>
/// <param name="Refused">The rows that became nothing.</param>
/// <param name="UnusedAidCategories">Categories that were asked to be aid and that no product has.</param>
internal sealed record RecordedProducts(
    IReadOnlyList<CatalogueRow> Rows, IReadOnlyList<RefusedRow> Refused, IReadOnlyList<string> UnusedAidCategories)
{
    /// <summary>Reads a products file; gives the rows, or what is wrong with header or options.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static (RecordedProducts? Products, string? Problem) Load(string path, RecordedProductsOptions options)
    {
        using var stream = File.OpenRead(path);
        return Load(stream, options);
    }

    /// <summary>Reads a stream that can seek; gives the rows, or what is wrong with header or options.</summary>
    public static (RecordedProducts? Products, string? Problem) Load(Stream stream, RecordedProductsOptions options)
    {
        if (options.AidCategories.Count > 0 && options.AidCounty is null)
        {
            return (null, "Aid categories need the county that recognised them.");
        }

        var (table, problem) = RecordedTable.Open(
            stream, options.Encoding, [options.ProductColumn, options.CategoryColumn, options.SubcategoryColumn]);
        return table is null ? (null, problem) : (Read(table, options), null);
    }

    private static RecordedProducts Read(RecordedTable table, RecordedProductsOptions options)
    {
        var rows = new List<CatalogueRow>();
        var refused = new List<RefusedRow>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var unused = new SortedSet<string>(options.AidCategories, StringComparer.Ordinal);
        foreach (var row in table.Rows())
        {
            if ((row.Fault ?? Check(row[options.ProductColumn], seen)) is { } refusal)
            {
                refused.Add(row.Refuse(refusal, null));
                continue;
            }

            string[] categories = [row[options.CategoryColumn], row[options.SubcategoryColumn]];
            unused.ExceptWith(categories);
            rows.Add(ToCatalogue(row[options.ProductColumn], categories.Any(options.AidCategories.Contains), options));
        }

        return new RecordedProducts(rows, refused, [.. unused]);
    }

    private static CatalogueRow ToCatalogue(string name, bool isAid, RecordedProductsOptions options) => new()
    {
        Sku = RecordedSku.Of(name),
        ProductName = name,
        Kind = isAid ? CatalogueKind.Aid : CatalogueKind.Ordinary,
        RecognisingCounty = isAid ? options.AidCounty : null,
        ListedFrom = options.ListedFrom,
    };

    private static (RefusalReason, string)? Check(string name, HashSet<string> seen) =>
        name.Length == 0 ? (RefusalReason.MissingValue, "The product's name is empty.")
        : Encoding.UTF8.GetByteCount(name) > Limits.MaxTextBytes
            ? (RefusalReason.TextTooLong, $"'{name}' is longer than {Limits.MaxTextBytes} bytes.")
        : !seen.Add(name) ? (RefusalReason.DuplicateProduct, $"'{name}' is named by an earlier row.")
        : null;
}
