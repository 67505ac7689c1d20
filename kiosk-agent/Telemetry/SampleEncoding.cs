using KioskFleet.Protocol;
using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Agent.Telemetry;

/// <summary>Encodes samples so that each fits into a message. Pure.</summary>
internal static class SampleEncoding
{
    /// <summary>Largest encoded sample, in bytes: what a message has beside its header of 64 clocks.</summary>
    public const int MaxBytes = Limits.MaxTelemetryBytes / 2;

    /// <summary>
    /// The sample's bytes, halved into several samples of the same moment where it is too large. A single reading that
    /// is still too large is left out.
    /// </summary>
    public static IEnumerable<byte[]> Encode(TelemetrySample sample)
    {
        var bytes = TelemetryWriter.Encode(sample);
        if (bytes.Length <= MaxBytes)
        {
            return [bytes];
        }

        var half = sample.Readings.Count / 2;
        return half == 0
            ? []
            : Encode(sample with { Readings = [.. sample.Readings.Take(half)] })
                .Concat(Encode(sample with { Readings = [.. sample.Readings.Skip(half)] }));
    }
}
