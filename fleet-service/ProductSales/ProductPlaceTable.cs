using KioskFleet.Service.Ledger;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.ProductSales;

/// <summary>
/// Where each product was sold lately: what the public is told. Belongs to the caller's transaction.
/// </summary>
internal sealed class ProductPlaceTable(SqliteConnection connection) : IDisposable
{
    private const string Cabinet = "cabinet";

    private readonly Statement _put = new(connection, """
        INSERT INTO product_places (product_id, place_kind, place_id, last_sold_utc_ms, unit_price_fen, edition)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT DO UPDATE SET last_sold_utc_ms = excluded.last_sold_utc_ms,
          unit_price_fen = excluded.unit_price_fen, edition = excluded.edition
        WHERE excluded.edition > edition OR excluded.last_sold_utc_ms >= last_sold_utc_ms
        """);

    private readonly Statement _remove = new(connection, """
        DELETE FROM product_places WHERE product_id = ?1 AND place_kind = ?2 AND place_id = ?3
        """);

    /// <summary>Notes a cabinet's sale in an edition; a later sale and a newer edition win.</summary>
    public void PutCabinet(long edition, string productId, string cabinetId, long utcMs, long unitPriceFen) =>
        Put((Cabinet, cabinetId), productId, utcMs, unitPriceFen, edition);

    /// <summary>Says when a venue that is no cabinet sold a product last; null: never, as far as is reported.</summary>
    public void SetVenue(string kind, string venueId, string productId, long? utcMs)
    {
        _remove.Set(1, productId).Set(2, kind).Set(3, venueId).Run();
        if (utcMs is { } sold)
        {
            Put((kind, venueId), productId, sold, 0, 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _put.Dispose();
        _remove.Dispose();
    }

    private void Put((string Kind, string Id) place, string productId, long utcMs, long unitPriceFen, long edition) =>
        _put.Set(1, productId).Set(2, place.Kind).Set(3, place.Id).Set(4, utcMs).Set(5, unitPriceFen).Set(6, edition)
            .Run();
}
