using KioskFleet.Service.Ledger;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Ingest;

/// <summary>
/// Evidence of refused messages: once per message hash, bounded in number; the oldest go first. Belongs to one session.
/// </summary>
internal sealed class RefusedMessageTable(SqliteConnection connection) : IDisposable
{
    private readonly Statement _upsert = new(connection, """
        INSERT INTO refused_messages (message_hash, cabinet_id, lane, refusal, detail, payload, first_utc_ms,
                                      last_utc_ms, times)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 1)
        ON CONFLICT DO UPDATE SET last_utc_ms = excluded.last_utc_ms, times = times + 1
        """);

    private readonly Statement _trim = new(connection, """
        DELETE FROM refused_messages WHERE message_hash IN (
          SELECT message_hash FROM refused_messages ORDER BY last_utc_ms DESC LIMIT -1 OFFSET ?1)
        """);

    /// <summary>Keeps one message.</summary>
    public void Keep(IngestItem.Refused refused, long nowUtcMs)
    {
        _upsert.Set(1, refused.Hash).Set(2, refused.Topic.Cabinet.Value).Set(3, refused.Topic.Lane.ToString())
            .Set(4, refused.Refusal.ToString()).Set(5, refused.Detail).Set(6, refused.Payload.Span)
            .Set(7, nowUtcMs).Run();
    }

    /// <summary>Forgets the oldest beyond a number.</summary>
    public void Trim(int keep) => _trim.Set(1, (long)keep).Run();

    /// <inheritdoc/>
    public void Dispose()
    {
        _upsert.Dispose();
        _trim.Dispose();
    }
}
