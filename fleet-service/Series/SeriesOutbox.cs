using KioskFleet.Service.Storage;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Series;

/// <summary>A line that the server refused for good.</summary>
/// <param name="Line">What was sent.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Words">The server's own words.</param>
internal sealed record DeadLetter(SeriesLine Line, int Status, string Words);

/// <summary>
/// How far the ledger was read, what the counters say, and the lines that are to be sent: all move in one transaction,
/// before the server sees anything. So what is sent again, after whatever end of the process, is the same to the byte.
/// Lines that were sent stay for a while, for a server that loses them. A cursor of another ledger generation begins
/// anew. One caller at a time.
/// </summary>
internal sealed class SeriesOutbox(
    FleetDatabase database, LedgerGenerationStore generations, IOptions<SeriesOptions> options, TimeProvider time)
{
    private const string Unsent = "line_no > coalesce((SELECT max(last_line_no) FROM series_sent), 0)";

    /// <summary>The present position, 0 at the beginning of a generation.</summary>
    public long Position()
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("SELECT position FROM series_cursor WHERE id = 1 AND generation = ?1");
        return query.Set(1, generations.Current()).Next() ? query.Long(0) : 0;
    }

    /// <summary>The lines that are to be sent, in their order.</summary>
    public IReadOnlyList<SeriesLine> Waiting()
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare(
            $"SELECT position, line FROM series_outbox WHERE {Unsent} ORDER BY line_no");
        var lines = new List<SeriesLine>();
        while (query.Next())
        {
            lines.Add(new SeriesLine(query.Long(0), query.Text(1)));
        }

        return lines;
    }

    /// <summary>True when lines are kept that were sent before.</summary>
    public bool KeepsSent()
    {
        using var connection = database.OpenReader();
        return connection.Query("SELECT 1 FROM series_sent LIMIT 1", row => row.Long(0)).Count > 0;
    }

    /// <summary>Counts a stretch, puts its lines into the outbox and moves the cursor.</summary>
    public Task TakeAsync(SeriesStretch stretch, CancellationToken cancellationToken)
    {
        var generation = generations.Current();
        return database.WriteAsync(
            (connection, _) =>
            {
                using var counters = new CounterTable(connection, generation);
                using var put = connection.PrepareRows("series_outbox", "position, line");
                foreach (var entry in stretch.Entries)
                {
                    foreach (var (counter, fen) in entry.Amounts())
                    {
                        foreach (var point in counters.Of(counter).Add(entry.UtcMs, fen))
                        {
                            put.Set(1, entry.Position).Set(2, SeriesLines.Of(counter, point)).Add();
                        }
                    }
                }

                put.Flush();
                counters.Save();
                using var move = connection.Prepare("""
                    INSERT INTO series_cursor (id, generation, position) VALUES (1, ?1, ?2)
                    ON CONFLICT (id) DO UPDATE SET generation = excluded.generation, position = excluded.position
                    """);
                move.Set(1, generation).Set(2, stretch.LastPosition!.Value).Run();
                return true;
            },
            cancellationToken);
    }

    /// <summary>
    /// Lets the lines that are still there wait again: the server may have lost those that it took last.
    /// </summary>
    public Task SendAgainAsync(CancellationToken cancellationToken) => database.WriteAsync(
        (connection, _) => connection.Execute("DELETE FROM series_sent"), cancellationToken);

    /// <summary>
    /// Notes that the waiting lines were sent, keeps what was refused, and forgets what was sent before.
    /// </summary>
    public Task SentAsync(IReadOnlyList<DeadLetter> refused, CancellationToken cancellationToken)
    {
        var generation = generations.Current();
        var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return database.WriteAsync(
            (connection, _) =>
            {
                using var keep = connection.Prepare("""
                    INSERT INTO series_dead_letters (generation, position, line, status, words, at_utc_ms)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING
                    """);
                foreach (var letter in refused)
                {
                    keep.Set(1, generation).Set(2, letter.Line.Position).Set(3, letter.Line.Text)
                        .Set(4, (long)letter.Status).Set(5, letter.Words)
                        .Set(6, nowUtcMs).Run();
                }

                connection.Execute(
                    """
                    INSERT INTO series_sent (last_line_no, sent_utc_ms)
                    SELECT max(line_no), $now FROM series_outbox HAVING max(line_no) IS NOT NULL
                    ON CONFLICT (last_line_no) DO UPDATE SET sent_utc_ms = excluded.sent_utc_ms
                    """, ("$now", nowUtcMs));
                var before = nowUtcMs - options.Value.KeepSentSeconds * 1_000L;
                connection.Execute(
                    """
                    DELETE FROM series_outbox
                    WHERE line_no <= (SELECT max(last_line_no) FROM series_sent WHERE sent_utc_ms <= $before)
                    """, ("$before", before));
                return connection.Execute(
                    "DELETE FROM series_sent WHERE sent_utc_ms <= $before", ("$before", before));
            },
            cancellationToken);
    }
}
