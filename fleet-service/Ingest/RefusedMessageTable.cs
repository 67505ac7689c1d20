using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ingest;

/// <summary>
/// Evidence of refused messages: once per cabinet and message hash, bounded in number and bytes; the oldest go
/// first. Belongs to one session.
/// </summary>
internal sealed class RefusedMessageTable(FleetConnection connection) : IDisposable
{
    private readonly Statement _upsert = connection.Prepare("""
        INSERT INTO refused_messages (cabinet_id, message_hash, lane, refusal, detail, first_utc_ms, last_utc_ms, times,
                                      payload_bytes, payload)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 1, ?7, ?8)
        ON CONFLICT (cabinet_id, message_hash) DO UPDATE SET last_utc_ms = excluded.last_utc_ms,
          times = refused_messages.times + 1
        """);

    private readonly Statement _trim = connection.Prepare("""
        DELETE FROM refused_messages WHERE refused_id IN (
          SELECT refused_id FROM (
            SELECT refused_id, row_number() OVER newest AS number, sum(payload_bytes) OVER newest AS bytes
            FROM refused_messages WINDOW newest AS (ORDER BY last_utc_ms DESC, refused_id DESC)) AS numbered
          WHERE number > ?1 OR bytes > ?2)
        """);

    /// <summary>
    /// Keeps one message. One too short to be signed has no hash to be named by, so all its bytes name it.
    /// </summary>
    public void Keep(IngestItem.Refused refused, long nowUtcMs)
    {
        var payload = refused.Payload.Span;
        _upsert.Set(1, refused.Topic.Cabinet.Value)
            .Set(2, refused.Hash == default ? Digest.Of(payload) : refused.Hash).Set(3, refused.Topic.Lane.ToString())
            .Set(4, refused.Refusal.ToString()).Set(5, refused.Detail).Set(6, nowUtcMs).Set(7, (long)payload.Length)
            .Set(8, payload).Run();
    }

    /// <summary>Forgets the oldest beyond a number of messages and beyond their bytes.</summary>
    public void Trim(int keepMessages, long keepBytes) => _trim.Set(1, (long)keepMessages).Set(2, keepBytes).Run();

    /// <inheritdoc/>
    public void Dispose()
    {
        _upsert.Dispose();
        _trim.Dispose();
    }
}
