using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Protocol.Telemetry;

/// <summary>
/// Writes telemetry as JSON, without reflection. Samples are encoded one by one, kept so, and put together under the
/// byte limit when a message is due. Not thread-safe.
/// </summary>
public sealed class TelemetryWriter
{
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private int _samples;

    /// <summary>Begins a message.</summary>
    public TelemetryWriter(TelemetryHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            header.Clocks.Count, Limits.MaxClockObservations, nameof(header));
        var begun = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(begun, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("v", TelemetryMessage.Version);
            json.WriteString("cabinet", header.Cabinet.Value);
            WriteTime(json, header.Sent);
            json.WriteStartArray("clocks");
            foreach (var clock in header.Clocks)
            {
                json.WriteStartObject();
                json.WriteString("boot", clock.Boot.ToString());
                json.WriteNumber("monotonicMs", clock.MonotonicMs);
                json.WriteNumber("serverUtcMs", clock.ServerUtcMs);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        // The object stays open: samples are put in as they were encoded.
        _buffer.Write(begun.WrittenSpan[..^1]);
        _buffer.Write(",\"samples\":["u8);
    }

    /// <summary>Adds an encoded sample; false, and nothing changed, when it does not fit.</summary>
    /// <param name="sample">What <see cref="Encode"/> gave.</param>
    public bool TryAdd(ReadOnlySpan<byte> sample)
    {
        if (_samples == Limits.MaxTelemetrySamples
            || _buffer.WrittenCount + ",]}"u8.Length + sample.Length > Limits.MaxTelemetryBytes)
        {
            return false;
        }

        if (_samples++ > 0)
        {
            _buffer.Write(","u8);
        }

        _buffer.Write(sample);
        return true;
    }

    /// <summary>Ends the message.</summary>
    /// <exception cref="InvalidOperationException">It holds no sample.</exception>
    public ReadOnlyMemory<byte> Finish()
    {
        if (_samples == 0)
        {
            throw new InvalidOperationException("A telemetry message holds at least one sample.");
        }

        _buffer.Write("]}"u8);
        return _buffer.WrittenMemory;
    }

    /// <summary>One sample as it stands in a message and in the agent's store.</summary>
    public static byte[] Encode(TelemetrySample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            WriteTime(json, sample.Time);
            ReadingsWriter.Write(json, sample.Readings);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteTime(Utf8JsonWriter json, in EntryTime time)
    {
        json.WriteString("boot", time.Boot.ToString());
        json.WriteNumber("monotonicMs", time.MonotonicMs);
        json.WriteNumber("wallUtcMs", time.WallUtcMs);
    }
}
