using System.Threading.Channels;
using KioskFleet.Service.Broker;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Telemetry;

/// <summary>A message with the moment of its arrival.</summary>
internal readonly record struct ArrivedMessage(UpMessage Message, long ReceivedUtcMs);

/// <summary>
/// Takes telemetry from the broker link without ever making it wait: what cannot be held pushes out the oldest, and is
/// counted. It shares neither queue nor thread nor byte budget with the journal lane. Thread-safe.
/// </summary>
internal sealed class TelemetryIntake
{
    private readonly Channel<ArrivedMessage> _arrived;
    private readonly TimeProvider _time;

    /// <summary>Makes the queue.</summary>
    public TelemetryIntake(IOptions<TelemetryOptions> options, TelemetryMetrics metrics, TimeProvider time)
    {
        _time = time;
        _arrived = Channel.CreateBounded<ArrivedMessage>(
            new BoundedChannelOptions(options.Value.MaxWaitingMessages)
            {
                FullMode = BoundedChannelFullMode.DropOldest,
                SingleReader = true,
            },
            _ => metrics.Messages("dropped", 1));
        metrics.Meter.CreateObservableGauge("kioskfleet.telemetry.waiting", () => _arrived.Reader.Count, "{message}",
            "Messages that wait to be written");
    }

    /// <summary>What arrived, oldest first. For one reader.</summary>
    public ChannelReader<ArrivedMessage> Arrived => _arrived.Reader;

    /// <summary>Takes a message; never waits.</summary>
    public void Take(UpMessage message) =>
        _arrived.Writer.TryWrite(new ArrivedMessage(message, _time.GetUtcNow().ToUnixTimeMilliseconds()));
}
