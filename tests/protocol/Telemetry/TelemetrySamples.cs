using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Protocol.Tests.Telemetry;

/// <summary>Telemetry with every kind of reading.</summary>
internal static class TelemetrySamples
{
    public const long NowUtcMs = 1_600_000_000_000;

    public static readonly BootId Boot = new(7);

    public static IReadOnlyList<TelemetryReading> All { get; } =
    [
        new TelemetryReading.Temperature("冷藏", 4_100), new TelemetryReading.Temperature("main", -18_000),
        new TelemetryReading.Door("main", true, 12_000), new TelemetryReading.Door("left", false, 0),
        new TelemetryReading.Stock("A1", 5, 10, "tea"), new TelemetryReading.Stock("A2", 0, null, ""),
        new TelemetryReading.Signal(-71, 60, "4g"),
        new TelemetryReading.Faults([new TelemetryFaultCode("E12", "压缩机 \"停\""), new TelemetryFaultCode("E13", "")]),
        new TelemetryReading.Disk(5_000_000_000, 8_000_000_000), new TelemetryReading.Agent("0.1.0", 90_000),
        new TelemetryReading.Backlog(3, 40_000), new TelemetryReading.Clock(true, -1_500),
    ];

    public static TelemetryHeader Header(BootId? boot = null, long monotonicMs = 1_000_000) => new(
        CabinetId.Parse("CZ-0001"), new EntryTime(boot ?? Boot, monotonicMs, NowUtcMs),
        [new ClockObservation(new BootId(6), 5_000, NowUtcMs - 100_000)]);

    public static TelemetrySample Sample(long monotonicMs = 999_000) =>
        new(new EntryTime(Boot, monotonicMs, NowUtcMs - 1_000), All);

    public static byte[] Message(params IReadOnlyList<TelemetrySample> samples)
    {
        var writer = new TelemetryWriter(Header());
        foreach (var sample in samples)
        {
            Xunit.Assert.True(writer.TryAdd(TelemetryWriter.Encode(sample)));
        }

        return writer.Finish().ToArray();
    }
}
