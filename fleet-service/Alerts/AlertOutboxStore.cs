using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Alerts;

/// <summary>The states of a message. The numbers are stored.</summary>
internal enum MessageState
{
    /// <summary>To be sent.</summary>
    Waiting = 1,

    /// <summary>Taken by the far side.</summary>
    Sent = 2,

    /// <summary>Given up after too many failures; it stays and is shown.</summary>
    Dead = 3,
}

/// <summary>A message of notices. Id and body stay the same however often it is sent.</summary>
/// <param name="MessageId">Its id, 32 hexadecimal digits: by it a receiver knows one that came twice.</param>
/// <param name="Channel">How it is told.</param>
/// <param name="Body">The body of the webhook, from which a mail is written too.</param>
/// <param name="MadeUtcMs">When it was made, Unix milliseconds UTC.</param>
/// <param name="State">Its state.</param>
/// <param name="Attempts">How often it failed.</param>
/// <param name="NextUtcMs">When it is sent next.</param>
/// <param name="SentUtcMs">When it was taken; null while it was not.</param>
/// <param name="LastError">Why it failed last; empty when it did not.</param>
internal sealed record OutboxMessage(
    string MessageId, string Channel, string Body, long MadeUtcMs, MessageState State, int Attempts, long NextUtcMs,
    long? SentUtcMs, string LastError);

/// <summary>
/// What is to be told, in the database: a restart neither loses a message nor sends another one in its place.
/// Thread-safe.
/// </summary>
internal sealed class AlertOutboxStore(FleetDatabase database)
{
    /// <summary>Most notices of one message.</summary>
    public const int MaxNotices = 100;

    private const string Columns =
        "message_id, channel, body, made_utc_ms, state, attempts, next_utc_ms, sent_utc_ms, last_error";

    /// <summary>
    /// Puts notices that may be told now together into one message of a channel; false when there are none.
    /// </summary>
    /// <param name="channel">The channel.</param>
    /// <param name="messageId">The id for the message.</param>
    /// <param name="nowUtcMs">Now.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<bool> FormAsync(
        string channel, string messageId, long nowUtcMs, CancellationToken cancellationToken) =>
        database.WriteAsync((connection, _) =>
        {
            var notices = connection.Query("""
                SELECT notice_id, body FROM alert_notices
                WHERE message_id IS NULL AND channel = $channel AND not_before_utc_ms <= $now
                ORDER BY notice_id LIMIT $most
                """, row => (Id: row.Long(0), Body: row.Text(1)),
                ("$channel", channel), ("$now", nowUtcMs), ("$most", (long)MaxNotices));
            if (notices.Count == 0)
            {
                return false;
            }

            connection.Execute("""
                INSERT INTO alert_messages
                  (message_id, channel, body, made_utc_ms, state, attempts, next_utc_ms, sent_utc_ms, last_error)
                VALUES ($id, $channel, $body, $now, 1, 0, $now, NULL, '')
                """, ("$id", messageId), ("$channel", channel), ("$now", nowUtcMs),
                ("$body", AlertMessage.Body(messageId, notices.Select(notice => notice.Body))));
            foreach (var (id, _) in notices)
            {
                connection.Execute("UPDATE alert_notices SET message_id = $message WHERE notice_id = $id",
                    ("$message", messageId), ("$id", id));
            }

            return true;
        }, cancellationToken);

    /// <summary>True when notices of a channel may be told now.</summary>
    public bool HasNotices(string channel, long nowUtcMs)
    {
        using var connection = database.OpenReader();
        return connection.Query("""
            SELECT 1 FROM alert_notices
            WHERE message_id IS NULL AND channel = $channel AND not_before_utc_ms <= $now LIMIT 1
            """, _ => true, ("$channel", channel), ("$now", nowUtcMs)).Count > 0;
    }

    /// <summary>Messages of a channel that are to be sent now, oldest first.</summary>
    public IReadOnlyList<OutboxMessage> Due(string channel, long nowUtcMs)
    {
        using var connection = database.OpenReader();
        return connection.Query($"""
            SELECT {Columns} FROM alert_messages WHERE state = 1 AND channel = $channel AND next_utc_ms <= $now
            ORDER BY made_utc_ms, message_id LIMIT 100
            """, Read, ("$channel", channel), ("$now", nowUtcMs));
    }

    /// <summary>Messages, newest first.</summary>
    /// <param name="state">One state, or null for all.</param>
    public IReadOnlyList<OutboxMessage> List(MessageState? state)
    {
        using var connection = database.OpenReader();
        return connection.Query($"""
            SELECT {Columns} FROM alert_messages WHERE $state = 0 OR state = $state
            ORDER BY made_utc_ms DESC, message_id
            """, Read, ("$state", (long)(state ?? 0)));
    }

    /// <summary>The far side took a message.</summary>
    public Task SentAsync(string messageId, long nowUtcMs, CancellationToken cancellationToken) =>
        database.WriteAsync((connection, _) => connection.Execute("""
            UPDATE alert_messages SET state = 2, sent_utc_ms = $now, last_error = '' WHERE message_id = $id
            """, ("$now", nowUtcMs), ("$id", messageId)), cancellationToken);

    /// <summary>A message failed.</summary>
    /// <param name="messageId">The message.</param>
    /// <param name="nextUtcMs">When it is sent next; null when it is dead.</param>
    /// <param name="error">Why.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task FailedAsync(string messageId, long? nextUtcMs, string error, CancellationToken cancellationToken) =>
        database.WriteAsync((connection, _) => connection.Execute("""
            UPDATE alert_messages SET attempts = attempts + 1, last_error = $error,
              state = CASE WHEN $dead = 1 THEN 3 ELSE state END, next_utc_ms = $next
            WHERE message_id = $id AND state = 1
            """, ("$error", error), ("$dead", nextUtcMs is null ? 1L : 0L), ("$next", nextUtcMs ?? 0L),
            ("$id", messageId)), cancellationToken);

    /// <summary>Lets a dead message be sent again; false when there is none of this id.</summary>
    public static bool Revive(FleetConnection connection, string messageId, long nowUtcMs) => connection.Execute("""
        UPDATE alert_messages SET state = 1, attempts = 0, next_utc_ms = $now WHERE message_id = $id AND state = 3
        """, ("$now", nowUtcMs), ("$id", messageId)) > 0;

    /// <summary>Forgets closed alerts and finished messages from before a moment.</summary>
    public Task ForgetAsync(long beforeUtcMs, CancellationToken cancellationToken) =>
        database.WriteAsync((connection, _) =>
            connection.Execute("""
                DELETE FROM alert_notices WHERE at_utc_ms < $before AND message_id IN
                  (SELECT message_id FROM alert_messages WHERE state <> 1 AND made_utc_ms < $before)
                """, ("$before", beforeUtcMs))
            + connection.Execute(
                "DELETE FROM alert_messages WHERE state <> 1 AND made_utc_ms < $before", ("$before", beforeUtcMs))
            + connection.Execute(
                "DELETE FROM alerts WHERE state = 5 AND closed_utc_ms < $before", ("$before", beforeUtcMs)),
            cancellationToken);

    private static OutboxMessage Read(Statement row) => new(
        row.Text(0), row.Text(1), row.Text(2), row.Long(3), (MessageState)row.Long(4), (int)row.Long(5), row.Long(6),
        row.LongOrNull(7), row.Text(8));
}
