using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Series;

/// <summary>A line that the server refused for good.</summary>
/// <param name="Line">What was sent.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Words">The server's own words.</param>
internal sealed record DeadLetter(SeriesLine Line, int Status, string Words);

/// <summary>Lines that are to be sent.</summary>
/// <param name="Lines">The lines, in their order.</param>
/// <param name="LastNumber">The number of the last of them.</param>
/// <param name="IsAll">True when no more wait behind them.</param>
internal sealed record WaitingLines(IReadOnlyList<SeriesLine> Lines, long LastNumber, bool IsAll);

/// <summary>
/// How far the ledger was read, what the counters say, and the lines that are to be sent: all move in one transaction,
/// before the server sees anything. So what is sent again, after whatever end of the process, is the same to the byte.
/// Lines that were sent stay for a while, for a server that loses them. A cursor of another ledger generation begins
/// anew. One caller at a time.
/// </summary>
internal sealed class SeriesOutbox(
    FleetDatabase database, LedgerGenerationStore generations, TimeProvider time)
{
    /// <summary>Most lines of one request; after a restart of the server many wait.</summary>
    public const int MostAtOnce = 20_000;

    /// <summary>Most dead letters that are kept; the oldest go first.</summary>
    public const long MostDeadLetters = 100_000;

    private const string Unsent = "line_no > coalesce((SELECT max(last_line_no) FROM series_sent), 0)";

    /// <summary>The present position, 0 at the beginning of a generation.</summary>
    public long Position()
    {
        using var connection = database.OpenReader();
        return PositionOf(connection, generations.Current());
    }

    /// <summary>The first of the lines that are to be sent, in their order.</summary>
    public WaitingLines Waiting()
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare(
            $"SELECT position, line, line_no FROM series_outbox WHERE {Unsent} ORDER BY line_no LIMIT {MostAtOnce}");
        var lines = new List<SeriesLine>();
        var last = 0L;
        while (query.Next())
        {
            lines.Add(new SeriesLine(query.Long(0), query.Text(1)));
            last = query.Long(2);
        }

        return new WaitingLines(lines, last, lines.Count < MostAtOnce);
    }

    /// <summary>True when lines are kept that were sent before.</summary>
    public bool KeepsSent()
    {
        using var connection = database.OpenReader();
        return connection.Query("SELECT 1 FROM series_sent LIMIT 1", row => row.Long(0)).Count > 0;
    }

    /// <summary>Counts a stretch, puts its lines into the outbox and moves the cursor.</summary>
    /// <param name="from">Where the cursor stood when the stretch was read.</param>
    /// <param name="stretch">The stretch.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="InvalidOperationException">
    /// The cursor stands elsewhere now: the stretch was counted, or the generation is another.
    /// </exception>
    public Task TakeAsync(long from, SeriesStretch stretch, CancellationToken cancellationToken)
    {
        var generation = generations.Current();
        return database.WriteAsync(
            (connection, _) =>
            {
                if (PositionOf(connection, generation) is var at && at != from)
                {
                    throw new InvalidOperationException($"The series' cursor stands at {at}, not at {from} any more.");
                }

                using var counters = new CounterTable(connection, generation);
                using var put = connection.PrepareRows("series_outbox", "position, line");
                foreach (var entry in stretch.Entries)
                {
                    foreach (var (counter, fen) in entry.Amounts())
                    {
                        counters.Of(counter).Add(entry.Position, entry.UtcMs, fen);
                    }
                }

                foreach (var (counter, point) in counters.Save())
                {
                    put.Set(1, point.Position).Set(2, SeriesLines.Of(counter, point.Point)).Add();
                }

                put.Flush();
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
    /// Notes that waiting lines were sent, keeps what was refused, and forgets what was sent before.
    /// </summary>
    /// <param name="lastNumber">The number of the last line that was sent.</param>
    /// <param name="refused">What the server refused of them.</param>
    /// <param name="keep">How long lines that were sent stay.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task SentAsync(
        long lastNumber, IReadOnlyList<DeadLetter> refused, TimeSpan keep, CancellationToken cancellationToken)
    {
        var generation = generations.Current();
        var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return database.WriteAsync(
            (connection, _) =>
            {
                Keep(connection, generation, refused, nowUtcMs);
                connection.Execute(
                    """
                    INSERT INTO series_sent (last_line_no, sent_utc_ms) VALUES ($last, $now)
                    ON CONFLICT (last_line_no) DO UPDATE SET sent_utc_ms = excluded.sent_utc_ms
                    """, ("$last", lastNumber), ("$now", nowUtcMs));
                var before = nowUtcMs - (long)keep.TotalMilliseconds;
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

    /// <summary>Keeps what the server refused of lines that never were in the outbox.</summary>
    public Task KeepAsync(IReadOnlyList<DeadLetter> refused, CancellationToken cancellationToken)
    {
        var generation = generations.Current();
        var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return database.WriteAsync(
            (connection, _) =>
            {
                Keep(connection, generation, refused, nowUtcMs);
                return true;
            },
            cancellationToken);
    }

    private static void Keep(
        FleetConnection connection, string generation, IReadOnlyList<DeadLetter> refused, long nowUtcMs)
    {
        if (refused.Count == 0)
        {
            return;
        }

        using var letters = connection.Prepare("""
            INSERT INTO series_dead_letters (generation, position, line, status, words, at_utc_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING
            """);
        foreach (var letter in refused)
        {
            letters.Set(1, generation).Set(2, letter.Line.Position).Set(3, letter.Line.Text)
                .Set(4, (long)letter.Status).Set(5, letter.Words).Set(6, nowUtcMs).Run();
        }

        connection.Execute(
            """
            DELETE FROM series_dead_letters
            WHERE dead_letter_id <= (SELECT max(dead_letter_id) FROM series_dead_letters) - $most
            """, ("$most", MostDeadLetters));
    }

    private static long PositionOf(FleetConnection connection, string generation) => connection.Query(
        "SELECT position FROM series_cursor WHERE id = 1 AND generation = $generation", row => row.Long(0),
        ("$generation", generation)).SingleOrDefault();
}
