namespace KioskFleet.Service.Telemetry;

/// <summary>What is known of a cabinet before a message. Immutable.</summary>
/// <param name="HeardUtcMs">When it was heard, Unix milliseconds UTC; 0 for never.</param>
/// <param name="DoorsUtcMs">When each of its doors was measured, Unix milliseconds UTC.</param>
internal sealed record CabinetBefore(long HeardUtcMs, IReadOnlyDictionary<string, long> DoorsUtcMs)
{
    /// <summary>Nothing is known.</summary>
    public static readonly CabinetBefore Nothing = new(0, new Dictionary<string, long>());
}

/// <summary>Puts what a message says into hours, by what is known before it. Pure.</summary>
internal static class HourFold
{
    /// <summary>An opening is believed to have lasted at most so long, in milliseconds: two days.</summary>
    public const long LongestOpeningMs = 2 * 24 * TelemetryHour.Milliseconds;

    /// <summary>
    /// Most rows of hours that one message fills: a day of ten zones and doors. It bounds what one message costs.
    /// </summary>
    public const int MaxHours = 256;

    private const long Second = 1_000;

    /// <summary>The points of a message, whether it was online first, and how many found no room.</summary>
    public static (IReadOnlyList<HourPoint> Points, int Refused) Points(FoldedMessage message, CabinetBefore before)
    {
        var hours = new HashSet<HourKey>();
        var points = new List<HourPoint>();
        var refused = 0;
        foreach (var point in Online(message, before).Concat(message.Points).Concat(Openings(message, before)))
        {
            if (hours.Contains(point.Key) || (hours.Count < MaxHours && hours.Add(point.Key)))
            {
                points.Add(point);
            }
            else
            {
                refused++;
            }
        }

        return (points, refused);
    }

    private static IEnumerable<HourPoint> Online(FoldedMessage message, CabinetBefore before)
    {
        const long Minute = 60_000;
        var silentMs = message.ReceivedUtcMs - before.HeardUtcMs;
        var from = before.HeardUtcMs > 0 && silentMs >= 0 && silentMs <= message.OnlineGapMs
            ? before.HeardUtcMs
            : message.ReceivedUtcMs;
        for (var minute = from / Minute; minute <= message.ReceivedUtcMs / Minute; minute++)
        {
            yield return HourPoint.At(message.Cabinet, HourMeasure.Online, "", minute * Minute, 1);
        }
    }

    /// <summary>
    /// The seconds of openings, in each hour that they touch. What an earlier reading of the door told already is not
    /// told again; without one an opening reaches back to the beginning of the hour before at most.
    /// </summary>
    private static IEnumerable<HourPoint> Openings(FoldedMessage message, CabinetBefore before)
    {
        var told = new Dictionary<string, long>();
        foreach (var (door, fromUtcMs, toUtcMs) in message.Openings)
        {
            var hour = toUtcMs / TelemetryHour.Milliseconds;
            var known = told.TryGetValue(door, out var at) ? at : before.DoorsUtcMs.GetValueOrDefault(door);
            var covered = known > 0 && known < toUtcMs
                ? Math.Max(known, toUtcMs - LongestOpeningMs)
                : (hour - 1) * TelemetryHour.Milliseconds;
            told[door] = toUtcMs;
            foreach (var point in Opening(message.Cabinet, door, Math.Max(fromUtcMs, covered), toUtcMs))
            {
                yield return point;
            }
        }
    }

    private static IEnumerable<HourPoint> Opening(string cabinet, string door, long fromUtcMs, long toUtcMs)
    {
        var (from, to) = (fromUtcMs / Second, toUtcMs / Second);
        for (var hour = from / TelemetryHour.Seconds; hour <= to / TelemetryHour.Seconds && from < to; hour++)
        {
            var start = hour * TelemetryHour.Seconds;
            var first = (int)Math.Max(0, from - start);
            var last = (int)Math.Min(TelemetryHour.Seconds, to - start);
            if (last > first)
            {
                yield return new HourPoint(new HourKey(cabinet, hour, HourMeasure.Door, door), null, 1, first, last);
            }
        }
    }
}
