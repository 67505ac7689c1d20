using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Charts;

/// <summary>
/// The rollups' own tables: the cursor, and what a stretch changes. All move in the caller's transaction.
/// </summary>
internal static class ChartStore
{
    private const string Sums = "sales_fen, sales, sales_lines, refunds_fen, refunds";

    /// <summary>Where the rollups stand; null before the first step.</summary>
    public static ChartCursor? Cursor(FleetConnection connection)
    {
        using var query = connection.Prepare(
            "SELECT generation, position, correction_id FROM chart_cursor WHERE id = 1");
        return query.Next() ? new ChartCursor(query.Text(0), query.Long(1), query.Long(2)) : null;
    }

    /// <summary>
    /// Takes a part of the rollups away; false when nothing was left and the cursor stands at the beginning of a
    /// generation.
    /// </summary>
    public static bool Clear(FleetConnection connection, string generation)
    {
        string[] kinds =
        [
            """
            DELETE FROM chart_hours WHERE (hour_utc_ms, cabinet_id, assignment_id, class) IN (
              SELECT hour_utc_ms, cabinet_id, assignment_id, class FROM chart_hours LIMIT ?1)
            """,
            """
            DELETE FROM chart_days WHERE (business_day, cabinet_id, assignment_id, class) IN (
              SELECT business_day, cabinet_id, assignment_id, class FROM chart_days LIMIT ?1)
            """,
            "DELETE FROM chart_refunds WHERE position IN (SELECT position FROM chart_refunds LIMIT ?1)",
        ];
        foreach (var sql in kinds)
        {
            using var delete = connection.Prepare(sql);
            if (delete.Set(1, (long)ChartLimits.ClearedPerStep).Run() > 0)
            {
                return true;
            }
        }

        // Refunds that changed before are met again with their entries.
        connection.Execute("DELETE FROM chart_refund_changes");
        connection.Execute(
            """
            INSERT INTO chart_cursor (id, generation, position, correction_id) VALUES (1, $generation, 0, 0)
            ON CONFLICT (id) DO UPDATE SET generation = excluded.generation, position = 0, correction_id = 0
            """, ("$generation", generation));
        return false;
    }

    /// <summary>
    /// Writes what a stretch changes and moves the cursor. Nothing is written when the cursor is not where the stretch
    /// began: another process was faster.
    /// </summary>
    public static void Apply(FleetConnection connection, ChartCursor from, ChartStretch stretch, ChartChange change)
    {
        if (Cursor(connection) != from)
        {
            return;
        }

        WriteSums(
            connection, "chart_hours", "hour_utc_ms", change.Sums, static key => key with { Day = 0 },
            static key => key.HourUtcMs);
        WriteSums(
            connection, "chart_days", "business_day", change.Sums, static key => key with { HourUtcMs = 0 },
            static key => key.Day);
        WriteRefunds(connection, change);
        connection.Execute(
            "DELETE FROM chart_refund_changes WHERE change_id <= $last", ("$last", stretch.RefundChangeId));
        connection.Execute(
            "UPDATE chart_cursor SET position = $position, correction_id = $correction WHERE id = 1",
            ("$position", stretch.Position), ("$correction", stretch.CorrectionId));
    }

    private static void WriteSums(
        FleetConnection connection, string table, string time, IReadOnlyDictionary<ChartKey, ChartSums> sums,
        Func<ChartKey, ChartKey> coarser, Func<ChartKey, long> timeOf)
    {
        using var upsert = connection.PrepareRows(table, $"{time}, cabinet_id, assignment_id, class, {Sums}", $"""
            ON CONFLICT ({time}, cabinet_id, assignment_id, class) DO UPDATE SET
              sales_fen = {table}.sales_fen + excluded.sales_fen, sales = {table}.sales + excluded.sales,
              sales_lines = {table}.sales_lines + excluded.sales_lines,
              refunds_fen = {table}.refunds_fen + excluded.refunds_fen, refunds = {table}.refunds + excluded.refunds
            """);
        foreach (var group in sums.GroupBy(sum => coarser(sum.Key), sum => sum.Value))
        {
            var (key, sum) = (group.Key, group.Aggregate(static (a, b) => a + b));
            if (sum != default)
            {
                upsert.Set(1, timeOf(key)).Set(2, key.CabinetId).Set(3, key.AssignmentId).Set(4, (long)key.Class)
                    .Set(5, sum.SalesFen).Set(6, sum.Sales).Set(7, sum.SalesLines).Set(8, sum.RefundsFen)
                    .Set(9, sum.Refunds).Add();
            }
        }

        upsert.Flush();
    }

    private static void WriteRefunds(FleetConnection connection, ChartChange change)
    {
        using var forget = connection.Prepare("DELETE FROM chart_refunds WHERE position = ?1");
        using var keep = connection.Prepare("""
            INSERT INTO chart_refunds (position, hour_utc_ms, business_day, cabinet_id, assignment_id, class,
              amount_fen)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """);
        foreach (var (position, refund) in change.Refunds)
        {
            forget.Set(1, position).Run();
            if (refund is { Key: var key })
            {
                keep.Set(1, position).Set(2, key.HourUtcMs).Set(3, (long)key.Day).Set(4, key.CabinetId)
                    .Set(5, key.AssignmentId).Set(6, (long)key.Class).Set(7, refund.AmountFen).Run();
            }
        }
    }
}
