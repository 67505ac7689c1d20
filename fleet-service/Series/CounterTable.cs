using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Series;

/// <summary>
/// The counters of a generation; those of another are forgotten. Changes are written by <see cref="Save"/>. Belongs to
/// one transaction.
/// </summary>
internal sealed class CounterTable : IDisposable
{
    private readonly Dictionary<CounterKey, CounterLanes> _counters = [];
    private readonly string _generation;
    private readonly Statement _read;
    private readonly RowWriter _write;

    /// <summary>Forgets the counters of other generations.</summary>
    public CounterTable(FleetConnection connection, string generation)
    {
        _generation = generation;
        using (var forget = connection.Prepare("DELETE FROM series_counters WHERE generation <> ?1"))
        {
            forget.Set(1, generation).Run();
        }

        _read = connection.Prepare("""
            SELECT last_utc_ms, fen, entries FROM series_counters
            WHERE generation = ?1 AND cabinet_id = ?2 AND operator_id = ?3 AND county_code = ?4 AND is_refund = ?5
              AND class = ?6 ORDER BY lane
            """);
        _write = connection.PrepareRows(
            "series_counters",
            "generation, cabinet_id, operator_id, county_code, is_refund, class, lane, last_utc_ms, fen, entries",
            """
            ON CONFLICT (generation, cabinet_id, operator_id, county_code, is_refund, class, lane)
            DO UPDATE SET last_utc_ms = excluded.last_utc_ms, fen = excluded.fen, entries = excluded.entries
            """);
    }

    /// <summary>A counter as it stands; it is counted on in place.</summary>
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

    /// <summary>Writes every lane that was counted on.</summary>
    /// <returns>The points that were made, in each lane oldest first.</returns>
    public IReadOnlyList<(CounterKey Counter, CountedPoint Point)> Save()
    {
        var points = new List<(CounterKey, CountedPoint)>();
        foreach (var (key, counter) in _counters)
        {
            foreach (var lane in counter.Changed)
            {
                var (last, fen, entries) = counter.Lanes[lane];
                _write.Set(1, _generation).Set(2, key.Cabinet).Set(3, key.Operator).Set(4, key.County)
                    .Set(5, key.IsRefund ? 1 : 0).Set(6, (long)key.Class).Set(7, lane).Set(8, last).Set(9, fen)
                    .Set(10, entries).Add();
            }

            points.AddRange(counter.Take().Select(point => (key, point)));
        }

        _write.Flush();
        return points;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
    }

    private Statement Bind(Statement statement, CounterKey key) => statement.Set(1, _generation)
        .Set(2, key.Cabinet).Set(3, key.Operator).Set(4, key.County).Set(5, key.IsRefund ? 1L : 0L)
        .Set(6, (long)key.Class);
}
