using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Service.Tests.Telemetry;

/// <summary>Messages of a cabinet whose monotonic clock began at a known moment.</summary>
internal static class TelemetryOnPaper
{
    /// <summary>2020-09-15T08:00:00Z, the beginning of an hour.</summary>
    public const long Hour = 1_600_156_800_000;

    public const long BootUtcMs = Hour - 10 * 3_600_000;

    public static readonly BootId Boot = new(7);

    public static EntryTime At(long utcMs) => new(Boot, utcMs - BootUtcMs, utcMs);

    public static TelemetrySample Sample(long utcMs, params IReadOnlyList<TelemetryReading> readings) =>
        new(At(utcMs), readings);

    /// <summary>A message that arrives in the moment in which it is sent.</summary>
    public static TelemetryMessage Message(
        string cabinet, long sentUtcMs, params IReadOnlyList<TelemetrySample> samples) => new(
        new TelemetryHeader(CabinetId.Parse(cabinet), At(sentUtcMs), Array.Empty<ClockObservation>()), samples);

    public static byte[] Bytes(TelemetryMessage message)
    {
        var writer = new TelemetryWriter(message.Header);
        foreach (var sample in message.Samples)
        {
            Xunit.Assert.True(writer.TryAdd(TelemetryWriter.Encode(sample)));
        }

        return writer.Finish().ToArray();
    }

    public static TelemetryReading Degrees(int milliCelsius) => new TelemetryReading.Temperature("main", milliCelsius);

    public static TelemetryReading Door(bool open, long openMs) => new TelemetryReading.Door("main", open, openMs);
}
