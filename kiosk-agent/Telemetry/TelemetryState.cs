using KioskFleet.Protocol;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Agent.Telemetry;

/// <summary>
/// The newest reading of everything that was told: of two about the same thing the newer one wins. Cuts samples of what
/// is new. Pure: moments come in, samples go out. Not thread-safe.
/// </summary>
internal sealed class TelemetryState
{
    private readonly Dictionary<TelemetryKey, Held> _held = [];

    /// <summary>Everything as it is known now, by group and name.</summary>
    public IReadOnlyList<(EntryTime Time, TelemetryReading Reading)> Known =>
        [.. _held.OrderBy(held => held.Key.Kind).ThenBy(held => held.Key.Name, StringComparer.Ordinal)
            .Select(held => (held.Value.Time, held.Value.Reading))];

    /// <summary>Takes readings of one moment.</summary>
    /// <returns>
    /// True when they must not wait for the next cut: a door went open or shut, or other faults stand. The next reading
    /// would take its place, and nobody would ever hear of it.
    /// </returns>
    public bool Take(IEnumerable<TelemetryReading> readings, in EntryTime time)
    {
        var isUrgent = false;
        foreach (var reading in readings)
        {
            _held.TryGetValue(reading.Key, out var before);
            if (before is not null && before.Time.Boot == time.Boot && before.Time.MonotonicMs > time.MonotonicMs)
            {
                continue;
            }

            if (before is null && IsFull(reading.Key.Kind))
            {
                continue;
            }

            isUrgent |= IsUrgent(before?.Reading, reading);
            Hold(before, reading, time);
        }

        return isUrgent;
    }

    /// <summary>The samples that are due, oldest first; what is in them is not due any more.</summary>
    /// <param name="full">True for everything that is known, told before or not.</param>
    public IReadOnlyList<TelemetrySample> Cut(bool full)
    {
        var due = _held.Values.Where(held => full || held.IsDue).ToList();
        foreach (var held in due)
        {
            held.IsDue = false;
        }

        return [.. due.GroupBy(held => held.Time).OrderBy(group => group.Key.MonotonicMs)
            .Select(group => new TelemetrySample(group.Key, [.. group.Select(held => held.Reading)]))];
    }

    private static bool IsUrgent(TelemetryReading? before, TelemetryReading now) => (before, now) switch
    {
        (null, TelemetryReading.Door { Open: true }) => true,
        (TelemetryReading.Door was, TelemetryReading.Door now1) => was.Open != now1.Open,
        (TelemetryReading.Faults was, TelemetryReading.Faults now1) => !was.Equals(now1),
        _ => false,
    };

    private void Hold(Held? before, TelemetryReading reading, in EntryTime time)
    {
        if (reading is TelemetryReading.Door door)
        {
            HoldDoor(before, door, time);
            return;
        }

        // Stock is long and changes seldom: only what changed is due, the rest is told in full now and then.
        var isDue = reading is not TelemetryReading.Stock || before is null || before.IsDue
            || !before.Reading.Equals(reading);
        _held[reading.Key] = new Held { Reading = reading, Time = time, IsDue = isDue };
    }

    private void HoldDoor(Held? before, TelemetryReading.Door door, in EntryTime time)
    {
        var was = before?.Reading as TelemetryReading.Door;
        if (was is { Open: false } && !door.Open && before is { IsDue: true })
        {
            // The closing has not been told yet: what it says of the opening holds for its own moment.
            return;
        }

        var openMs = door.OpenMs;
        if (openMs == 0 && was is { Open: true } && before!.Time.Boot == time.Boot)
        {
            openMs = was.OpenMs + time.MonotonicMs - before.Time.MonotonicMs;
        }
        else if (!door.Open && was is not { Open: true })
        {
            openMs = 0;
        }

        _held[door.Key] = new Held { Reading = door with { OpenMs = openMs }, Time = time, IsDue = true };
    }

    /// <summary>A source that makes up ever new names must not fill the memory.</summary>
    private bool IsFull(TelemetryKind kind) => _held.Keys.Count(key => key.Kind == kind) >= kind switch
    {
        TelemetryKind.Temperatures => Limits.MaxTelemetryZones,
        TelemetryKind.Doors => Limits.MaxTelemetryDoors,
        TelemetryKind.Stock => Limits.MaxTelemetrySlots,
        _ => 1,
    };

    private sealed class Held
    {
        public required TelemetryReading Reading { get; init; }

        public required EntryTime Time { get; init; }

        public bool IsDue { get; set; }
    }
}
