using KioskFleet.Service.Storage;

namespace KioskFleet.Service.ProductSales;

/// <summary>
/// The projection's own tables: editions and what a stretch changes in them. The caller brings the connection and, for
/// writing, the transaction.
/// </summary>
internal static class ProductSalesStore
{
    /// <summary>The served edition and the one that is being made.</summary>
    public static (ProductSalesEdition? Served, ProductSalesEdition? Making) Editions(FleetConnection connection)
    {
        using var query = connection.Prepare("""
            SELECT edition, is_served, cause, begun_utc_ms, generation, catalogue_version, position, correction_id,
              latest_sale_utc_ms
            FROM product_sales_editions ORDER BY edition
            """);
        var (served, making) = ((ProductSalesEdition?)null, (ProductSalesEdition?)null);
        while (query.Next())
        {
            var edition = new ProductSalesEdition(
                query.Long(0), query.Long(1) != 0, query.Text(2), query.Long(3),
                new ProductSalesBasis(query.Text(4), query.Long(5)), query.Long(6), query.Long(7), query.Long(8));
            (served, making) = edition.IsServed ? (edition, null) : (served, edition);
        }

        return (served, making);
    }

    /// <summary>Begins an edition. Refunds that changed before are met again with their entries.</summary>
    public static void Begin(
        FleetConnection connection, EditionStep.Begin begin, ProductSalesBasis basis, long nowUtcMs)
    {
        Run(connection, "DELETE FROM product_sales_refund_changes");
        using var insert = connection.Prepare("""
            INSERT INTO product_sales_editions (is_served, cause, begun_utc_ms, generation, catalogue_version,
              position, correction_id, latest_sale_utc_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, 0)
            """);
        insert.Set(1, begin.IsServed ? 1 : 0).Set(2, begin.Cause).Set(3, nowUtcMs).Set(4, basis.Generation)
            .Set(5, basis.CatalogueVersion).Run();
    }

    /// <summary>Shows an edition that has read everything; the older ones are cleared away afterwards.</summary>
    public static void Serve(FleetConnection connection, long edition)
    {
        Run(connection, "UPDATE product_sales_editions SET is_served = 0 WHERE is_served = 1");
        Run(connection, "UPDATE product_sales_editions SET is_served = 1 WHERE edition = ?1", edition);
    }

    /// <summary>
    /// Writes what a stretch changes and moves the cursors. False, and nothing is written, when the edition is not
    /// where the stretch began: another process was faster.
    /// </summary>
    public static bool Apply(
        FleetConnection connection, ProductSalesEdition edition, LedgerStretch stretch, ProductSalesChange change)
    {
        if (Position(connection, edition.Number) != edition.Position)
        {
            return false;
        }

        WriteSums(connection, edition.Number, change);
        WriteRefunds(connection, edition.Number, change);
        WritePlaces(connection, edition, change);
        Run(connection, "DELETE FROM product_sales_refund_changes WHERE change_id <= ?1", stretch.RefundChangeId);
        using var move = connection.Prepare("""
            UPDATE product_sales_editions SET position = ?2, correction_id = ?3, catalogue_version = ?4,
              latest_sale_utc_ms = CASE WHEN ?5 > latest_sale_utc_ms THEN ?5 ELSE latest_sale_utc_ms END
            WHERE edition = ?1
            """);
        move.Set(1, edition.Number).Set(2, stretch.Position).Set(3, stretch.CorrectionId)
            .Set(4, edition.Basis.CatalogueVersion).Set(5, change.LatestSaleUtcMs).Run();
        return true;
    }

    /// <summary>Says that an edition's figures are those of a newer version of the catalogue too.</summary>
    public static void Confirm(FleetConnection connection, ProductSalesEdition edition)
    {
        using var confirm = connection.Prepare(
            "UPDATE product_sales_editions SET catalogue_version = ?2 WHERE edition = ?1");
        confirm.Set(1, edition.Number).Set(2, edition.Basis.CatalogueVersion).Run();
    }

    private static long? Position(FleetConnection connection, long edition)
    {
        using var query = connection.Prepare("SELECT position FROM product_sales_editions WHERE edition = ?1");
        query.Set(1, edition);
        return query.Next() ? query.Long(0) : null;
    }

    private static void WriteSums(FleetConnection connection, long edition, ProductSalesChange change)
    {
        using var upsert = connection.PrepareRows(
            "product_sales",
            """
            edition, business_day, county_code, operator_id, product_id, class, is_of_city, lines, pieces, paid_fen,
            refunded_fen
            """,
            """
            ON CONFLICT (edition, business_day, county_code, operator_id, product_id, class, is_of_city)
            DO UPDATE SET lines = product_sales.lines + excluded.lines,
              pieces = product_sales.pieces + excluded.pieces, paid_fen = product_sales.paid_fen + excluded.paid_fen,
              refunded_fen = product_sales.refunded_fen + excluded.refunded_fen
            """);
        foreach (var (key, sums) in change.Sums.Where(s => s.Value != default))
        {
            upsert.Set(1, edition).Set(2, (long)key.Day).Set(3, key.CountyCode).Set(4, key.OperatorId)
                .Set(5, key.ProductId).Set(6, (long)key.Class).Set(7, key.IsOfCity ? 1 : 0).Set(8, sums.Lines)
                .Set(9, sums.Pieces).Set(10, sums.PaidFen).Set(11, sums.RefundedFen).Add();
        }

        upsert.Flush();
    }

    private static void WriteRefunds(FleetConnection connection, long edition, ProductSalesChange change)
    {
        using var forget = connection.Prepare("DELETE FROM product_sales_refunds WHERE edition = ?1 AND position = ?2");
        using var keep = connection.Prepare("""
            INSERT INTO product_sales_refunds (edition, position, business_day, county_code, operator_id, product_id,
              class, is_of_city, amount_fen)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """);
        foreach (var (position, refund) in change.Refunds)
        {
            forget.Set(1, edition).Set(2, position).Run();
            if (refund is { Key: var key })
            {
                keep.Set(1, edition).Set(2, position).Set(3, (long)key.Day).Set(4, key.CountyCode)
                    .Set(5, key.OperatorId).Set(6, key.ProductId).Set(7, (long)key.Class)
                    .Set(8, key.IsOfCity ? 1 : 0).Set(9, refund.AmountFen).Run();
            }
        }
    }

    /// <summary>A served edition tells at once; one in the making keeps its places until it is served.</summary>
    private static void WritePlaces(
        FleetConnection connection, ProductSalesEdition edition, ProductSalesChange change)
    {
        if (edition.IsServed)
        {
            using var places = new ProductPlaceTable(connection);
            foreach (var ((product, cabinet), (utcMs, unitPriceFen)) in change.Places)
            {
                places.PutCabinet(edition.Number, product, cabinet, utcMs, unitPriceFen);
            }

            places.Flush();
            return;
        }

        using var upsert = connection.PrepareRows(
            "product_sales_places", "edition, product_id, cabinet_id, last_sold_utc_ms, unit_price_fen", """
            ON CONFLICT (edition, product_id, cabinet_id) DO UPDATE SET last_sold_utc_ms = excluded.last_sold_utc_ms,
              unit_price_fen = excluded.unit_price_fen
            WHERE excluded.last_sold_utc_ms >= product_sales_places.last_sold_utc_ms
            """);
        foreach (var ((product, cabinet), (utcMs, unitPriceFen)) in change.Places)
        {
            upsert.Set(1, edition.Number).Set(2, product).Set(3, cabinet).Set(4, utcMs).Set(5, unitPriceFen).Add();
        }

        upsert.Flush();
    }

    private static void Run(FleetConnection connection, string sql, long? parameter = null)
    {
        using var statement = connection.Prepare(sql);
        if (parameter is { } value)
        {
            statement.Set(1, value);
        }

        statement.Run();
    }
}
