using System.Globalization;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Writes the whole catalogue in the columns of the import: imported again it changes nothing. A product takes as many
/// rows as it has mappings or listings, whichever are more, at least one; its record stands in the first. Thread-safe.
/// </summary>
internal sealed class CatalogueExport(CurrentCatalogue current, PlacesDataSet places)
{
    private const string SheetName = "catalogue";

    private static readonly string[] Columns =
        [.. CatalogueRowReader.RequiredColumns, .. CatalogueRowReader.OptionalColumns];

    private readonly CatalogueTimes _times = new(places.Zone);

    /// <summary>Writes CSV, or a sheet; says which version it is.</summary>
    public (long Version, byte[] Bytes) Write(bool isSheet)
    {
        var state = current.Snapshot.Index.State;
        var rows = Rows(state);
        return (state.Version,
            isSheet ? TableWriter.Xlsx(SheetName, Columns, rows) : TableWriter.Csv(Columns, rows));
    }

    /// <summary>The rows of a state, by product.</summary>
    public IEnumerable<IReadOnlyList<string>> Rows(CatalogueState state)
    {
        var listings = state.Listings.ToLookup(l => l.ProductId, StringComparer.Ordinal);
        var mappings = state.Mappings.ToLookup(m => m.ProductId, StringComparer.Ordinal);
        foreach (var product in state.Products.OrderBy(p => p.ProductId, StringComparer.Ordinal))
        {
            var listed = listings[product.ProductId].OrderBy(l => l.RecognisedBy, StringComparer.Ordinal)
                .ThenBy(l => l.InForce.FromUtcMs).ToList();
            var mapped = mappings[product.ProductId].OrderBy(m => m.OperatorId, StringComparer.Ordinal)
                .ThenBy(m => m.Sku, StringComparer.Ordinal).ThenBy(m => m.InForce.FromUtcMs).ToList();
            for (var i = 0; i < Math.Max(1, Math.Max(listed.Count, mapped.Count)); i++)
            {
                yield return Row(
                    product, mapped.ElementAtOrDefault(i), listed.ElementAtOrDefault(i),
                    i == 0 ? product.Details : ProductDetails.None);
            }
        }
    }

    private string[] Row(Product product, SkuMapping? mapping, Listing? listing, ProductDetails d) =>
    [
        mapping?.Sku ?? "",
        product.Name,
        product.ProductId,
        mapping?.OperatorId ?? "",
        listing?.RecognisedBy ?? "",
        listing is null ? "" : _times.Shown(listing.InForce.FromUtcMs),
        listing is null ? "" : End(listing.InForce),
        mapping is null || mapping.InForce.FromUtcMs == 0 ? "" : _times.Shown(mapping.InForce.FromUtcMs),
        mapping is null || mapping.InForce.ToUtcMs is null ? "" : End(mapping.InForce),
        d.RecognisingCounty ?? "",
        d.Batch ?? "",
        d.Supplier ?? "",
        d.ValueFen is { } fen ? WanYuan.Format(fen) : "",
        d.PeopleHelped?.ToString(CultureInfo.InvariantCulture) ?? "",
        d.Helping is { } way ? CatalogueRowReader.Word(way) : "",
        Items(d.Evidence),
        Items(d.Pictures),
        d.Introduction ?? "",
        d.WhereToBuy ?? "",
    ];

    private string End(InForce span) => span.ToUtcMs is { } to ? _times.Shown(to) : CatalogueTimes.Open;

    private static string Items(string? lines) =>
        lines?.Replace(ProductDetails.ItemSeparator, ProductRules.FieldItemSeparator) ?? "";
}
