using System.Buffers;
using System.Collections.Concurrent;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Presence;
using KioskFleet.Protocol.Topics;
using Microsoft.Extensions.Options;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace KioskFleet.Service.Broker;

/// <summary>
/// Takes what cabinets publish on the embedded broker: checks the right and the size, slows down who sends too fast,
/// and hands the rest over. Nothing is routed on to other sessions: routing costs every session a look at every
/// message.
/// </summary>
internal sealed class UpLane(
    Lazy<IUpMessageHandler> handler, PresenceBook presence, IOptions<BrokerOptions> options, TimeProvider time,
    BrokerMetrics metrics, ILogger<UpLane> log)
{
    private readonly long _started = time.GetTimestamp();
    private readonly ConcurrentDictionary<CabinetId, TokenBucket> _buckets = new();

    /// <summary>The time that its limits go by.</summary>
    public TimeProvider Time => time;

    /// <summary>Takes one message; the PUBACK waits for it.</summary>
    public async Task TakeAsync(InterceptingPublishEventArgs args)
    {
        args.ProcessPublish = false;
        var cabinet = CabinetId.Parse(args.ClientId);
        var payload = args.ApplicationMessage.Payload;
        var verdict = CabinetRights.JudgePublish(cabinet, args.ApplicationMessage.Topic, payload.Length, out var topic);
        if (verdict != PublishVerdict.Accept)
        {
            Refuse(args, cabinet, verdict);
            return;
        }

        try
        {
            await WaitForRateAsync(cabinet, args.CancellationToken);
            metrics.Received((int)payload.Length);
            if (topic.Lane == Lane.Presence)
            {
                TakePresence(args, cabinet, payload.ToArray());
                return;
            }

            await handler.Value.HandleAsync(new UpMessage(topic, payload.ToArray()), args.CancellationToken);
        }
        catch (OperationCanceledException) when (args.CancellationToken.IsCancellationRequested)
        {
            // The connection ended while the message waited; the cabinet sends it again.
            args.Response.ReasonCode = MqttPubAckReasonCode.UnspecifiedError;
        }
        catch (Exception error)
        {
            // One message that fails may end neither the connection nor the broker.
            BrokerLog.NotTaken(log, error, cabinet);
            metrics.Refused("error");
            args.Response.ReasonCode = MqttPubAckReasonCode.UnspecifiedError;
        }
    }

    /// <summary>The end of a session: of the connection that these items belong to.</summary>
    public void Ended(CabinetId cabinet, System.Collections.IDictionary sessionItems)
    {
        if (sessionItems[Lane.Presence] is PresenceNote note)
        {
            presence.Take(cabinet, note with { Online = false }, wasKept: false);
        }
    }

    private void TakePresence(InterceptingPublishEventArgs args, CabinetId cabinet, ReadOnlySpan<byte> payload)
    {
        if (!presence.Take(cabinet, payload, wasKept: false, out var note))
        {
            metrics.Refused("not_taken");
            args.Response.ReasonCode = MqttPubAckReasonCode.PayloadFormatInvalid;
        }
        else if (note!.Online)
        {
            args.SessionItems[Lane.Presence] = note;
        }
    }

    private async ValueTask WaitForRateAsync(CabinetId cabinet, CancellationToken ct)
    {
        var embedded = options.Value.Embedded;
        var bucket = _buckets.GetOrAdd(
            cabinet, static (_, e) => new TokenBucket(e.MessagesPerSecond, e.MessageBurst), embedded);
        TimeSpan wait;
        lock (bucket)
        {
            // A connection that took over shares the bucket with the one that is ending.
            wait = bucket.Take(time.GetElapsedTime(_started));
        }

        if (wait > TimeSpan.Zero)
        {
            metrics.Slowed();
            await Task.Delay(wait, time, ct);
        }
    }

    private void Refuse(InterceptingPublishEventArgs args, CabinetId cabinet, PublishVerdict verdict)
    {
        BrokerLog.PublishRefused(
            log, cabinet, args.ApplicationMessage.Topic, args.ApplicationMessage.Payload.Length, verdict);
        metrics.Refused(verdict == PublishVerdict.TooLarge ? "too_large" : "not_its_topic");
        if (verdict == PublishVerdict.TooLarge)
        {
            args.Response.ReasonCode = MqttPubAckReasonCode.QuotaExceeded;
            args.Response.ReasonString = "the payload is larger than its lane takes";
        }
        else
        {
            args.Response.ReasonCode = MqttPubAckReasonCode.NotAuthorized;
            args.CloseConnection = true;
        }
    }
}
