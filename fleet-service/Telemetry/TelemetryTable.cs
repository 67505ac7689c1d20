using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Telemetry;

/// <summary>The tables of telemetry, to be written. Belongs to one transaction.</summary>
internal sealed class TelemetryTable : IDisposable
{
    /// <summary>
    /// Most names of a cabinet in one group of readings, and in one measure of an hour: slots, zones, doors, faults.
    /// Who makes up more keeps the newest.
    /// </summary>
    public const int MaxNames = 512;

    private readonly Statement _heard;
    private readonly Statement _state;
    private readonly Statement _readHour;
    private readonly Statement _writeHour;
    private readonly Statement _crowded;
    private readonly Statement _trim;
    private readonly Statement _namesOfHour;

    /// <summary>Makes the statements ready.</summary>
    public TelemetryTable(FleetConnection connection)
    {
        _heard = connection.Prepare("""
            INSERT INTO telemetry_cabinets (cabinet_id, received_utc_ms, clock_offset_ms) VALUES (?1, ?2, ?3)
            ON CONFLICT (cabinet_id) DO UPDATE SET received_utc_ms = excluded.received_utc_ms,
              clock_offset_ms = excluded.clock_offset_ms
            WHERE excluded.received_utc_ms >= telemetry_cabinets.received_utc_ms
            """);
        _state = connection.Prepare("""
            INSERT INTO telemetry_states
              (cabinet_id, kind, name, measured_utc_ms, received_utc_ms, number, extra, words)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT (cabinet_id, kind, name) DO UPDATE SET measured_utc_ms = excluded.measured_utc_ms,
              received_utc_ms = excluded.received_utc_ms, number = excluded.number, extra = excluded.extra,
              words = excluded.words
            WHERE excluded.measured_utc_ms > telemetry_states.measured_utc_ms
            """);
        _readHour = connection.Prepare("""
            SELECT minutes, least, most, total, spans FROM telemetry_hours
            WHERE cabinet_id = ?1 AND hour = ?2 AND measure = ?3 AND name = ?4
            """);
        _writeHour = connection.Prepare("""
            INSERT INTO telemetry_hours (cabinet_id, hour, measure, name, minutes, least, most, total, spans)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT (cabinet_id, hour, measure, name) DO UPDATE SET minutes = excluded.minutes,
              least = excluded.least, most = excluded.most, total = excluded.total, spans = excluded.spans
            """);
        _crowded = connection.Prepare("""
            SELECT kind FROM telemetry_states WHERE cabinet_id = ?1 GROUP BY kind HAVING count(*) > ?2
            """);
        _trim = connection.Prepare("""
            DELETE FROM telemetry_states WHERE cabinet_id = ?1 AND kind = ?2 AND name NOT IN
              (SELECT name FROM telemetry_states WHERE cabinet_id = ?1 AND kind = ?2
               ORDER BY received_utc_ms DESC, name LIMIT ?3)
            """);
        _namesOfHour = connection.Prepare("""
            SELECT count(*) FROM telemetry_hours WHERE cabinet_id = ?1 AND hour = ?2 AND measure = ?3
            """);
    }

    /// <summary>Writes what messages say: late readings never take the place of newer ones.</summary>
    public void Write(IReadOnlyList<FoldedMessage> messages)
    {
        foreach (var message in messages)
        {
            _heard.Set(1, message.Cabinet).Set(2, message.ReceivedUtcMs).Set(3, message.ClockOffsetMs).Run();
            foreach (var state in message.States)
            {
                _state.Set(1, message.Cabinet).Set(2, (long)state.Key.Kind).Set(3, state.Key.Name)
                    .Set(4, state.MeasuredUtcMs).Set(5, state.ReceivedUtcMs).Set(6, state.Number)
                    .Set(7, state.Extra).Set(8, state.Words).Run();
            }
        }

        foreach (var cabinet in messages.Select(message => message.Cabinet).Distinct())
        {
            Trim(cabinet);
        }

        foreach (var hour in messages.SelectMany(message => message.Points).GroupBy(point => point.Key))
        {
            WriteHour(hour.Key, hour);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _heard.Dispose();
        _state.Dispose();
        _readHour.Dispose();
        _writeHour.Dispose();
        _crowded.Dispose();
        _trim.Dispose();
        _namesOfHour.Dispose();
    }

    private void Trim(string cabinet)
    {
        var kinds = new List<long>();
        _crowded.Set(1, cabinet).Set(2, (long)MaxNames);
        while (_crowded.Next())
        {
            kinds.Add(_crowded.Long(0));
        }

        foreach (var kind in kinds)
        {
            _trim.Set(1, cabinet).Set(2, kind).Set(3, (long)MaxNames).Run();
        }
    }

    private bool IsCrowded(HourKey key)
    {
        _namesOfHour.Set(1, key.Cabinet).Set(2, key.Hour).Set(3, (long)key.Measure).Next();
        var names = _namesOfHour.Long(0);
        _namesOfHour.Reset();
        return names >= MaxNames;
    }

    private void WriteHour(HourKey key, IEnumerable<HourPoint> points)
    {
        Bind(_readHour, key);
        var before = TelemetryHour.Empty;
        if (_readHour.Next())
        {
            before = new TelemetryHour(_readHour.Long(0), _readHour.Long(1), _readHour.Long(2), _readHour.Long(3),
                OpenSpans.Read(_readHour.Bytes(4)));
            _readHour.Reset();
        }
        else if (IsCrowded(key))
        {
            return;
        }

        var after = points.Aggregate(before, static (hour, point) => point.Minute is { } minute
            ? hour.With(minute, point.Value)
            : hour with { Spans = hour.Spans.With(point.SpanFrom, point.SpanTo) });
        Bind(_writeHour, key).Set(5, after.Minutes).Set(6, after.Least).Set(7, after.Most).Set(8, after.Total)
            .Set(9, after.Spans.ToBytes()).Run();
    }

    private static Statement Bind(Statement statement, HourKey key) => statement.Set(1, key.Cabinet)
        .Set(2, key.Hour).Set(3, (long)key.Measure).Set(4, key.Name);
}
