using System.Text;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Telemetry;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Telemetry;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Series;

/// <summary>
/// Writes what cabinets told of themselves, every few minutes, each reading at the moment at which it was measured: so
/// that a reading written twice is one point. What arrived while the server was away is written when it is back, as far
/// as nothing newer took its place.
/// </summary>
internal sealed class TelemetryGauges(
    TelemetryStore telemetry, FleetRegister register, SeriesDelivery delivery, IOptions<SeriesOptions> options,
    Leases leases, ILogger<TelemetryGauges> log) : BackgroundService
{
    // Telemetry gives way to sales: so long it may take from a reading's arrival until it is written down.
    private const long LongestWaitMs = 600_000;

    private long _sinceUtcMs;

    /// <summary>Writes what arrived since the last time; false when the server did not take all of it.</summary>
    internal async Task<bool> TellAsync(CancellationToken cancellationToken)
    {
        var nowUtcMs = leases.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var fleet = register.Current;
        var lines = telemetry.StatesSince(_sinceUtcMs)
            .Select(state => CabinetId.TryParse(state.Cabinet, out var id) && fleet.TryGet(id, out var cabinet)
                ? LineOf(state.Reading, cabinet)
                : null)
            .OfType<string>();
        if (!await delivery.TellAsync(lines, cancellationToken))
        {
            return false;
        }

        // What arrived before this moment may still wait for its turn to be written, and is looked for once more.
        _sinceUtcMs = nowUtcMs - LongestWaitMs;
        return true;
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leases.RunAsync("telemetry-gauges", LoopAsync, stoppingToken);

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.GaugeSeconds), leases.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Task.Run(() => TellAsync(stoppingToken), stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                SeriesLog.Failed(log, error);
            }
        }
    }

    /// <summary>The line of a reading, ended by a line feed; null for what is no figure. Pure.</summary>
    internal static string? LineOf(StoredReading reading, CabinetModel cabinet)
    {
        (string Measurement, string Tag, (string, long)[] Fields)? gauge = reading.Key.Kind switch
        {
            TelemetryKind.Temperatures => ("kf_temperature", "zone", [("milli_celsius", reading.Number)]),
            TelemetryKind.Doors => ("kf_door", "door", [("open", reading.Number)]),
            TelemetryKind.Stock => ("kf_stock", "slot", [("pieces", reading.Number)]),
            TelemetryKind.Signal => ("kf_signal", "", [("dbm", reading.Number)]),
            TelemetryKind.Disk =>
                ("kf_disk", "", [("free_bytes", reading.Number), ("total_bytes", reading.Extra ?? 0)]),
            TelemetryKind.Backlog =>
                ("kf_backlog", "", [("entries", reading.Number), ("oldest_age_ms", reading.Extra ?? 0)]),
            TelemetryKind.Faults => ("kf_faults", "", [("faults", reading.Number)]),
            _ => null,
        };
        if (gauge is not { } told)
        {
            return null;
        }

        var assignment = cabinet.CurrentAssignment;
        var line = new StringBuilder(160);
        (string, string)[] tags =
        [
            ("cabinet", cabinet.Id.Value), ("county", assignment.County.Value), ("operator", assignment.OperatorId),
            (told.Tag.Length == 0 ? "of" : told.Tag, told.Tag.Length == 0 ? "" : reading.Key.Name),
        ];
        LineProtocol.Append(line, told.Measurement, tags, told.Fields, reading.MeasuredUtcMs);
        return line.ToString();
    }
}
