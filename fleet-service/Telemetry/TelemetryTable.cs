using KioskFleet.Protocol.Telemetry;
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

    /// <summary>
    /// Rows behind which a transaction takes no further message: how long a ledger's commit may have to wait.
    /// </summary>
    public const int MaxRows = 500;

    private readonly Dictionary<string, long> _heardUtcMs = [];
    private readonly Dictionary<HourKey, TelemetryHour> _hours = [];
    private readonly Dictionary<(string, long, HourMeasure), int> _names = [];
    private readonly Statement _readHeard;
    private readonly Statement _heard;
    private readonly Statement _readDoors;
    private readonly Statement _state;
    private readonly Statement _readHour;
    private readonly RowWriter _writeHour;
    private readonly Statement _crowded;
    private readonly Statement _trim;
    private readonly Statement _namesOfHour;

    /// <summary>Makes the statements ready.</summary>
    public TelemetryTable(FleetConnection connection)
    {
        _readHeard = connection.Prepare("SELECT received_utc_ms FROM telemetry_cabinets WHERE cabinet_id = ?1");
        _readDoors = connection.Prepare(
            "SELECT name, measured_utc_ms FROM telemetry_states WHERE cabinet_id = ?1 AND kind = ?2");
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
        _writeHour = connection.PrepareRows(
            "telemetry_hours", "cabinet_id, hour, measure, name, minutes, least, most, total, spans", """
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

    /// <summary>
    /// Writes what messages say, from one on and until <see cref="MaxRows"/> are reached: late readings never take the
    /// place of newer ones.
    /// </summary>
    /// <returns>The first message that is not written, and the points that found no room.</returns>
    public (int Next, int Refused) Write(IReadOnlyList<FoldedMessage> messages, int from)
    {
        var (next, rows, refused) = (from, 0, 0);
        for (; next < messages.Count && (next == from || rows + _hours.Count < MaxRows); next++)
        {
            var message = messages[next];
            var (points, tooMany) = HourFold.Points(message, Before(message));
            refused += tooMany;
            rows += WriteStates(message);
            foreach (var point in points)
            {
                refused += Put(point) ? 0 : 1;
            }
        }

        foreach (var cabinet in _heardUtcMs.Keys)
        {
            Trim(cabinet);
        }

        WriteHours();
        return (next, refused);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _readHeard.Dispose();
        _heard.Dispose();
        _readDoors.Dispose();
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

    /// <summary>What the tables know before a message; another service may have heard the cabinet last.</summary>
    private CabinetBefore Before(FoldedMessage message)
    {
        if (!_heardUtcMs.TryGetValue(message.Cabinet, out var heardUtcMs))
        {
            _readHeard.Set(1, message.Cabinet);
            if (_readHeard.Next())
            {
                heardUtcMs = _readHeard.Long(0);
                _readHeard.Reset();
            }
        }

        _heardUtcMs[message.Cabinet] = Math.Max(heardUtcMs, message.ReceivedUtcMs);
        var doors = new Dictionary<string, long>();
        if (message.Openings.Count > 0)
        {
            _readDoors.Set(1, message.Cabinet).Set(2, (long)TelemetryKind.Doors);
            while (_readDoors.Next())
            {
                doors[_readDoors.Text(0)] = _readDoors.Long(1);
            }
        }

        return new CabinetBefore(heardUtcMs, doors);
    }

    private int WriteStates(FoldedMessage message)
    {
        _heard.Set(1, message.Cabinet).Set(2, message.ReceivedUtcMs).Set(3, message.ClockOffsetMs).Run();
        foreach (var state in message.States)
        {
            _state.Set(1, message.Cabinet).Set(2, (long)state.Key.Kind).Set(3, state.Key.Name)
                .Set(4, state.MeasuredUtcMs).Set(5, state.ReceivedUtcMs).Set(6, state.Number)
                .Set(7, state.Extra).Set(8, state.Words).Run();
        }

        return message.States.Count + 1;
    }

    /// <summary>Puts a point into its hour; false when the hour has too many names.</summary>
    private bool Put(HourPoint point)
    {
        if (!_hours.TryGetValue(point.Key, out var hour) && (hour = ReadHour(point.Key)) is null)
        {
            return false;
        }

        _hours[point.Key] = point.Minute is { } minute
            ? hour.With(minute, point.Value)
            : hour with { Spans = hour.Spans.With(point.SpanFrom, point.SpanTo) };
        return true;
    }

    /// <summary>An hour as it is kept; an empty one while there is room for its name, else null.</summary>
    private TelemetryHour? ReadHour(HourKey key)
    {
        _readHour.Set(1, key.Cabinet).Set(2, key.Hour).Set(3, (long)key.Measure).Set(4, key.Name);
        if (_readHour.Next())
        {
            var hour = new TelemetryHour(_readHour.Long(0), _readHour.Long(1), _readHour.Long(2), _readHour.Long(3),
                OpenSpans.Read(_readHour.Bytes(4)));
            _readHour.Reset();
            return hour;
        }

        var group = (key.Cabinet, key.Hour, key.Measure);
        if (!_names.TryGetValue(group, out var names))
        {
            _namesOfHour.Set(1, key.Cabinet).Set(2, key.Hour).Set(3, (long)key.Measure).Next();
            names = (int)_namesOfHour.Long(0);
            _namesOfHour.Reset();
        }

        _names[group] = Math.Min(names + 1, MaxNames);
        return names < MaxNames ? TelemetryHour.Empty : null;
    }

    private void WriteHours()
    {
        foreach (var (key, hour) in _hours)
        {
            _writeHour.Set(1, key.Cabinet).Set(2, key.Hour).Set(3, (long)key.Measure).Set(4, key.Name)
                .Set(5, hour.Minutes).Set(6, hour.Least).Set(7, hour.Most).Set(8, hour.Total)
                .Set(9, hour.Spans.ToBytes()).Add();
        }

        _writeHour.Flush();
    }
}
