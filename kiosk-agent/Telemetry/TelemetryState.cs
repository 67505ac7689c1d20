using KioskFleet.Protocol;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Agent.Telemetry;

/// <summary>
/// The newest reading of everything that was told: of two about the same thing the newer one wins, and a source's over
/// the agent's own. Cuts samples of what is new. Pure: moments come in, samples go out. Not thread-safe.
/// </summary>
/// <remarks>
/// There is room for so many names of a kind, and a source may make up ever new ones. When the room is full, the name
/// that sources told longest ago gives way: to the agent's own at once, to another one of a source when it was not told
/// for <see cref="KeptMs"/>. What the agent tells gives way to nothing.
/// </remarks>
internal sealed class TelemetryState
{
    /// <summary>
    /// How long a name keeps its place against new names of sources, in milliseconds: 6 hours. A file that is written
    /// at a change only may say nothing for a while.
    /// </summary>
    public const long KeptMs = 6 * 3_600_000L;

    private readonly Dictionary<TelemetryKey, Held> _held = [];

    /// <summary>Everything as it is known now, by group and name.</summary>
    public IReadOnlyList<(EntryTime Time, TelemetryReading Reading)> Known =>
        [.. _held.OrderBy(held => held.Key.Kind).ThenBy(held => held.Key.Name, StringComparer.Ordinal)
            .Select(held => (held.Value.Time, held.Value.Reading))];

    /// <summary>Takes readings of one moment.</summary>
    /// <param name="readings">The readings.</param>
    /// <param name="time">Their moment.</param>
    /// <param name="ofAgent">True when the agent itself tells them, false for a source.</param>
    /// <returns>
    /// True when they must not wait for the next cut: a door went open or shut, or other faults stand. The next reading
    /// would take its place, and nobody would ever hear of it.
    /// </returns>
    public bool Take(IEnumerable<TelemetryReading> readings, in EntryTime time, bool ofAgent = false)
    {
        var isUrgent = false;
        foreach (var reading in readings)
        {
            _held.TryGetValue(reading.Key, out var before);
            if (before is null ? !MakeRoom(reading.Key.Kind, time, ofAgent) : !GivesWay(before, time, ofAgent))
            {
                continue;
            }

            isUrgent |= IsUrgent(before?.Reading, reading);
            Hold(before, reading, time);
            _held[reading.Key].OfAgent = ofAgent;
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

    private static bool GivesWay(Held before, in EntryTime time, bool ofAgent) => before.OfAgent == ofAgent
        ? before.Time.Boot != time.Boot || before.Time.MonotonicMs <= time.MonotonicMs
        : !ofAgent;

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

    private static int MostOf(TelemetryKind kind) => kind switch
    {
        TelemetryKind.Temperatures => Limits.MaxTelemetryZones,
        TelemetryKind.Doors => Limits.MaxTelemetryDoors,
        TelemetryKind.Stock => Limits.MaxTelemetrySlots,
        _ => 1,
    };

    /// <summary>True when there is room for a new name, which may cost an old one its place.</summary>
    private bool MakeRoom(TelemetryKind kind, EntryTime time, bool ofAgent)
    {
        if (_held.Keys.Count(key => key.Kind == kind) < MostOf(kind))
        {
            return true;
        }

        var oldest = _held.Where(held => held.Key.Kind == kind && !held.Value.OfAgent)
            .OrderBy(held => held.Value.Time.Boot == time.Boot).ThenBy(held => held.Value.Time.MonotonicMs)
            .Select(held => held.Value).FirstOrDefault();
        return oldest is not null
            && (ofAgent || oldest.Time.Boot != time.Boot || time.MonotonicMs - oldest.Time.MonotonicMs >= KeptMs)
            && _held.Remove(oldest.Reading.Key);
    }

    private sealed class Held
    {
        public required TelemetryReading Reading { get; init; }

        public required EntryTime Time { get; init; }

        public bool IsDue { get; set; }

        public bool OfAgent { get; set; }
    }
}
