using System.Text.Json;
using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Service.Telemetry;

/// <summary>
/// A reading as it is kept: three columns whose meaning goes by the group.
/// <list type="table">
/// <item><term>Temperatures</term><description>number: thousandths of a degree Celsius</description></item>
/// <item><term>Doors</term><description>number: 1 open, 0 shut; extra: since when open, Unix ms UTC</description>
/// </item>
/// <item><term>Stock</term><description>number: pieces; extra: capacity; words: SKU</description></item>
/// <item><term>Signal</term><description>number: dBm; extra: percent; words: network</description></item>
/// <item><term>Disk</term><description>number: free bytes; extra: bytes in all</description></item>
/// <item><term>Faults</term><description>number: how many; words: a JSON list of code and words</description></item>
/// <item><term>Agent</term><description>number: ms that it runs; words: version</description></item>
/// <item><term>Backlog</term><description>number: entries; extra: age of the oldest in ms, null for none</description>
/// </item>
/// <item><term>Clock</term><description>number: 1 when this boot heard the service; extra: offset in ms</description>
/// </item>
/// </list>
/// </summary>
/// <param name="Key">What it is about.</param>
/// <param name="MeasuredUtcMs">When it was measured, Unix milliseconds UTC by the service's clock.</param>
/// <param name="ReceivedUtcMs">When it arrived, Unix milliseconds UTC.</param>
/// <param name="Number">See above.</param>
/// <param name="Extra">See above.</param>
/// <param name="Words">See above; empty where there are none.</param>
internal sealed record StoredReading(
    TelemetryKey Key, long MeasuredUtcMs, long ReceivedUtcMs, long Number, long? Extra, string Words)
{
    /// <summary>A reading with its moments. Pure.</summary>
    public static StoredReading Of(TelemetryReading reading, long measuredUtcMs, long receivedUtcMs)
    {
        (long Number, long? Extra, string Words) columns = reading switch
        {
            TelemetryReading.Temperature one => (one.MilliCelsius, null, ""),
            TelemetryReading.Door { Open: true } one => (1, measuredUtcMs - one.OpenMs, ""),
            TelemetryReading.Door => (0, null, ""),
            TelemetryReading.Stock one => (one.Pieces, one.Capacity, one.Sku),
            TelemetryReading.Signal one => (one.Dbm, one.Percent, one.Network),
            TelemetryReading.Disk one => (one.FreeBytes, one.TotalBytes, ""),
            TelemetryReading.Faults one => (one.All.Count, null, JsonSerializer.Serialize(
                one.All.Select(fault => new FaultShown(fault.Code, fault.Words)), JsonSerializerOptions.Web)),
            TelemetryReading.Agent one => (one.UpMs, null, one.Version),
            TelemetryReading.Backlog one => (one.Entries, one.Entries == 0 ? null : one.OldestAgeMs, ""),
            TelemetryReading.Clock one => (one.Heard ? 1 : 0, one.OffsetMs, ""),
            _ => throw new ArgumentOutOfRangeException(nameof(reading), reading, "There is no such reading."),
        };
        return new StoredReading(
            reading.Key, measuredUtcMs, receivedUtcMs, columns.Number, columns.Extra, columns.Words);
    }

    /// <summary>The faults of a reading of <see cref="TelemetryKind.Faults"/>.</summary>
    public IReadOnlyList<FaultShown> Faults() =>
        JsonSerializer.Deserialize<List<FaultShown>>(Words, JsonSerializerOptions.Web) ?? [];
}

/// <summary>A fault of the cabinet.</summary>
/// <param name="Code">The controller's own code.</param>
/// <param name="Words">Words for people; may be empty.</param>
internal sealed record FaultShown(string Code, string Words);
