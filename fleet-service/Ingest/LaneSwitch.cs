using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Telemetry;

namespace KioskFleet.Service.Ingest;

/// <summary>
/// Parts the two lanes where messages come in: journals go the way that makes the broker wait, telemetry into a queue
/// of its own that never does. Thread-safe.
/// </summary>
internal sealed class LaneSwitch(IngestPipeline journals, TelemetryIntake? telemetry = null) : IUpMessageHandler
{
    /// <inheritdoc/>
    public ValueTask HandleAsync(UpMessage message, CancellationToken ct)
    {
        if (message.Topic.Lane != Lane.Telemetry)
        {
            return journals.HandleAsync(message, ct);
        }

        telemetry?.Take(message);
        return ValueTask.CompletedTask;
    }
}
