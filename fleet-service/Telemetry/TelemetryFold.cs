using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Service.Telemetry;

/// <summary>A value that belongs into an hour.</summary>
/// <param name="Key">The hour.</param>
/// <param name="Minute">The minute, 0 to 59; null for a span alone.</param>
/// <param name="Value">The value.</param>
/// <param name="SpanFrom">First second in which a door stood open; 0 without a span.</param>
/// <param name="SpanTo">The second behind the last; 0 without a span.</param>
internal readonly record struct HourPoint(HourKey Key, int? Minute, long Value, int SpanFrom, int SpanTo)
{
    /// <summary>A value at a moment, Unix milliseconds UTC.</summary>
    public static HourPoint At(string cabinet, HourMeasure measure, string name, long utcMs, long value) => new(
        new HourKey(cabinet, utcMs / TelemetryHour.Milliseconds, measure, name),
        (int)(utcMs % TelemetryHour.Milliseconds / 60_000), value, 0, 0);
}

/// <summary>A span in which a door stood open.</summary>
/// <param name="Door">The door.</param>
/// <param name="FromUtcMs">Since when, Unix milliseconds UTC.</param>
/// <param name="ToUtcMs">When it was seen or heard of, Unix milliseconds UTC.</param>
internal readonly record struct DoorOpening(string Door, long FromUtcMs, long ToUtcMs);

/// <summary>What a message says, taken apart for the tables.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="ReceivedUtcMs">When it arrived, Unix milliseconds UTC.</param>
/// <param name="ClockOffsetMs">How far its clock was off, positive when it is behind.</param>
/// <param name="States">The newest reading of each thing in the message.</param>
/// <param name="Points">What belongs into hours at its own moment.</param>
/// <param name="Openings">Openings of doors, in the order of their ends.</param>
internal sealed record FoldedMessage(
    string Cabinet, long ReceivedUtcMs, long ClockOffsetMs, IReadOnlyList<StoredReading> States,
    IReadOnlyList<HourPoint> Points, IReadOnlyList<DoorOpening> Openings)
{
    /// <summary>The longest silence in which the cabinet counts as online, in milliseconds.</summary>
    public required long OnlineGapMs { get; init; }

    /// <summary>Samples that nothing dates.</summary>
    public int Undated { get; init; }

    /// <summary>Readings that are not kept: too many for one message, or too old for an hour.</summary>
    public int Refused { get; init; }
}

/// <summary>Takes messages apart. Pure.</summary>
internal static class TelemetryFold
{
    /// <summary>Most things of one message whose state is kept: more than any cabinet has.</summary>
    public const int MaxStates = 512;

    private const long DayMs = 24 * TelemetryHour.Milliseconds;

    /// <summary>Takes one message apart.</summary>
    /// <param name="message">The message.</param>
    /// <param name="receivedUtcMs">When it arrived, Unix milliseconds UTC.</param>
    /// <param name="options">How old a reading may be for its hour, and what counts as online.</param>
    public static FoldedMessage Fold(TelemetryMessage message, long receivedUtcMs, TelemetryOptions options)
    {
        var newest = new Dictionary<TelemetryKey, StoredReading>();
        var points = new List<HourPoint>();
        var openings = new List<DoorOpening>();
        var (undated, refused) = (0, 0);
        foreach (var sample in message.Samples)
        {
            if (TelemetryDating.Date(message.Header, sample.Time, receivedUtcMs) is not { } measured)
            {
                undated++;
                continue;
            }

            var isTooOld = measured < receivedUtcMs - options.HourDays * DayMs;
            foreach (var reading in sample.Readings)
            {
                if (isTooOld || !Keep(newest, StoredReading.Of(reading, measured, receivedUtcMs)))
                {
                    refused++;
                    continue;
                }

                points.AddRange(PointsOf(message.Header.Cabinet.Value, reading, measured));
                if (reading is TelemetryReading.Door { OpenMs: > 0 } door)
                {
                    openings.Add(new DoorOpening(door.Name, measured - door.OpenMs, measured));
                }
            }
        }

        return new FoldedMessage(message.Header.Cabinet.Value, receivedUtcMs,
            TelemetryDating.ClockOffsetMs(message.Header, receivedUtcMs), [.. newest.Values], points,
            [.. openings.OrderBy(opening => opening.ToUtcMs)])
        {
            OnlineGapMs = options.OnlineGapSeconds * 1_000L,
            Undated = undated,
            Refused = refused,
        };
    }

    /// <summary>Keeps a reading when it is the newest of its thing; false when there are too many things.</summary>
    private static bool Keep(Dictionary<TelemetryKey, StoredReading> newest, StoredReading reading)
    {
        if (!newest.TryGetValue(reading.Key, out var before))
        {
            return newest.Count < MaxStates && newest.TryAdd(reading.Key, reading);
        }

        if (before.MeasuredUtcMs < reading.MeasuredUtcMs)
        {
            newest[reading.Key] = reading;
        }

        return true;
    }

    private static HourPoint[] PointsOf(string cabinet, TelemetryReading reading, long utcMs) =>
        reading switch
        {
            TelemetryReading.Temperature one =>
                [HourPoint.At(cabinet, HourMeasure.Temperature, one.Zone, utcMs, one.MilliCelsius)],
            TelemetryReading.Signal one => [HourPoint.At(cabinet, HourMeasure.Signal, "", utcMs, one.Dbm)],
            TelemetryReading.Backlog one => [HourPoint.At(cabinet, HourMeasure.Backlog, "", utcMs, one.Entries)],
            TelemetryReading.Door one =>
                [HourPoint.At(cabinet, HourMeasure.Door, one.Name, utcMs, one.Open ? 1 : 0)],
            _ => [],
        };
}
