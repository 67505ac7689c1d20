using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Series;

/// <summary>A line that the server refused for good.</summary>
/// <param name="Line">What was sent.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Words">The server's own words.</param>
internal sealed record DeadLetter(SeriesLine Line, int Status, string Words);

/// <summary>
/// How far the ledger was read, what the counters say, and the lines that are to be sent: all move in one transaction,
/// before the server sees anything. So what is sent again, after whatever end of the process, is the same to the byte.
/// A cursor of another ledger generation begins anew. One caller at a time.
/// </summary>
internal sealed class SeriesOutbox(FleetDatabase database, LedgerGenerationStore generations, TimeProvider time)
{
    /// <summary>The present position, 0 at the beginning of a generation.</summary>
    public long Position()
    {
        using var connection = database.OpenReader();
        using var query = new Statement(
            connection, "SELECT position FROM series_cursor WHERE id = 1 AND generation = ?1");
        return query.Set(1, generations.Current()).Next() ? query.Long(0) : 0;
    }

    /// <summary>The lines that are to be sent, in their order.</summary>
    public IReadOnlyList<SeriesLine> Waiting()
    {
        using var connection = database.OpenReader();
        using var query = new Statement(connection, "SELECT position, line FROM series_outbox ORDER BY line_no");
        var lines = new List<SeriesLine>();
        while (query.Next())
        {
            lines.Add(new SeriesLine(query.Long(0), query.Text(1)));
        }

        return lines;
    }

    /// <summary>Counts a stretch, puts its lines into the outbox and moves the cursor.</summary>
    public Task TakeAsync(SeriesStretch stretch, CancellationToken cancellationToken)
    {
        var generation = generations.Current();
        return database.WriteAsync(
            (connection, _) =>
            {
                using var counters = new CounterTable(connection, generation);
                using var put = new Statement(connection, "INSERT INTO series_outbox (position, line) VALUES (?1, ?2)");
                foreach (var entry in stretch.Entries)
                {
                    foreach (var (counter, fen) in entry.Amounts())
                    {
                        foreach (var point in counters.Of(counter).Add(entry.UtcMs, fen))
                        {
                            put.Set(1, entry.Position).Set(2, SeriesLines.Of(counter, point)).Run();
                        }
                    }
                }

                counters.Save();
                using var move = new Statement(connection, """
                    INSERT INTO series_cursor (id, generation, position) VALUES (1, ?1, ?2)
                    ON CONFLICT (id) DO UPDATE SET generation = excluded.generation, position = excluded.position
                    """);
                move.Set(1, generation).Set(2, stretch.LastPosition!.Value).Run();
                return true;
            },
            cancellationToken);
    }

    /// <summary>Empties the outbox and keeps what was refused.</summary>
    public Task SentAsync(IReadOnlyList<DeadLetter> refused, CancellationToken cancellationToken)
    {
        var generation = generations.Current();
        return database.WriteAsync(
            (connection, _) =>
            {
                using var keep = new Statement(connection, """
                    INSERT INTO series_dead_letters (generation, position, line, status, words, at_utc_ms)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING
                    """);
                foreach (var letter in refused)
                {
                    keep.Set(1, generation).Set(2, letter.Line.Position).Set(3, letter.Line.Text)
                        .Set(4, (long)letter.Status).Set(5, letter.Words)
                        .Set(6, time.GetUtcNow().ToUnixTimeMilliseconds()).Run();
                }

                using var empty = new Statement(connection, "DELETE FROM series_outbox");
                empty.Run();
                return true;
            },
            cancellationToken);
    }
}
