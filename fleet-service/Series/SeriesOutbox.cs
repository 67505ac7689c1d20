using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;

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

    /// <summary>The counters of a generation within a transaction; those of another are forgotten.</summary>
    private sealed class CounterTable : IDisposable
    {
        private readonly Dictionary<CounterKey, CounterLanes> _counters = [];
        private readonly string _generation;
        private readonly Statement _read;
        private readonly Statement _write;

        public CounterTable(SqliteConnection connection, string generation)
        {
            _generation = generation;
            using (var forget = new Statement(connection, "DELETE FROM series_counters WHERE generation <> ?1"))
            {
                forget.Set(1, generation).Run();
            }

            _read = new Statement(connection, """
                SELECT last_utc_ms, fen, entries FROM series_counters
                WHERE generation = ?1 AND cabinet_id = ?2 AND operator_id = ?3 AND county_code = ?4 AND is_refund = ?5
                  AND class = ?6 ORDER BY lane
                """);
            _write = new Statement(connection, """
                INSERT OR REPLACE INTO series_counters (generation, cabinet_id, operator_id, county_code, is_refund,
                                                        class, lane, last_utc_ms, fen, entries)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                """);
        }

        public CounterLanes Of(CounterKey key)
        {
            if (!_counters.TryGetValue(key, out var counter))
            {
                var lanes = new List<CounterLane>();
                Bind(_read, key);
                while (_read.Next())
                {
                    lanes.Add(new CounterLane(_read.Long(0), _read.Long(1), _read.Long(2)));
                }

                _counters[key] = counter = new CounterLanes(lanes);
            }

            return counter;
        }

        public void Save()
        {
            foreach (var (key, counter) in _counters)
            {
                for (var lane = 0; lane < counter.Lanes.Count; lane++)
                {
                    var (last, fen, entries) = counter.Lanes[lane];
                    Bind(_write, key).Set(7, (long)lane).Set(8, last).Set(9, fen).Set(10, entries).Run();
                }
            }
        }

        public void Dispose()
        {
            _read.Dispose();
            _write.Dispose();
        }

        private Statement Bind(Statement statement, CounterKey key) => statement.Set(1, _generation)
            .Set(2, key.Cabinet).Set(3, key.Operator).Set(4, key.County).Set(5, key.IsRefund ? 1L : 0L)
            .Set(6, (long)key.Class);
    }
}
