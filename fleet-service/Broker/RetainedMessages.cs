using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Broker;

/// <summary>
/// The newest kept message of each down topic, in the database and in memory. The embedded broker delivers it when a
/// cabinet subscribes. Thread-safe.
/// </summary>
internal sealed class RetainedMessages(FleetDatabase database, TimeProvider time)
{
    private readonly ConcurrentDictionary<CabinetTopic, byte[]> _kept = new();

    /// <summary>Reads what was kept before this start.</summary>
    public void Load()
    {
        using var connection = database.OpenReader();
        foreach (var (name, payload) in connection.Query(
            "SELECT topic, payload FROM retained_messages", row => (row.Text(0), row.Bytes(1).ToArray())))
        {
            if (CabinetTopic.TryParse(name, out var topic))
            {
                _kept[topic] = payload;
            }
        }
    }

    /// <summary>The kept message of a topic.</summary>
    public bool TryGet(CabinetTopic topic, [NotNullWhen(true)] out byte[]? payload) =>
        _kept.TryGetValue(topic, out payload);

    /// <summary>Keeps a message, durably when it returns; empty bytes forget the topic.</summary>
    public async ValueTask KeepAsync(CabinetTopic topic, ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        var bytes = payload.ToArray();
        await database.WriteAsync(
            (connection, _) =>
            {
                var rows = connection.Execute(
                    bytes.Length == 0
                        ? "DELETE FROM retained_messages WHERE topic = $topic"
                        : """
                          INSERT INTO retained_messages (topic, payload, kept_utc_ms) VALUES ($topic, $payload, $now)
                          ON CONFLICT (topic)
                          DO UPDATE SET payload = excluded.payload, kept_utc_ms = excluded.kept_utc_ms
                          """,
                    ("$topic", topic.ToString()), ("$payload", bytes),
                    ("$now", time.GetUtcNow().ToUnixTimeMilliseconds()));

                // Inside the writer's turn, so that memory and table take concurrent changes in one order.
                Remember(topic, bytes);
                return rows;
            },
            ct);
    }

    private void Remember(CabinetTopic topic, byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            _kept.TryRemove(topic, out _);
        }
        else
        {
            _kept[topic] = bytes;
        }
    }
}
