namespace KioskFleet.Simulators.CityLoad;

/// <summary>Names the line of a sale that a refund reverses.</summary>
/// <param name="SaleVendId">The vend id of the sale.</param>
/// <param name="SoldAtUtc">The moment of the sale, UTC: standings net the refund against its window.</param>
/// <param name="LineIndex">The line, counted from 0.</param>
/// <param name="Sku">The line's SKU.</param>
internal sealed record RefundedLine(string SaleVendId, DateTimeOffset SoldAtUtc, int LineIndex, string Sku);
