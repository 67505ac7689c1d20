using KioskFleet.Protocol.Telemetry;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Telemetry;

/// <summary>When a cabinet was heard over the telemetry lane.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="ReceivedUtcMs">When its telemetry last arrived, Unix milliseconds UTC.</param>
/// <param name="ClockOffsetMs">How far its clock was off then, positive when it is behind.</param>
internal sealed record HeardCabinet(string Cabinet, long ReceivedUtcMs, long ClockOffsetMs);

/// <summary>A state of a cabinet.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Reading">The newest reading.</param>
internal sealed record CabinetReading(string Cabinet, StoredReading Reading);

/// <summary>An hour of a cabinet.</summary>
/// <param name="Key">Which.</param>
/// <param name="Hour">What it looked like.</param>
internal sealed record KeptHour(HourKey Key, TelemetryHour Hour);

/// <summary>Reads telemetry, writes groups of it and forgets what is old. Thread-safe.</summary>
internal sealed class TelemetryStore(FleetDatabase database)
{
    private const string States =
        "SELECT cabinet_id, kind, name, measured_utc_ms, received_utc_ms, number, extra, words FROM telemetry_states ";

    /// <summary>Writers that wait for their turn now; telemetry lets them go first.</summary>
    public int WritersWaiting => database.Writers.Waiting;

    /// <summary>Writes messages, in as many transactions as it takes.</summary>
    public async Task WriteAsync(IReadOnlyList<FoldedMessage> messages, CancellationToken cancellationToken)
    {
        for (var next = 0; next < messages.Count;)
        {
            (next, _) = await WriteSomeAsync(messages, next, cancellationToken);
        }
    }

    /// <summary>Writes messages from one on, in one transaction and as many as it bears.</summary>
    /// <returns>The first message that is not written, and the points that found no room.</returns>
    public Task<(int Next, int Refused)> WriteSomeAsync(
        IReadOnlyList<FoldedMessage> messages, int from, CancellationToken cancellationToken) =>
        database.WriteAsync((connection, _) =>
        {
            using var table = new TelemetryTable(connection);
            return table.Write(messages, from);
        }, cancellationToken);

    /// <summary>When each cabinet was heard.</summary>
    public IReadOnlyList<HeardCabinet> Heard()
    {
        using var connection = database.OpenReader();
        return connection.Query("SELECT cabinet_id, received_utc_ms, clock_offset_ms FROM telemetry_cabinets",
            row => new HeardCabinet(row.Text(0), row.Long(1), row.Long(2)));
    }

    /// <summary>When one cabinet was heard; null for never.</summary>
    public HeardCabinet? Heard(string cabinet)
    {
        using var connection = database.OpenReader();
        return connection.Query("""
            SELECT cabinet_id, received_utc_ms, clock_offset_ms FROM telemetry_cabinets WHERE cabinet_id = $cabinet
            """, row => new HeardCabinet(row.Text(0), row.Long(1), row.Long(2)), ("$cabinet", cabinet))
            .SingleOrDefault();
    }

    /// <summary>The states of one cabinet, by group and name.</summary>
    public IReadOnlyList<CabinetReading> StatesOf(string cabinet)
    {
        using var connection = database.OpenReader();
        return connection.Query(
            States + "WHERE cabinet_id = $cabinet ORDER BY kind, name", Read, ("$cabinet", cabinet));
    }

    /// <summary>The states of all cabinets that arrived at a moment or later, by cabinet, group and name.</summary>
    /// <param name="sinceUtcMs">Unix milliseconds UTC; 0 for all.</param>
    public IReadOnlyList<CabinetReading> StatesSince(long sinceUtcMs)
    {
        using var connection = database.OpenReader();
        return connection.Query(States + "WHERE received_utc_ms >= $since ORDER BY cabinet_id, kind, name", Read,
            ("$since", sinceUtcMs));
    }

    /// <summary>Hours of a cabinet, oldest first.</summary>
    /// <param name="cabinet">The cabinet.</param>
    /// <param name="fromHour">First hour since 1970.</param>
    /// <param name="toHour">The hour behind the last.</param>
    public IReadOnlyList<KeptHour> Hours(string cabinet, long fromHour, long toHour)
    {
        using var connection = database.OpenReader();
        return connection.Query("""
            SELECT hour, measure, name, minutes, least, most, total, spans FROM telemetry_hours
            WHERE cabinet_id = $cabinet AND hour >= $from AND hour < $to ORDER BY hour, measure, name
            """,
            row => new KeptHour(new HourKey(cabinet, row.Long(0), (HourMeasure)row.Long(1), row.Text(2)),
                new TelemetryHour(row.Long(3), row.Long(4), row.Long(5), row.Long(6), OpenSpans.Read(row.Bytes(7)))),
            ("$cabinet", cabinet), ("$from", fromHour), ("$to", toHour));
    }

    /// <summary>
    /// Forgets the oldest hour before a limit, and things that were not told since another. One hour at a time, so that
    /// no other writer waits long.
    /// </summary>
    /// <returns>How many rows went; 0 when nothing is left to forget.</returns>
    public Task<long> ForgetAsync(long beforeHour, long statesBeforeUtcMs, CancellationToken cancellationToken) =>
        database.WriteAsync((connection, _) => connection.Execute("""
            DELETE FROM telemetry_hours
            WHERE hour < $before AND hour = (SELECT min(hour) FROM telemetry_hours)
            """, ("$before", beforeHour))
            + connection.Execute("DELETE FROM telemetry_states WHERE received_utc_ms < $before",
                ("$before", statesBeforeUtcMs)), cancellationToken);

    private static CabinetReading Read(Statement row) => new(row.Text(0), new StoredReading(
        new TelemetryKey((TelemetryKind)row.Long(1), row.Text(2)), row.Long(3), row.Long(4), row.Long(5),
        row.LongOrNull(6), row.Text(7)));
}
