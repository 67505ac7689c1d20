using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;
using MQTTnet;
using MQTTnet.Server;

namespace KioskFleet.Service.Broker;

/// <summary>
/// Puts messages into the one session of the embedded broker they are for, at QoS 0: a session keeps unacknowledged QoS
/// 1 messages without bound, and a receipt or config that gets lost is asked for again. Thread-safe.
/// </summary>
internal sealed class DownLane(CabinetSessions sessions, RetainedMessages retained, BrokerMetrics metrics)
{
    /// <summary>The connected cabinets.</summary>
    public CabinetSessions Sessions => sessions;

    /// <summary>The measurements.</summary>
    public BrokerMetrics Metrics => metrics;

    /// <summary>Reads what was kept before this start.</summary>
    public void Load() => retained.Load();

    /// <summary>Sends to a cabinet that is connected and listens; keeps the message first when asked to.</summary>
    public async ValueTask SendAsync(
        CabinetTopic topic, ReadOnlyMemory<byte> payload, bool retain, CancellationToken ct)
    {
        if (topic.IsUp)
        {
            throw new ArgumentException($"'{topic}' is not a down topic.", nameof(topic));
        }

        if (retain)
        {
            await retained.KeepAsync(topic, payload, ct);
        }

        if (sessions.TryGet(topic.Cabinet, out var live) && live.ListensTo(topic.Lane))
        {
            Deliver(live.Session, topic, payload, retain: false);
        }
        else
        {
            metrics.Dropped();
        }
    }

    /// <summary>Notes a subscription and delivers what is kept for it.</summary>
    public void Subscribed(CabinetId cabinet, MqttSessionStatus session, string filter)
    {
        CabinetSessions.Listen(session.Items, filter);
        foreach (var lane in CabinetSessions.LanesOf(filter))
        {
            var topic = new CabinetTopic(cabinet, lane);
            if (retained.TryGet(topic, out var payload))
            {
                Deliver(session, topic, payload, retain: true);
            }
        }
    }

    private void Deliver(MqttSessionStatus session, CabinetTopic topic, ReadOnlyMemory<byte> payload, bool retain)
    {
        var message = new MqttApplicationMessage
        {
            Topic = topic.ToString(),
            Payload = new System.Buffers.ReadOnlySequence<byte>(payload),
            Retain = retain,
        };
        if (session.TryEnqueueApplicationMessage(message, out _))
        {
            metrics.Sent();
        }
        else
        {
            metrics.Dropped();
        }
    }
}
