using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Service.Telemetry;

/// <summary>A value that belongs into an hour.</summary>
/// <param name="Key">The hour.</param>
/// <param name="Minute">The minute, 0 to 59; null for a span alone.</param>
/// <param name="Value">The value.</param>
/// <param name="SpanFrom">First second in which a door stood open; 0 without a span.</param>
/// <param name="SpanTo">The second behind the last; 0 without a span.</param>
internal readonly record struct HourPoint(HourKey Key, int? Minute, long Value, int SpanFrom, int SpanTo);

/// <summary>What a message says, taken apart for the tables.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="ReceivedUtcMs">When it arrived, Unix milliseconds UTC.</param>
/// <param name="ClockOffsetMs">How far its clock was off, positive when it is behind.</param>
/// <param name="States">The newest reading of each thing in the message.</param>
/// <param name="Points">What belongs into hours.</param>
/// <param name="Undated">Samples that nothing dates.</param>
internal sealed record FoldedMessage(
    string Cabinet, long ReceivedUtcMs, long ClockOffsetMs, IReadOnlyList<StoredReading> States,
    IReadOnlyList<HourPoint> Points, int Undated);

/// <summary>Takes messages apart. Pure.</summary>
internal static class TelemetryFold
{
    /// <summary>An opening is believed to have lasted at most so long, in milliseconds: two days.</summary>
    public const long LongestOpeningMs = 2 * 24 * TelemetryHour.Milliseconds;

    /// <summary>Takes one message apart.</summary>
    /// <param name="message">The message.</param>
    /// <param name="receivedUtcMs">When it arrived.</param>
    /// <param name="lastHeardUtcMs">When the cabinet was heard before; 0 for never.</param>
    /// <param name="onlineGapMs">The longest silence in which it counts as online.</param>
    public static FoldedMessage Fold(
        TelemetryMessage message, long receivedUtcMs, long lastHeardUtcMs, long onlineGapMs)
    {
        var cabinet = message.Header.Cabinet.Value;
        var newest = new Dictionary<TelemetryKey, StoredReading>();
        var points = new List<HourPoint>(OnlinePoints(cabinet, receivedUtcMs, lastHeardUtcMs, onlineGapMs));
        var undated = 0;
        foreach (var sample in message.Samples)
        {
            if (TelemetryDating.Date(message.Header, sample.Time, receivedUtcMs) is not { } measured)
            {
                undated++;
                continue;
            }

            foreach (var reading in sample.Readings)
            {
                var stored = StoredReading.Of(reading, measured, receivedUtcMs);
                if (!newest.TryGetValue(stored.Key, out var before) || before.MeasuredUtcMs < measured)
                {
                    newest[stored.Key] = stored;
                }

                points.AddRange(PointsOf(cabinet, reading, measured));
            }
        }

        return new FoldedMessage(cabinet, receivedUtcMs,
            TelemetryDating.ClockOffsetMs(message.Header, receivedUtcMs), [.. newest.Values], points, undated);
    }

    private static IEnumerable<HourPoint> OnlinePoints(
        string cabinet, long receivedUtcMs, long lastHeardUtcMs, long onlineGapMs)
    {
        const long Minute = 60_000;
        var from = lastHeardUtcMs > 0 && lastHeardUtcMs <= receivedUtcMs
            && receivedUtcMs - lastHeardUtcMs <= onlineGapMs
            ? lastHeardUtcMs
            : receivedUtcMs;
        for (var minute = from / Minute; minute <= receivedUtcMs / Minute; minute++)
        {
            yield return At(cabinet, HourMeasure.Online, "", minute * Minute, 1);
        }
    }

    private static IEnumerable<HourPoint> PointsOf(string cabinet, TelemetryReading reading, long utcMs) =>
        reading switch
        {
            TelemetryReading.Temperature one =>
                [At(cabinet, HourMeasure.Temperature, one.Zone, utcMs, one.MilliCelsius)],
            TelemetryReading.Signal one => [At(cabinet, HourMeasure.Signal, "", utcMs, one.Dbm)],
            TelemetryReading.Backlog one => [At(cabinet, HourMeasure.Backlog, "", utcMs, one.Entries)],
            TelemetryReading.Door one =>
                Opening(cabinet, one, utcMs).Prepend(At(cabinet, HourMeasure.Door, one.Name, utcMs, one.Open ? 1 : 0)),
            _ => [],
        };

    private static HourPoint At(string cabinet, HourMeasure measure, string name, long utcMs, long value) => new(
        new HourKey(cabinet, utcMs / TelemetryHour.Milliseconds, measure, name),
        (int)(utcMs % TelemetryHour.Milliseconds / 60_000), value, 0, 0);

    /// <summary>The seconds of an opening, in each hour that it touches.</summary>
    private static IEnumerable<HourPoint> Opening(string cabinet, TelemetryReading.Door door, long utcMs)
    {
        const long Second = 1_000;
        var to = utcMs / Second;
        var from = (utcMs - Math.Min(door.OpenMs, LongestOpeningMs)) / Second;
        for (var hour = from / TelemetryHour.Seconds; hour <= to / TelemetryHour.Seconds && from < to; hour++)
        {
            var start = hour * TelemetryHour.Seconds;
            var first = (int)Math.Max(0, from - start);
            var last = (int)Math.Min(TelemetryHour.Seconds, to - start);
            if (last > first)
            {
                var key = new HourKey(cabinet, hour, HourMeasure.Door, door.Name);
                yield return new HourPoint(key, null, 1, first, last);
            }
        }
    }
}
