using System.Globalization;
using KioskFleet.Agent.Telemetry;
using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Agent.LocalApi;

/// <summary>Readings were taken; nothing is promised of them.</summary>
/// <param name="Readings">How many.</param>
internal sealed record TelemetryTakenAnswer(int Readings);

/// <summary>A source of readings.</summary>
/// <param name="Name">file, command or push.</param>
/// <param name="LastUtc">When it last told something, by the cabinet's wall clock; null before.</param>
/// <param name="LastError">Why it cannot be read; null when nothing is wrong.</param>
internal sealed record TelemetrySourceAnswer(string Name, DateTimeOffset? LastUtc, string? LastError);

/// <summary>One reading in short.</summary>
/// <param name="Kind">The group, as in the message: temperatures, doors, stock and so on.</param>
/// <param name="Name">Zone, door or slot; empty for groups with one reading.</param>
/// <param name="Value">The value, as a person reads it: <c>4.1 °C</c>, <c>open 12 s</c>, <c>5/10</c>.</param>
/// <param name="MeasuredUtc">When, by the cabinet's wall clock.</param>
internal sealed record TelemetryReadingAnswer(string Kind, string Name, string Value, DateTimeOffset? MeasuredUtc)
{
    /// <summary>The value of a door that is shut.</summary>
    public const string Closed = "closed";

    /// <summary>The beginning of the value of a door that is open; how long follows.</summary>
    public const string Open = "open ";

    /// <summary>The value of a clock that heard the service, without an offset yet.</summary>
    public const string Heard = "heard";

    /// <summary>A reading.</summary>
    public static TelemetryReadingAnswer Of(TelemetryReading reading, long wallUtcMs) => new(
        System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(reading.Key.Kind.ToString()), reading.Key.Name,
        ValueOf(reading), StatusGatherer.Moment(wallUtcMs));

    private static string ValueOf(TelemetryReading reading) => reading switch
    {
        TelemetryReading.Temperature one => Text($"{one.MilliCelsius / 1_000.0:0.0##} °C"),
        TelemetryReading.Door { Open: true } one => Text($"{Open}{one.OpenMs / 1_000} s"),
        TelemetryReading.Door => Closed,
        TelemetryReading.Stock one => one.Capacity is { } most ? Text($"{one.Pieces}/{most}") : Text($"{one.Pieces}"),
        TelemetryReading.Signal one => Text($"{one.Dbm} dBm {one.Network}").TrimEnd(),
        TelemetryReading.Disk one => Text($"{one.FreeBytes >> 20}/{one.TotalBytes >> 20} MiB"),
        TelemetryReading.Faults one => string.Join(' ', one.All.Select(fault => fault.Code)),
        TelemetryReading.Agent one => Text($"{one.Version} {one.UpMs / 1_000} s"),
        TelemetryReading.Backlog one => Text($"{one.Entries} {one.OldestAgeMs / 1_000} s"),
        TelemetryReading.Clock one => one.OffsetMs is { } offset ? Text($"{offset} ms") : one.Heard ? Heard : "",
        _ => "",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Where the telemetry lane stands.</summary>
/// <param name="LastSentUtc">When the last message was sent, by the cabinet's wall clock; null before one.</param>
/// <param name="Waiting">Samples that wait.</param>
/// <param name="Dropped">Samples that gave way since the start.</param>
/// <param name="DiskGivenUp">True while the disk has no room for samples that wait.</param>
/// <param name="Sources">The sources that ever told or failed.</param>
/// <param name="Readings">The newest reading of everything.</param>
internal sealed record TelemetryAnswer(
    DateTimeOffset? LastSentUtc, int Waiting, long Dropped, bool DiskGivenUp,
    IReadOnlyList<TelemetrySourceAnswer> Sources, IReadOnlyList<TelemetryReadingAnswer> Readings)
{
    /// <summary>The lane by its status.</summary>
    public static TelemetryAnswer Of(TelemetryStatus status) => new(
        StatusGatherer.Moment(status.LastSentWallUtcMs), status.Waiting, status.Dropped, status.IsShed,
        [.. status.Sources.Select(source => new TelemetrySourceAnswer(source.Name,
            StatusGatherer.Moment(source.LastWallUtcMs), source.LastError.Length == 0 ? null : source.LastError))],
        [.. status.Known.Select(known => TelemetryReadingAnswer.Of(known.Reading, known.Time.WallUtcMs))]);
}
