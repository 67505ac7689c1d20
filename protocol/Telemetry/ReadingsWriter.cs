using System.Text.Json;

namespace KioskFleet.Protocol.Telemetry;

/// <summary>Writes readings as members of the object that the caller has begun. Pure.</summary>
internal static class ReadingsWriter
{
    /// <summary>Writes all readings, by groups.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<TelemetryReading> readings)
    {
        WriteList<TelemetryReading.Temperature>(json, readings, "temperatures", static (json, reading) =>
        {
            json.WriteString("zone", reading.Zone);
            json.WriteNumber("milliCelsius", reading.MilliCelsius);
        });
        WriteList<TelemetryReading.Door>(json, readings, "doors", static (json, reading) =>
        {
            json.WriteString("door", reading.Name);
            json.WriteBoolean("open", reading.Open);
            json.WriteNumber("openMs", reading.OpenMs);
        });
        WriteList<TelemetryReading.Stock>(json, readings, "stock", WriteStock);
        foreach (var reading in readings)
        {
            WriteSingle(json, reading);
        }
    }

    private static void WriteList<T>(
        Utf8JsonWriter json, IReadOnlyList<TelemetryReading> readings, string name, Action<Utf8JsonWriter, T> write)
        where T : TelemetryReading
    {
        var begun = false;
        foreach (var reading in readings.OfType<T>())
        {
            if (!begun)
            {
                json.WriteStartArray(name);
                begun = true;
            }

            json.WriteStartObject();
            write(json, reading);
            json.WriteEndObject();
        }

        if (begun)
        {
            json.WriteEndArray();
        }
    }

    private static void WriteStock(Utf8JsonWriter json, TelemetryReading.Stock reading)
    {
        json.WriteString("slot", reading.Slot);
        json.WriteNumber("pieces", reading.Pieces);
        if (reading.Capacity is { } capacity)
        {
            json.WriteNumber("capacity", capacity);
        }

        if (reading.Sku.Length > 0)
        {
            json.WriteString("sku", reading.Sku);
        }
    }

    private static void WriteSingle(Utf8JsonWriter json, TelemetryReading reading)
    {
        switch (reading)
        {
            case TelemetryReading.Signal signal:
                json.WriteStartObject("signal");
                json.WriteNumber("dbm", signal.Dbm);
                if (signal.Percent is { } percent)
                {
                    json.WriteNumber("percent", percent);
                }

                if (signal.Network.Length > 0)
                {
                    json.WriteString("network", signal.Network);
                }

                json.WriteEndObject();
                break;
            case TelemetryReading.Disk disk:
                WriteNumbers(json, "disk", ("freeBytes", disk.FreeBytes), ("totalBytes", disk.TotalBytes));
                break;
            case TelemetryReading.Backlog backlog:
                WriteNumbers(json, "backlog", ("entries", backlog.Entries), ("oldestAgeMs", backlog.OldestAgeMs));
                break;
            case TelemetryReading.Agent agent:
                json.WriteStartObject("agent");
                json.WriteString("version", agent.Version);
                json.WriteNumber("upMs", agent.UpMs);
                json.WriteEndObject();
                break;
            case TelemetryReading.Clock clock:
                json.WriteStartObject("clock");
                json.WriteBoolean("heard", clock.Heard);
                if (clock.OffsetMs is { } offset)
                {
                    json.WriteNumber("offsetMs", offset);
                }

                json.WriteEndObject();
                break;
            case TelemetryReading.Faults faults:
                WriteFaults(json, faults);
                break;
        }
    }

    private static void WriteNumbers(
        Utf8JsonWriter json, string name, params ReadOnlySpan<(string Name, long Value)> members)
    {
        json.WriteStartObject(name);
        foreach (var (member, value) in members)
        {
            json.WriteNumber(member, value);
        }

        json.WriteEndObject();
    }

    private static void WriteFaults(Utf8JsonWriter json, TelemetryReading.Faults faults)
    {
        json.WriteStartArray("faults");
        foreach (var fault in faults.All)
        {
            json.WriteStartObject();
            json.WriteString("code", fault.Code);
            if (fault.Words.Length > 0)
            {
                json.WriteString("words", fault.Words);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
