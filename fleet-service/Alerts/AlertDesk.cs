using KioskFleet.Service.Access;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Alerts;

/// <summary>What became of a step that a person asked for. A closed set.</summary>
internal abstract record AlertOutcome
{
    private AlertOutcome()
    {
    }

    /// <summary>It is recorded.</summary>
    public sealed record Done : AlertOutcome;

    /// <summary>There is no alert of this number.</summary>
    public sealed record Unknown : AlertOutcome;

    /// <summary>The state does not allow the step.</summary>
    public sealed record Illegal(AlertState State) : AlertOutcome;

    /// <summary>The words are too long or cannot be read.</summary>
    public sealed record BadWords : AlertOutcome;
}

/// <summary>Steps that persons take: each is one transaction together with its audit row. Thread-safe.</summary>
internal sealed class AlertDesk(FleetDatabase database, TimeProvider time)
{
    /// <summary>Most characters of a step's words.</summary>
    public const int MaxWords = 1_000;

    /// <summary>Acknowledges an alert, or closes it.</summary>
    /// <param name="alertId">The alert.</param>
    /// <param name="to">Acknowledged or dismissed.</param>
    /// <param name="words">Why; may be empty.</param>
    /// <param name="actor">Who.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<AlertOutcome> TakeAsync(
        long alertId, AlertState to, string? words, string actor, CancellationToken cancellationToken)
    {
        words = words?.Trim() ?? "";
        if (words.Length > MaxWords || words.Any(c => char.IsControl(c) && c != '\n'))
        {
            return new AlertOutcome.BadWords();
        }

        var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return await database.WriteAsync<AlertOutcome>((connection, _) =>
        {
            if (AlertStore.Find(connection, alertId) is not { } alert)
            {
                return new AlertOutcome.Unknown();
            }

            if (AlertLife.After(alert.State, to) is not { } next)
            {
                return new AlertOutcome.Illegal(alert.State);
            }

            AlertStore.Take(connection, alertId, next, (nowUtcMs, actor), words);
            AuditLog.Write(connection, new AuditEntry(nowUtcMs, actor,
                next == AlertState.Acknowledged ? "alert.acknowledged" : "alert.closed", $"alert:{alertId}",
                new { state = alert.State.ToString() }, new { state = next.ToString(), words }));
            return new AlertOutcome.Done();
        }, cancellationToken);
    }

    /// <summary>Lets a dead message be sent again; false when there is none of this id.</summary>
    public Task<bool> ReviveAsync(string messageId, string actor, CancellationToken cancellationToken)
    {
        var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return database.WriteAsync((connection, _) =>
        {
            var isRevived = AlertOutboxStore.Revive(connection, messageId, nowUtcMs);
            if (isRevived)
            {
                AuditLog.Write(connection, new AuditEntry(
                    nowUtcMs, actor, "alert.messageRevived", $"alertMessage:{messageId}", null, null));
            }

            return isRevived;
        }, cancellationToken);
    }
}
