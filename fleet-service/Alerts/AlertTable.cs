using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Alerts;

/// <summary>The alerts, to be written. Belongs to one transaction.</summary>
internal sealed class AlertTable : IDisposable
{
    private readonly Statement _insert;
    private readonly Statement _open;
    private readonly Statement _close;
    private readonly Statement _forget;
    private readonly Statement _notice;

    /// <summary>Makes the statements ready.</summary>
    public AlertTable(FleetConnection connection)
    {
        _insert = connection.Prepare("""
            INSERT INTO alerts (cabinet_id, kind, name, state, since_utc_ms, value, opened_utc_ms, acknowledged_by,
                                closed_by, words)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '', '', '') RETURNING alert_id
            """);
        _open = connection.Prepare("""
            UPDATE alerts SET state = 2, value = ?2, opened_utc_ms = ?3 WHERE alert_id = ?1 AND state = 1
            """);
        _close = connection.Prepare("""
            UPDATE alerts SET state = 5, closed_utc_ms = coalesce(closed_utc_ms, ?2) WHERE alert_id = ?1 AND state <> 5
            """);
        _forget = connection.Prepare("DELETE FROM alerts WHERE alert_id = ?1 AND state = 1");
        _notice = connection.Prepare("""
            INSERT INTO alert_notices (alert_id, event, channel, at_utc_ms, not_before_utc_ms, body, message_id)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL)
            """);
    }

    /// <summary>Performs a step.</summary>
    /// <returns>The alert that it concerns.</returns>
    public long Take(AlertStep step, long nowUtcMs)
    {
        switch (step)
        {
            case AlertStep.Watch watch:
                return Insert(watch.Sign, AlertState.Pending, null);
            case AlertStep.Open { PendingId: { } pending } open:
                _open.Set(1, pending).Set(2, open.Sign.Value).Set(3, nowUtcMs).Run();
                return pending;
            case AlertStep.Open open:
                return Insert(open.Sign, AlertState.Open, nowUtcMs);
            case AlertStep.Close close:
                _close.Set(1, close.Alert.AlertId).Set(2, nowUtcMs).Run();
                return close.Alert.AlertId;
            case AlertStep.Forget forget:
                _forget.Set(1, forget.Alert.AlertId).Run();
                return forget.Alert.AlertId;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step, "There is no such step.");
        }
    }

    /// <summary>Puts a notice down that is to be told.</summary>
    public void Notice(
        long alertId, AlertEvent what, string channel, (long AtUtcMs, long NotBeforeUtcMs) when, string body) =>
        _notice.Set(1, alertId).Set(2, (long)what).Set(3, channel).Set(4, when.AtUtcMs).Set(5, when.NotBeforeUtcMs)
            .Set(6, body).Run();

    /// <inheritdoc/>
    public void Dispose()
    {
        _insert.Dispose();
        _open.Dispose();
        _close.Dispose();
        _forget.Dispose();
        _notice.Dispose();
    }

    private long Insert(AlertSign sign, AlertState state, long? openedUtcMs)
    {
        _insert.Set(1, sign.Key.Cabinet).Set(2, (long)sign.Key.Kind).Set(3, sign.Key.Name).Set(4, (long)state)
            .Set(5, sign.SinceUtcMs).Set(6, sign.Value).Set(7, openedUtcMs).Next();
        var id = _insert.Long(0);
        _insert.Reset();
        return id;
    }
}
