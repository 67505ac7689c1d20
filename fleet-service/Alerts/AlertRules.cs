using KioskFleet.Protocol.Telemetry;
using KioskFleet.Service.Telemetry;

namespace KioskFleet.Service.Alerts;

/// <summary>What is known of a cabinet when it is judged. Times are Unix milliseconds UTC.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="NowUtcMs">Now.</param>
/// <param name="ListeningSinceUtcMs">Since when this service listens: before, it could hear nobody.</param>
/// <param name="HeardUtcMs">When it was last heard on any lane; its registration when it never was.</param>
/// <param name="Told">When its telemetry last arrived; null for never.</param>
/// <param name="Readings">The newest of everything it told.</param>
/// <param name="Unsent">Age of its oldest unsent entry and when that was so; null when it has none.</param>
/// <param name="Rhythm">How often it sells; null when it never did.</param>
/// <param name="Live">Its live alerts: what began earlier.</param>
internal sealed record CabinetFacts(
    string Cabinet, long NowUtcMs, long ListeningSinceUtcMs, long HeardUtcMs, HeardCabinet? Told,
    IReadOnlyList<StoredReading> Readings, (long AgeMs, long AtUtcMs)? Unsent, SaleRhythm? Rhythm,
    IReadOnlyList<LiveAlert> Live);

/// <summary>What the rules say of a cabinet.</summary>
/// <param name="Signs">The causes that are there.</param>
/// <param name="Unknown">Kinds of which nothing can be said now: their alerts stay as they are.</param>
internal sealed record AlertVerdict(IReadOnlyList<AlertSign> Signs, IReadOnlySet<AlertKind> Unknown)
{
    /// <summary>
    /// Zones and doors whose last reading is too old to be judged: their alerts stay as they are, and what is pending
    /// begins anew with the next reading.
    /// </summary>
    public IReadOnlySet<AlertKey> Stale { get; init; } = new HashSet<AlertKey>();
}

/// <summary>The rules of alerts. Pure.</summary>
internal static class AlertRules
{
    private const long Minute = 60_000;

    private static readonly AlertKind[] OfTelemetry =
    [
        AlertKind.TemperatureOutOfRange, AlertKind.DoorLeftOpen, AlertKind.SlotEmpty, AlertKind.ClockOff,
        AlertKind.DiskNearlyFull,
    ];

    /// <summary>Judges an active cabinet.</summary>
    public static AlertVerdict Judge(CabinetFacts facts, AlertOptions options)
    {
        var unknown = new HashSet<AlertKind>();
        var signs = new List<AlertSign>();
        var offlineMs = options.OfflineMinutes * Minute;
        var silentMs = facts.NowUtcMs - facts.HeardUtcMs;
        if (silentMs >= offlineMs && facts.NowUtcMs - facts.ListeningSinceUtcMs < offlineMs)
        {
            // Who did not listen cannot say who was silent.
            unknown.Add(AlertKind.Offline);
        }
        else if (silentMs >= offlineMs)
        {
            signs.Add(Sign(facts, AlertKind.Offline, "", facts.HeardUtcMs, silentMs / Minute, true));
        }

        if (facts.Unsent is { } unsent)
        {
            var ageMs = unsent.AgeMs + facts.NowUtcMs - unsent.AtUtcMs;
            if (ageMs >= options.UnsentMinutes * Minute)
            {
                signs.Add(Sign(facts, AlertKind.UnsentTooOld, "", facts.NowUtcMs - ageMs, ageMs / Minute, true));
            }
        }

        if (silentMs >= offlineMs || facts.Unsent is not null
            || facts.NowUtcMs - facts.ListeningSinceUtcMs < offlineMs)
        {
            // It may have sold what it has not sent, or what nobody was there to hear.
            unknown.Add(AlertKind.NoSale);
        }
        else if (facts.Rhythm is { } rhythm
            && rhythm.TooLongMs(options.NoSaleTimes, options.NoSaleLeastHours) is { } tooLong
            && facts.NowUtcMs - rhythm.LastUtcMs >= tooLong)
        {
            signs.Add(Sign(facts, AlertKind.NoSale, "", rhythm.LastUtcMs,
                (facts.NowUtcMs - rhythm.LastUtcMs) / (60 * Minute), true));
        }

        if (facts.Told is { } told && facts.NowUtcMs - told.ReceivedUtcMs < offlineMs)
        {
            signs.AddRange(OfReadings(facts, told, options));
        }
        else
        {
            unknown.UnionWith(OfTelemetry);
        }

        return new AlertVerdict(signs, unknown)
        {
            Stale = facts.Readings.Where(reading => IsStale(facts, reading, options)).Select(reading =>
                new AlertKey(facts.Cabinet, reading.Key.Kind == TelemetryKind.Doors
                    ? AlertKind.DoorLeftOpen
                    : AlertKind.TemperatureOutOfRange, reading.Key.Name)).ToHashSet(),
        };
    }

    /// <summary>
    /// Zones and doors are judged by now, as if the last reading still held: for so long, and no longer. A cabinet may
    /// be heard while its controller is dead.
    /// </summary>
    private static bool IsStale(CabinetFacts facts, StoredReading reading, AlertOptions options) =>
        reading.Key.Kind is TelemetryKind.Temperatures or TelemetryKind.Doors
        && facts.NowUtcMs - reading.MeasuredUtcMs > options.ReadingMinutes * Minute;

    private static IEnumerable<AlertSign> OfReadings(CabinetFacts facts, HeardCabinet told, AlertOptions options)
    {
        var offMs = Math.Abs(told.ClockOffsetMs);
        if (offMs >= options.ClockOffMinutes * Minute)
        {
            yield return Sign(
                facts, AlertKind.ClockOff, "", told.ReceivedUtcMs, told.ClockOffsetMs / 1_000, true);
        }

        foreach (var reading in facts.Readings.Where(reading => !IsStale(facts, reading, options)))
        {
            var sign = reading.Key.Kind switch
            {
                TelemetryKind.Temperatures => OfTemperature(facts, reading, options),
                TelemetryKind.Doors when reading is { Number: 1, Extra: { } since } => Sign(
                    facts, AlertKind.DoorLeftOpen, reading.Key.Name, since, (facts.NowUtcMs - since) / Minute,
                    facts.NowUtcMs - since >= options.DoorMinutes * Minute),
                TelemetryKind.Stock when reading.Number == 0 =>
                    Sign(facts, AlertKind.SlotEmpty, reading.Key.Name, reading.MeasuredUtcMs, 0, true),
                TelemetryKind.Disk when IsNearlyFull(reading, options.DiskFreePercent) => Sign(
                    facts, AlertKind.DiskNearlyFull, "", reading.MeasuredUtcMs,
                    reading.Number * 100 / reading.Extra!.Value, true),
                _ => (AlertSign?)null,
            };
            if (sign is { } found)
            {
                yield return found;
            }
        }
    }

    private static bool IsNearlyFull(StoredReading disk, int percent) =>
        disk.Extra is > 0 and { } total && (decimal)disk.Number * 100 < (decimal)total * percent;

    private static AlertSign? OfTemperature(CabinetFacts facts, StoredReading reading, AlertOptions options)
    {
        var range = options.Zones.GetValueOrDefault(reading.Key.Name, options.Temperature);
        if (reading.Number >= range.LeastMilliCelsius && reading.Number <= range.MostMilliCelsius)
        {
            return null;
        }

        // It began with the first reading that was out: the pending row remembers which.
        var key = new AlertKey(facts.Cabinet, AlertKind.TemperatureOutOfRange, reading.Key.Name);
        var began = facts.Live.FirstOrDefault(alert => alert.Key == key)?.SinceUtcMs ?? reading.MeasuredUtcMs;

        // Up to now: a controller that tells changes alone says it once.
        var lasted = facts.NowUtcMs - began;
        return Sign(facts, key.Kind, key.Name, began, reading.Number, lasted >= options.TemperatureMinutes * Minute);
    }

    private static AlertSign Sign(
        CabinetFacts facts, AlertKind kind, string name, long sinceUtcMs, long value, bool isDue) =>
        new(new AlertKey(facts.Cabinet, kind, name), sinceUtcMs, value, isDue);
}
