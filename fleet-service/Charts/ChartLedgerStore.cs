using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Charts;

/// <summary>Where the rollups stand in the ledger.</summary>
/// <param name="Generation">The ledger's generation that they are of.</param>
/// <param name="Position">The last entry read.</param>
/// <param name="CorrectionId">The last correction read.</param>
internal sealed record ChartCursor(string Generation, long Position, long CorrectionId);

/// <summary>
/// Reads the ledger for the rollups. The only place of this folder that knows the ledger's tables. Reads within the
/// caller's transaction.
/// </summary>
internal static class ChartLedgerStore
{
    /// <summary>
    /// The next stretch; null when everything was read. Corrections and changes of refunds come when no entry is left:
    /// then every sale they speak of has been read.
    /// </summary>
    public static ChartStretch? Read(FleetConnection connection, ChartCursor cursor)
    {
        if (LedgerChangeStore.Entries(connection, cursor.Position, ChartLimits.EntriesPerStep) is { } read)
        {
            return new ChartStretch(
                read.Sales, ReadRefunds(connection, read.Refunds), read.Position, cursor.CorrectionId, 0);
        }

        var (sales, correction) = LedgerChangeStore.Corrections(
            connection, cursor.CorrectionId, ChartLimits.ChangesPerStep);
        var (changed, change) = LedgerChangeStore.RefundChanges(
            connection, "chart_refund_changes", ChartLimits.ChangesPerStep);
        return correction == cursor.CorrectionId && change == 0
            ? null
            : new ChartStretch(sales, ReadRefunds(connection, changed), cursor.Position, correction, change);
    }

    private static List<ChartRefundChange> ReadRefunds(FleetConnection connection, IReadOnlyList<long> positions)
    {
        using var query = connection.Prepare("""
            SELECT e.utc_ms, r.refund_day, r.cabinet_id, r.sale_assignment, r.class, r.amount_fen
            FROM refunds r JOIN entries e ON e.position = r.position
            WHERE r.position = ?1 AND r.sale_position IS NOT NULL
            """);
        using var counted = connection.Prepare("""
            SELECT hour_utc_ms, business_day, cabinet_id, assignment_id, class, amount_fen
            FROM chart_refunds WHERE position = ?1
            """);
        return [.. positions.Distinct().Select(position => new ChartRefundChange(
            position, Refund(counted.Set(1, position), static hour => hour),
            Refund(query.Set(1, position), ChartRule.HourOf)))];
    }

    private static ChartRefund? Refund(Statement row, Func<long, long> hourOf)
    {
        var refund = row.Next()
            ? new ChartRefund(
                new ChartKey(hourOf(row.Long(0)), (int)row.Long(1), row.Text(2), row.Long(3), (byte)row.Long(4)),
                row.Long(5))
            : null;
        row.Reset();
        return refund;
    }
}
