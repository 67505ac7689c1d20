using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Compliance;

/// <summary>A cabinet's time at one site under one operator, with what was sold then within a window.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="AssignmentId">0 when the cabinet sold without an assignment.</param>
/// <param name="OperatorId">Empty without an assignment.</param>
/// <param name="CountyCode">Empty without an assignment.</param>
/// <param name="SiteName">Empty without an assignment.</param>
/// <param name="FromUtcMs">Beginning of the assignment; orders a cabinet's assignments.</param>
/// <param name="Life">The cabinet's life, or empty when it is not registered.</param>
/// <param name="Amounts">What was sold.</param>
internal sealed record AssignmentSales(
    string CabinetId,
    long AssignmentId,
    string OperatorId,
    string CountyCode,
    string SiteName,
    long FromUtcMs,
    string Life,
    ClassAmounts Amounts);

/// <summary>Everything that standings and totals of a window are made from, as it was at one moment.</summary>
/// <param name="Assignments">Assignments that touch the window or have sales in it.</param>
/// <param name="CompleteUntilUtcMs">By cabinet: until when its data is complete; absent when never heard.</param>
internal sealed record WindowSales(
    IReadOnlyList<AssignmentSales> Assignments, IReadOnlyDictionary<string, long> CompleteUntilUtcMs);

/// <summary>Reads the ledger's totals beside the register. Only reads. Thread-safe.</summary>
internal sealed class StandingsStore(FleetDatabase database, BusinessZone zone)
{
    // Days are the third column of the key: cabinets and their assignments are found by seeking from one to the next,
    // so that a window costs what it holds and not what the ledger holds.
    private const string WindowSql = """
        WITH RECURSIVE sellers (cabinet_id) AS (
          SELECT MIN(cabinet_id) FROM totals
          UNION ALL
          SELECT (SELECT MIN(t.cabinet_id) FROM totals t WHERE t.cabinet_id > s.cabinet_id)
          FROM sellers s WHERE s.cabinet_id IS NOT NULL
        ), sold (cabinet_id, assignment_id) AS (
          SELECT s.cabinet_id, (SELECT MIN(t.assignment_id) FROM totals t WHERE t.cabinet_id = s.cabinet_id)
          FROM sellers s WHERE s.cabinet_id IS NOT NULL AND ($cabinet IS NULL OR s.cabinet_id = $cabinet)
          UNION ALL
          SELECT s.cabinet_id, (SELECT MIN(t.assignment_id) FROM totals t
                                WHERE t.cabinet_id = s.cabinet_id AND t.assignment_id > s.assignment_id)
          FROM sold s WHERE s.assignment_id IS NOT NULL
        ), sums AS (
          SELECT t.cabinet_id, t.assignment_id, t.class,
                 SUM(t.sales_fen - t.refunds_of_day_fen) AS net_fen,
                 SUM(t.sales_fen) AS sales_fen, SUM(t.refunds_fen) AS refunds_fen, SUM(t.sales_lines) AS sales_lines
          FROM sold s CROSS JOIN totals t ON t.cabinet_id = s.cabinet_id AND t.assignment_id = s.assignment_id
            AND t.business_day >= $fromDay AND t.business_day < $toDay
          GROUP BY t.cabinet_id, t.assignment_id, t.class
        ), present AS (
          SELECT cabinet_id, assignment_id FROM sums
          UNION
          SELECT cabinet_id, assignment_id FROM assignments
          WHERE from_utc_ms < $to AND (to_utc_ms IS NULL OR to_utc_ms > $from)
            AND ($cabinet IS NULL OR cabinet_id = $cabinet)
        )
        SELECT p.cabinet_id, p.assignment_id, COALESCE(a.operator_id, ''), COALESCE(a.county_code, ''),
               COALESCE(a.site_name, ''), COALESCE(a.from_utc_ms, 0), COALESCE(c.life, ''),
               s.class, s.net_fen, s.sales_fen, s.refunds_fen, s.sales_lines
        FROM present p
        LEFT JOIN assignments a ON a.assignment_id = p.assignment_id
        LEFT JOIN cabinets c ON c.cabinet_id = p.cabinet_id
        LEFT JOIN sums s ON s.cabinet_id = p.cabinet_id AND s.assignment_id = p.assignment_id
        ORDER BY p.cabinet_id, COALESCE(a.from_utc_ms, 0), p.assignment_id
        """;

    // A hello says how far its journal reached when it was sent; once the head is there, everything up to the hello
    // is committed. Until then the data is complete up to the oldest entry that was still unsent, or the head.
    private const string CompleteSql = """
        SELECT h.cabinet_id,
               CASE WHEN j.head_seq >= h.tail_seq THEN h.heard_utc_ms
                    WHEN h.oldest_unsent_utc_ms > 0 THEN MAX(h.oldest_unsent_utc_ms, COALESCE(j.last_utc_ms, 0))
                    ELSE COALESCE(j.last_utc_ms, 0) END
        FROM hellos h LEFT JOIN journals j ON j.journal_id = h.journal_id
        WHERE $cabinet IS NULL OR h.cabinet_id = $cabinet
        """;

    /// <summary>Reads a window, of one cabinet or of all.</summary>
    public WindowSales Read(JudgingWindow window, string? cabinetId = null)
    {
        using var connection = database.OpenReader();
        using var transaction = connection.BeginTransaction(deferred: true);
        return new WindowSales(ReadSales(connection, window, cabinetId), ReadCompleteness(connection, cabinetId));
    }

    /// <summary>True when the register holds the cabinet.</summary>
    public bool Knows(string cabinetId)
    {
        using var connection = database.OpenReader();
        using var command = Command(connection, "SELECT 1 FROM cabinets WHERE cabinet_id = $cabinet", cabinetId);
        return command.ExecuteScalar() is not null;
    }

    private List<AssignmentSales> ReadSales(SqliteConnection connection, JudgingWindow window, string? cabinetId)
    {
        using var command = Command(connection, WindowSql, cabinetId);
        command.Parameters.AddWithValue("$fromDay", window.FromNumber);
        command.Parameters.AddWithValue("$toDay", window.ToNumber);
        command.Parameters.AddWithValue("$from", zone.StartOfUtcMs(window.From));
        command.Parameters.AddWithValue("$to", zone.StartOfUtcMs(window.To));
        using var row = command.ExecuteReader();
        var sales = new List<AssignmentSales>();
        while (row.Read())
        {
            var amounts = row.IsDBNull(7) ? default : ClassAmounts.Of(
                (ProductClass)row.GetInt64(7), row.GetInt64(8), row.GetInt64(9), row.GetInt64(10), row.GetInt64(11));
            var (cabinet, assignment) = (row.GetString(0), row.GetInt64(1));
            if (sales.Count > 0 && sales[^1] is var last
                && last.CabinetId == cabinet && last.AssignmentId == assignment)
            {
                sales[^1] = last with { Amounts = last.Amounts + amounts };
                continue;
            }

            sales.Add(new AssignmentSales(
                cabinet, assignment, row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt64(5),
                row.GetString(6), amounts));
        }

        return sales;
    }

    private static Dictionary<string, long> ReadCompleteness(SqliteConnection connection, string? cabinetId)
    {
        using var command = Command(connection, CompleteSql, cabinetId);
        using var row = command.ExecuteReader();
        var until = new Dictionary<string, long>(StringComparer.Ordinal);
        while (row.Read())
        {
            until[row.GetString(0)] = row.GetInt64(1);
        }

        return until;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, string? cabinetId)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$cabinet", (object?)cabinetId ?? DBNull.Value);
        return command;
    }
}
