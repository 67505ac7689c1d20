using KioskFleet.Service.Storage;

namespace KioskFleet.Service.ProductSales;

/// <summary>
/// Clears older editions away in bounded steps, so that nobody waits long for the turn to write; first it tells the
/// public the places of the edition that is served now. The caller brings the transaction.
/// </summary>
internal static class ClearedEditionStore
{
    /// <summary>True when there is something to clear.</summary>
    public static bool HasWork(FleetConnection connection)
    {
        // The served edition and a newer one in the making stay.
        using var query = connection.Prepare($"SELECT EXISTS ({Stale})");
        query.Next();
        return query.Long(0) != 0;
    }

    /// <summary>Does one step. Each kind of row is done before the next one begins; the edition is last.</summary>
    public static void Step(FleetConnection connection)
    {
        if (TellPlaces(connection))
        {
            return;
        }

        string[] kinds =
        [
            $"""
            DELETE FROM product_places WHERE (product_id, place_kind, place_id) IN (
              SELECT product_id, place_kind, place_id FROM product_places WHERE edition IN ({Stale}) LIMIT ?1)
            """,
            $"""
            DELETE FROM product_sales_places WHERE (edition, product_id, cabinet_id) IN (
              SELECT edition, product_id, cabinet_id FROM product_sales_places WHERE edition IN ({Stale}) LIMIT ?1)
            """,
            $"""
            DELETE FROM product_sales_refunds WHERE (edition, position) IN (
              SELECT edition, position FROM product_sales_refunds WHERE edition IN ({Stale}) LIMIT ?1)
            """,
            $"""
            DELETE FROM product_sales
            WHERE (edition, business_day, county_code, operator_id, product_id, class, is_of_city) IN (
              SELECT edition, business_day, county_code, operator_id, product_id, class, is_of_city
              FROM product_sales WHERE edition IN ({Stale}) LIMIT ?1)
            """,
            $"DELETE FROM product_sales_editions WHERE edition IN ({Stale} LIMIT ?1)",
        ];
        foreach (var sql in kinds)
        {
            using var delete = connection.Prepare(sql);
            if (delete.Set(1, (long)ProductSalesLimits.ClearedPerStep).Run() > 0)
            {
                return;
            }
        }
    }

    private const string Stale = """
        SELECT s.edition FROM product_sales_editions s
        WHERE s.is_served = 0 AND s.edition < (SELECT max(m.edition) FROM product_sales_editions m)
        """;

    /// <summary>Moves places of the served edition to what the public is told; false when all were moved.</summary>
    private static bool TellPlaces(FleetConnection connection)
    {
        var moved = new List<(long Edition, string Product, string Cabinet, long UtcMs, long Price)>();
        using (var query = connection.Prepare("""
            SELECT p.edition, p.product_id, p.cabinet_id, p.last_sold_utc_ms, p.unit_price_fen
            FROM product_sales_editions s JOIN product_sales_places p ON p.edition = s.edition
            WHERE s.is_served = 1 LIMIT ?1
            """))
        {
            query.Set(1, (long)ProductSalesLimits.ClearedPerStep);
            while (query.Next())
            {
                moved.Add((query.Long(0), query.Text(1), query.Text(2), query.Long(3), query.Long(4)));
            }
        }

        using var places = new ProductPlaceTable(connection);
        using var forget = connection.Prepare("""
            DELETE FROM product_sales_places WHERE edition = ?1 AND product_id = ?2 AND cabinet_id = ?3
            """);
        foreach (var (edition, product, cabinet, utcMs, price) in moved)
        {
            places.PutCabinet(edition, product, cabinet, utcMs, price);
            forget.Set(1, edition).Set(2, product).Set(3, cabinet).Run();
        }

        places.Flush();
        return moved.Count > 0;
    }
}
