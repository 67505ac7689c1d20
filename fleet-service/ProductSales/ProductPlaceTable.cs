using KioskFleet.Service.Storage;

namespace KioskFleet.Service.ProductSales;

/// <summary>
/// Where each product was sold lately: what the public is told. Belongs to the caller's transaction.
/// </summary>
internal sealed class ProductPlaceTable(FleetConnection connection) : IDisposable
{
    private const string Cabinet = "cabinet";

    private readonly RowWriter _put = connection.PrepareRows(
        "product_places", "product_id, place_kind, place_id, last_sold_utc_ms, unit_price_fen, edition", """
        ON CONFLICT (product_id, place_kind, place_id) DO UPDATE SET last_sold_utc_ms = excluded.last_sold_utc_ms,
          unit_price_fen = excluded.unit_price_fen, edition = excluded.edition
        WHERE excluded.edition > product_places.edition
          OR excluded.last_sold_utc_ms >= product_places.last_sold_utc_ms
        """);

    private readonly Statement _remove = connection.Prepare("""
        DELETE FROM product_places WHERE product_id = ?1 AND place_kind = ?2 AND place_id = ?3
        """);

    /// <summary>
    /// Notes a cabinet's sale in an edition; a later sale and a newer edition win. Each product of a cabinet once until
    /// <see cref="Flush"/> writes it.
    /// </summary>
    public void PutCabinet(long edition, string productId, string cabinetId, long utcMs, long unitPriceFen) =>
        Put((Cabinet, cabinetId), productId, utcMs, unitPriceFen, edition);

    /// <summary>Says when a venue that is no cabinet sold a product last; null: never, as far as is reported.</summary>
    public void SetVenue(string kind, string venueId, string productId, long? utcMs)
    {
        _remove.Set(1, productId).Set(2, kind).Set(3, venueId).Run();
        if (utcMs is { } sold)
        {
            Put((kind, venueId), productId, sold, 0, 0);
            Flush();
        }
    }

    /// <summary>Writes what was noted.</summary>
    public void Flush() => _put.Flush();

    /// <inheritdoc/>
    public void Dispose()
    {
        _put.Dispose();
        _remove.Dispose();
    }

    private void Put((string Kind, string Id) place, string productId, long utcMs, long unitPriceFen, long edition) =>
        _put.Set(1, productId).Set(2, place.Kind).Set(3, place.Id).Set(4, utcMs).Set(5, unitPriceFen).Set(6, edition)
            .Add();
}
