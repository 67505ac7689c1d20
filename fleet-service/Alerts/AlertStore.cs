using KioskFleet.Protocol.Clock;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Alerts;

/// <summary>An alert as it is kept.</summary>
/// <param name="AlertId">Its number.</param>
/// <param name="Key">Of what.</param>
/// <param name="State">Its state.</param>
/// <param name="SinceUtcMs">When the cause began.</param>
/// <param name="Value">What was found when it opened.</param>
/// <param name="OpenedUtcMs">When it opened; null while it is pending.</param>
/// <param name="Acknowledged">When and by whom it was acknowledged; null while it was not.</param>
/// <param name="ClosedUtcMs">When it was closed; null while it was not.</param>
/// <param name="ClosedBy">By whom; empty when the cause went.</param>
/// <param name="Words">What a person said last.</param>
internal sealed record AlertRow(
    long AlertId, AlertKey Key, AlertState State, long SinceUtcMs, long Value, long? OpenedUtcMs,
    (long UtcMs, string By)? Acknowledged, long? ClosedUtcMs, string ClosedBy, string Words);

/// <summary>What a cabinet said of itself in its last hello. Times are Unix milliseconds UTC.</summary>
/// <param name="HeardUtcMs">When.</param>
/// <param name="OldestUnsentUtcMs">Its oldest unsent entry by the service's clock; null when it has none.</param>
internal sealed record HeardHello(long HeardUtcMs, long? OldestUnsentUtcMs)
{
    /// <summary>A hello by what its cabinet's clock said, which may be any number.</summary>
    /// <param name="heardUtcMs">When it was heard, by the service's clock.</param>
    /// <param name="oldestWallUtcMs">The oldest unsent entry by the cabinet's clock; null for none.</param>
    /// <param name="wallOffsetMs">How far that clock is ahead of the service's.</param>
    public static HeardHello Of(long heardUtcMs, long? oldestWallUtcMs, long wallOffsetMs) => new(
        heardUtcMs, oldestWallUtcMs is { } wall
            ? (long)Int128.Clamp((Int128)wall - wallOffsetMs,
                Math.Min(EntryDating.EarliestPlausibleUtcMs, heardUtcMs), heardUtcMs)
            : null);
}

/// <summary>Sales that came in one batch.</summary>
/// <param name="Cabinet">Whose.</param>
/// <param name="FirstUtcMs">When the first of them was made, Unix milliseconds UTC.</param>
/// <param name="LastUtcMs">When the last.</param>
/// <param name="Sales">How many.</param>
internal readonly record struct SoldBatch(string Cabinet, long FirstUtcMs, long LastUtcMs, long Sales);

/// <summary>
/// Reads alerts, and what the rules need of the ledger's tables; writes checks and persons' steps. Thread-safe.
/// </summary>
internal sealed class AlertStore(FleetDatabase database)
{
    private const string Columns = """
        alert_id, cabinet_id, kind, name, state, since_utc_ms, value, opened_utc_ms, acknowledged_utc_ms,
        acknowledged_by, closed_utc_ms, closed_by, words
        """;

    /// <summary>The live alerts and pending causes of all cabinets.</summary>
    public IReadOnlyList<LiveAlert> Live()
    {
        using var connection = database.OpenReader();
        return connection.Query(
            "SELECT alert_id, cabinet_id, kind, name, state, since_utc_ms FROM alerts WHERE state <> 5",
            row => new LiveAlert(row.Long(0), new AlertKey(row.Text(1), (AlertKind)row.Long(2), row.Text(3)),
                (AlertState)row.Long(4), row.Long(5)));
    }

    /// <summary>Alerts, newest first; pending causes are none.</summary>
    /// <param name="cabinet">One cabinet, or null.</param>
    /// <param name="kind">One kind, or null.</param>
    /// <param name="state">One state, or null for all that are not closed.</param>
    public IReadOnlyList<AlertRow> List(string? cabinet, AlertKind? kind, AlertState? state)
    {
        using var connection = database.OpenReader();
        return connection.Query($"""
            SELECT {Columns} FROM alerts
            WHERE state <> 1 AND (state = $state OR ($state = 0 AND state <> 5))
              AND ($kind = 0 OR kind = $kind) AND ($cabinet = '' OR cabinet_id = $cabinet)
            ORDER BY alert_id DESC
            """, Read, ("$state", (long)(state ?? 0)), ("$kind", (long)(kind ?? 0)), ("$cabinet", cabinet ?? ""));
    }

    /// <summary>One alert; null when there is none.</summary>
    public AlertRow? Find(long alertId)
    {
        using var connection = database.OpenReader();
        return Find(connection, alertId);
    }

    /// <summary>One alert as the caller's transaction sees it.</summary>
    public static AlertRow? Find(FleetConnection connection, long alertId) => connection.Query(
        $"SELECT {Columns} FROM alerts WHERE alert_id = $id AND state <> 1", Read, ("$id", alertId)).SingleOrDefault();

    /// <summary>Records a person's step.</summary>
    public static void Take(
        FleetConnection connection, long alertId, AlertState to, (long UtcMs, string Actor) by, string words) =>
        connection.Execute(to == AlertState.Acknowledged
            ? """
              UPDATE alerts SET state = 3, acknowledged_utc_ms = $at, acknowledged_by = $by, words = $words
              WHERE alert_id = $id
              """
            : """
              UPDATE alerts SET state = 4, closed_utc_ms = $at, closed_by = $by, words = $words WHERE alert_id = $id
              """,
            ("$at", by.UtcMs), ("$by", by.Actor), ("$words", words), ("$id", alertId));

    /// <summary>Performs the steps of a check in one transaction.</summary>
    /// <param name="steps">What to do.</param>
    /// <param name="nowUtcMs">Now.</param>
    /// <param name="told">The notices of a step, by its alert's number: event, channel, when, body.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task TakeAsync(
        IReadOnlyList<AlertStep> steps, long nowUtcMs, Func<AlertStep, long, IEnumerable<NoticeDraft>> told,
        CancellationToken cancellationToken) =>
        database.WriteAsync((connection, _) =>
        {
            using var alerts = new AlertTable(connection);
            foreach (var step in steps)
            {
                var id = alerts.Take(step, nowUtcMs);
                foreach (var notice in told(step, id))
                {
                    alerts.Notice(id, notice.Event, notice.Channel, (nowUtcMs, notice.NotBeforeUtcMs), notice.Body);
                }
            }

            return true;
        }, cancellationToken);

    /// <summary>The last hello of each cabinet.</summary>
    public IReadOnlyDictionary<string, HeardHello> Hellos()
    {
        using var connection = database.OpenReader();
        return connection.Query(
            "SELECT cabinet_id, heard_utc_ms, backlog, oldest_unsent_utc_ms, wall_offset_ms FROM hellos",
            row => (Cabinet: row.Text(0), Hello: HeardHello.Of(
                row.Long(1), row.Long(2) > 0 && row.Long(3) > 0 ? row.Long(3) : null, row.Long(4))))
            .ToDictionary(pair => pair.Cabinet, pair => pair.Hello);
    }

    /// <summary>The highest position of the ledger; 0 for an empty one.</summary>
    public long LastPosition()
    {
        using var connection = database.OpenReader();
        return connection.Query("SELECT coalesce(max(position), 0) FROM entries", row => row.Long(0))[0];
    }

    /// <summary>Counted sales of some positions, by the batches that brought them, in their order.</summary>
    /// <param name="after">The position before the first.</param>
    /// <param name="last">The last.</param>
    public IReadOnlyList<SoldBatch> Sales(long after, long last)
    {
        using var connection = database.OpenReader();
        return connection.Query("""
            SELECT j.cabinet_id, s.first_utc_ms, s.last_utc_ms, s.sales
            FROM (SELECT batch_id, min(utc_ms) AS first_utc_ms, max(utc_ms) AS last_utc_ms, count(*) AS sales
                  FROM entries WHERE position > $after AND position <= $last AND kind = 1 AND state = 0
                  GROUP BY batch_id) s
            JOIN batches b ON b.batch_id = s.batch_id JOIN journals j ON j.journal_no = b.journal_no
            ORDER BY s.batch_id
            """, row => new SoldBatch(row.Text(0), row.Long(1), row.Long(2), row.Long(3)),
            ("$after", after), ("$last", last));
    }

    private static AlertRow Read(Statement row) => new(
        row.Long(0), new AlertKey(row.Text(1), (AlertKind)row.Long(2), row.Text(3)), (AlertState)row.Long(4),
        row.Long(5), row.Long(6), row.LongOrNull(7), row.LongOrNull(8) is { } at ? (at, row.Text(9)) : null,
        row.LongOrNull(10), row.Text(11), row.Text(12));
}

/// <summary>A notice that is to be put down.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Channel">How it is told.</param>
/// <param name="NotBeforeUtcMs">When it may be told.</param>
/// <param name="Body">The notice as JSON.</param>
internal sealed record NoticeDraft(AlertEvent Event, string Channel, long NotBeforeUtcMs, string Body);
