using System.Threading.Channels;
using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Agent.Telemetry;

/// <summary>What the controller pushes to the local API. Of many that wait the newest are kept. Thread-safe.</summary>
internal sealed class PushSource : ITelemetrySource
{
    /// <summary>Most pushes that wait.</summary>
    public const int MaxWaiting = 16;

    private readonly Channel<IReadOnlyList<TelemetryReading>> _pushed =
        Channel.CreateBounded<IReadOnlyList<TelemetryReading>>(new BoundedChannelOptions(MaxWaiting)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
            SingleReader = true,
        });

    /// <inheritdoc/>
    public string Name => "push";

    /// <summary>Takes readings; never waits.</summary>
    public void Push(IReadOnlyList<TelemetryReading> readings) => _pushed.Writer.TryWrite(readings);

    /// <inheritdoc/>
    public async Task<SourceOutcome> NextAsync(CancellationToken cancel) =>
        new SourceOutcome.Told(await _pushed.Reader.ReadAsync(cancel), 0);
}
