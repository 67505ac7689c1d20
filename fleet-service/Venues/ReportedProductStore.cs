using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;
using KioskFleet.Service.ProductSales;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Venues;

/// <summary>
/// Looks reported products up in the catalogue, and tells the public where they were sold. The caller brings the
/// connection and the transaction.
/// </summary>
internal static class ReportedProductStore
{
    /// <summary>What was true of some products over all time, by id; one that nobody ever named is not in it.</summary>
    public static IReadOnlyDictionary<string, SkuTimeline> FactsOf(
        FleetConnection connection, PlacesDataSet places, IEnumerable<string> productIds)
    {
        var known = productIds.Where(id => Exists(connection, id)).ToList();
        var counting = CatalogueStore.Counting(connection);
        var index = new CatalogueIndex(new CatalogueState(
            0, [], [.. known.SelectMany(id => Listings(connection, id))], [])
        {
            Blocks = [.. known.SelectMany(id => Blocks(connection, id))],
            Counting = counting.IsEmpty
                ? [CatalogueStore.FirstTerms(places, CatalogueStore.Version(connection))] : counting,
        });
        return known.ToDictionary(id => id, index.TimelineOfProduct, StringComparer.Ordinal);
    }

    /// <summary>Says when a venue sold each of some products last, after a report was taken.</summary>
    public static void TellPlaces(
        FleetConnection connection, VenueModel venue, IEnumerable<CountedProduct> products, BusinessZone zone)
    {
        using var places = new ProductPlaceTable(connection);
        foreach (var product in products)
        {
            var day = SalesReportTable.LastSold(connection, venue.VenueId, product.ProductId);
            places.SetVenue(
                venue.Kind, venue.VenueId, product.ProductId, day is { } sold ? zone.StartOfUtcMs(sold) : null);
        }
    }

    private static List<Listing> Listings(FleetConnection connection, string productId)
    {
        using var query = connection.Prepare("""
            SELECT recognised_by, from_utc_ms, to_utc_ms FROM listings WHERE product_id = ?1
            """);
        query.Set(1, productId);
        var listings = new List<Listing>();
        while (query.Next())
        {
            listings.Add(new Listing(productId, query.Text(0), new InForce(query.Long(1), query.LongOrNull(2))));
        }

        return listings;
    }

    private static List<ProductBlock> Blocks(FleetConnection connection, string productId)
    {
        using var query = connection.Prepare("""
            SELECT suspended_by, from_utc_ms, to_utc_ms FROM product_blocks WHERE product_id = ?1
            """);
        query.Set(1, productId);
        var blocks = new List<ProductBlock>();
        while (query.Next())
        {
            blocks.Add(new ProductBlock(productId, query.Text(0), new InForce(query.Long(1), query.LongOrNull(2))));
        }

        return blocks;
    }

    private static bool Exists(FleetConnection connection, string productId)
    {
        using var query = connection.Prepare("SELECT 1 FROM products WHERE product_id = ?1");
        query.Set(1, productId);
        return query.Next();
    }
}
