using System.Diagnostics;
using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Simulators.Bench;

/// <summary>
/// The least that standings and re-judging can cost: the same rows through bare prepared statements, one thread,
/// nothing decided.
/// </summary>
internal static class BareLedger
{
    private const int RowsPerTransaction = 10_000;
    private const int ScanRows = 100_000;
    private const int TimeoutSeconds = 30;

    /// <summary>Reads the rows of a month, every column; returns how many.</summary>
    public static long ReadWindow(FleetDatabase database, int firstDay)
    {
        using var connection = database.OpenReader();
        using var rows = connection.Prepare("""
            SELECT cabinet_id, assignment_id, class, sales_fen, sales_lines, refunds_fen, refunds_of_day_fen
            FROM window_totals WHERE kind = 1 AND first_day = ?1
            """);
        rows.Set(1, (long)firstDay);
        var (count, sum) = (0L, 0L);
        while (rows.Next())
        {
            count++;
            sum += rows.Bytes(0).Length + rows.Long(1) + rows.Long(2) + rows.Long(3) + rows.Long(4) + rows.Long(5)
                + rows.Long(6);
        }

        return sum == 0 ? 0 : count;
    }

    /// <summary>
    /// Reads of every entry what says whether it is affected: its place, kind, state, moment, assignment and bytes;
    /// returns the seconds.
    /// </summary>
    public static double Scan(FleetDatabase database, CancellationToken ct)
    {
        using var connection = database.OpenReader();
        using var rows = connection.Prepare(
            "SELECT bytes, position, kind, state, utc_ms, assignment_id FROM entries ORDER BY position");
        var (count, sum) = (0L, 0L);
        var started = Stopwatch.GetTimestamp();
        while (rows.Next())
        {
            sum += rows.Bytes(0).Length + rows.Long(1) + rows.Long(2) + rows.Long(3) + rows.Long(4)
                + rows.Long(5);
            if (++count % ScanRows == 0)
            {
                ct.ThrowIfCancellationRequested();
            }
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return count > 0 && sum != 0 ? seconds : throw new InvalidOperationException("The ledger is empty.");
    }

    /// <summary>
    /// Inserts the newest corrections again into a new file with the same table and no index; returns the seconds.
    /// </summary>
    public static double InsertCorrections(string ledger, string path, long count)
    {
        var rows = ReadCorrections(ledger, count);
        var schema = BareSqlite.Schema(ledger, "corrections");
        using var connection = SqliteFleetConnection.Open(
            path, SqliteOpenMode.ReadWriteCreate, TimeoutSeconds, isPooled: false);
        connection.Script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
        connection.Script(schema);
        using var insert = connection.Prepare(
            "INSERT INTO corrections VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
        var started = Stopwatch.GetTimestamp();
        foreach (var chunk in rows.Chunk(RowsPerTransaction))
        {
            using var transaction = connection.BeginWrite();
            foreach (var row in chunk)
            {
                insert.Set(1, row.Id).Set(2, row.Position).Set(3, "Rejudged").Set(4, row.Aid).Set(5, row.Ordinary)
                    .Set(6, row.Unmapped).Set(7, row.Lines).Set(8, row.Classes).Set(9, row.Version).Set(10, row.UtcMs)
                    .Set(11, "bench").Run();
            }

            transaction.Commit();
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static List<Row> ReadCorrections(string ledger, long count)
    {
        using var connection = SqliteEngine.OpenFile(ledger);
        using var query = connection.Prepare("SELECT * FROM corrections ORDER BY correction_id DESC LIMIT ?1");
        query.Set(1, count);
        var rows = new List<Row>();
        while (query.Next())
        {
            rows.Add(new Row(rows.Count + 1, query.Long(1), query.Long(3), query.Long(4), query.Long(5),
                query.Bytes(6).ToArray(), query.Bytes(7).ToArray(), query.Long(8), query.Long(9)));
        }

        return rows;
    }

    private sealed record Row(
        long Id, long Position, long Aid, long Ordinary, long Unmapped, byte[] Lines, byte[] Classes, long Version,
        long UtcMs);
}
