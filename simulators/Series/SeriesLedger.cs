using System.Data.Common;
using System.Text.Json;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Storage;

namespace KioskFleet.Simulators.Series;

/// <summary>How far the writer is.</summary>
/// <param name="Position">The position that it has read.</param>
/// <param name="Newest">The ledger's newest position.</param>
/// <param name="Waiting">Lines that are written down and not sent.</param>
/// <param name="Refused">Lines that the server refused for good.</param>
internal sealed record WriterProgress(long Position, long Newest, long Waiting, long Refused)
{
    /// <summary>True when everything was sent.</summary>
    public bool IsDone => Position == Newest && Waiting == 0;
}

/// <summary>Reads the ledger's database beside the processes that write it.</summary>
/// <param name="open">Opens a connection.</param>
internal sealed class SeriesLedger(Func<FleetConnection> open)
{
    private const string CellsOfSales = """
        SELECT j.cabinet_id, e.utc_ms, e.aid_fen, e.ordinary_fen, e.unmapped_fen
        FROM entries e JOIN batches b ON b.batch_id = e.batch_id JOIN journals j ON j.journal_no = b.journal_no
        WHERE e.kind = 1 AND e.state = 0
        """;

    private const string CellsOfRefunds = """
        SELECT r.cabinet_id, e.utc_ms, r.amount_fen, coalesce(r.class, 0)
        FROM refunds r JOIN entries e ON e.position = r.position
        WHERE e.kind = 2 AND e.state = 0
        """;

    private static readonly TimeSpan MendedWithin = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How far the writer is. While another process mends the file after a kill nobody can read it: asked again until
    /// then.
    /// </summary>
    public async Task<WriterProgress> ProgressAsync(TimeProvider time, CancellationToken cancel)
    {
        for (var started = time.GetTimestamp(); ;)
        {
            try
            {
                return Progress();
            }
            catch (DbException) when (time.GetElapsedTime(started) < MendedWithin)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancel);
            }
        }
    }

    private WriterProgress Progress()
    {
        using var connection = open();
        return connection.Query(
            """
            SELECT coalesce((SELECT position FROM series_cursor WHERE id = 1), 0),
              coalesce((SELECT max(position) FROM entries), 0),
              (SELECT count(*) FROM series_outbox
                WHERE line_no > coalesce((SELECT max(last_line_no) FROM series_sent), 0)),
              (SELECT count(*) FROM series_dead_letters)
            """,
            row => new WriterProgress(row.Long(0), row.Long(1), row.Long(2), row.Long(3))).Single();
    }

    /// <summary>The ledger's sums by cabinet, class and hour of the corrected time.</summary>
    public IReadOnlyDictionary<SeriesCell, SeriesSum> Cells()
    {
        using var connection = open();
        var cells = new Dictionary<SeriesCell, SeriesSum>();
        foreach (var (cabinet, utcMs, aid, ordinary, unmapped) in connection.Query(
            CellsOfSales, row => (row.Text(0), row.Long(1), row.Long(2), row.Long(3), row.Long(4))))
        {
            Add(cells, cabinet, false, ProductClass.Aid, utcMs, aid);
            Add(cells, cabinet, false, ProductClass.Ordinary, utcMs, ordinary);
            Add(cells, cabinet, false, ProductClass.Unmapped, utcMs, unmapped);
        }

        foreach (var (cabinet, utcMs, fen, of) in connection.Query(
            CellsOfRefunds, row => (row.Text(0), row.Long(1), row.Long(2), row.Long(3))))
        {
            Add(cells, cabinet, true, of == 0 ? ProductClass.Unmapped : (ProductClass)of, utcMs, fen);
        }

        return cells;
    }

    private static void Add(
        Dictionary<SeriesCell, SeriesSum> cells, string cabinet, bool isRefund, ProductClass of, long utcMs, long fen)
    {
        if (fen == 0)
        {
            return;
        }

        var cell = new SeriesCell(
            cabinet, isRefund, JsonNamingPolicy.CamelCase.ConvertName($"{of}"), SeriesComparison.HourOf(utcMs));
        var sum = cells.GetValueOrDefault(cell);
        cells[cell] = new SeriesSum(sum.Fen + fen, sum.Entries + 1);
    }
}
