using System.Threading.Channels;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Broker;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Telemetry;

/// <summary>A message with the moment of its arrival.</summary>
internal readonly record struct ArrivedMessage(UpMessage Message, long ReceivedUtcMs);

/// <summary>
/// Takes telemetry from the broker link without ever making it wait: what cannot be held pushes out the oldest, first
/// of its own cabinet, and is counted. It shares neither queue nor thread nor byte budget with the journal lane.
/// Thread-safe.
/// </summary>
internal sealed class TelemetryIntake
{
    /// <summary>
    /// Most messages of one cabinet that wait: one that floods pushes out its own. A cabinet that was away tells one a
    /// second.
    /// </summary>
    public const int MaxOfCabinet = 8;

    private readonly Lock _lock = new();
    private readonly LinkedList<ArrivedMessage> _waiting = [];
    private readonly Dictionary<CabinetId, Queue<LinkedListNode<ArrivedMessage>>> _ofCabinet = [];
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly TelemetryMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly int _most;

    /// <summary>Makes the queue.</summary>
    public TelemetryIntake(IOptions<TelemetryOptions> options, TelemetryMetrics metrics, TimeProvider time)
    {
        (_most, _metrics, _time) = (options.Value.MaxWaitingMessages, metrics, time);
        metrics.Meter.CreateObservableGauge(
            "kioskfleet.telemetry.waiting", () => Waiting, "{message}", "Messages that wait to be written");
    }

    /// <summary>How many messages wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Takes a message; never waits.</summary>
    public void Take(UpMessage message)
    {
        var arrived = new ArrivedMessage(message, _time.GetUtcNow().ToUnixTimeMilliseconds());
        var isFull = false;
        lock (_lock)
        {
            if (!_ofCabinet.TryGetValue(message.Topic.Cabinet, out var own))
            {
                _ofCabinet[message.Topic.Cabinet] = own = new Queue<LinkedListNode<ArrivedMessage>>();
            }

            own.Enqueue(_waiting.AddLast(arrived));
            if (own.Count > MaxOfCabinet)
            {
                _waiting.Remove(own.Dequeue());
                isFull = true;
            }
            else if (_waiting.Count > _most)
            {
                RemoveOldest();
                isFull = true;
            }
        }

        _bell.Writer.TryWrite(true);
        if (isFull)
        {
            _metrics.Messages("dropped", 1);
        }
    }

    /// <summary>Gives the oldest message that waits; false when there is none.</summary>
    public bool TryNext(out ArrivedMessage arrived)
    {
        lock (_lock)
        {
            arrived = _waiting.First?.Value ?? default;
            return _waiting.Count > 0 && RemoveOldest();
        }
    }

    /// <summary>Returns when a message waits. For one caller at a time.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (Waiting == 0)
        {
            await _bell.Reader.ReadAsync(cancellationToken);
        }
    }

    private bool RemoveOldest()
    {
        var cabinet = _waiting.First!.Value.Message.Topic.Cabinet;
        _waiting.RemoveFirst();
        var own = _ofCabinet[cabinet];
        own.Dequeue();
        return own.Count > 0 || _ofCabinet.Remove(cabinet);
    }
}
