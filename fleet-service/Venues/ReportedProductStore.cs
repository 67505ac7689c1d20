using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.ProductSales;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Venues;

/// <summary>
/// Looks reported products up in the catalogue, and tells the public where they were sold. The caller brings the
/// connection and the transaction.
/// </summary>
internal static class ReportedProductStore
{
    /// <summary>Which of the products a document names cannot be; null when all can.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="stated">What the document states.</param>
    /// <param name="period">The document's period, Unix milliseconds UTC, the end not inside.</param>
    public static Refusal? Check(
        SqliteConnection connection, StatedAmounts stated, (long FromUtcMs, long ToUtcMs) period)
    {
        foreach (var product in stated.Products)
        {
            if (!Exists(connection, product.ProductId))
            {
                return new Refusal(RefusalCode.NoSuchProduct, "products", product.ProductId);
            }

            if (product.AidFen > 0 && !IsListed(connection, product.ProductId, period, null))
            {
                return new Refusal(RefusalCode.ProductNotListed, "products", product.ProductId);
            }
        }

        return null;
    }

    /// <summary>True when one of some counties had listed the product on a day of the period.</summary>
    public static bool IsListed(
        SqliteConnection connection, string productId, (long FromUtcMs, long ToUtcMs) period,
        IReadOnlySet<string>? counties)
    {
        using var query = new Statement(connection, """
            SELECT recognised_by FROM listings
            WHERE product_id = ?1 AND from_utc_ms < ?3 AND (to_utc_ms IS NULL OR to_utc_ms > ?2)
            """);
        query.Set(1, productId).Set(2, period.FromUtcMs).Set(3, period.ToUtcMs);
        while (query.Next())
        {
            if (counties is null || counties.Contains(query.Text(0)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Says when a venue sold each of some products last, after a report was taken.</summary>
    public static void TellPlaces(
        SqliteConnection connection, VenueModel venue, IEnumerable<CountedProduct> products, BusinessZone zone)
    {
        using var places = new ProductPlaceTable(connection);
        foreach (var product in products)
        {
            var day = SalesReportTable.LastSold(connection, venue.VenueId, product.ProductId);
            places.SetVenue(
                venue.Kind, venue.VenueId, product.ProductId, day is { } sold ? zone.StartOfUtcMs(sold) : null);
        }
    }

    private static bool Exists(SqliteConnection connection, string productId)
    {
        using var query = new Statement(connection, "SELECT 1 FROM products WHERE product_id = ?1");
        query.Set(1, productId);
        return query.Next();
    }
}
