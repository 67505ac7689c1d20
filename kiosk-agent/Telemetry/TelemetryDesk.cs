using KioskFleet.Agent.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Agent.Telemetry;

/// <summary>
/// Takes what sources and the agent tell, and cuts samples of it. Of what a source tells about the agent itself the
/// agent's own word counts; of stock that a source counts, the source's. Thread-safe.
/// </summary>
internal sealed class TelemetryDesk(BootClock clock)
{
    private readonly Lock _gate = new();
    private readonly TelemetryState _state = new();
    private readonly Dictionary<string, SourceStatus> _sources = [];
    private bool _isUrgent;

    /// <summary>True when something must not wait for the next cut.</summary>
    public bool IsUrgent
    {
        get
        {
            lock (_gate)
            {
                return _isUrgent;
            }
        }
    }

    /// <summary>The newest reading of everything, with its moment.</summary>
    public IReadOnlyList<(EntryTime Time, TelemetryReading Reading)> Known
    {
        get
        {
            lock (_gate)
            {
                return _state.Known;
            }
        }
    }

    /// <summary>The sources that ever told or failed, by name.</summary>
    public IReadOnlyList<SourceStatus> Sources
    {
        get
        {
            lock (_gate)
            {
                return [.. _sources.Values.OrderBy(source => source.Name, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Takes what a source brought.</summary>
    /// <returns>True when the source stands otherwise than before: it failed anew, or is well again.</returns>
    public bool Take(string source, SourceOutcome outcome)
    {
        lock (_gate)
        {
            var before = _sources.GetValueOrDefault(source) ?? new SourceStatus(source, 0, "");
            var now = outcome switch
            {
                SourceOutcome.Told told => TakeTold(before, told),
                SourceOutcome.Failed failed => before with { LastError = failed.Why },
                _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "There is no such outcome."),
            };
            _sources[source] = now;
            return before.LastError != now.LastError;
        }
    }

    /// <summary>True when nothing is wrong with what the source brought last.</summary>
    public bool IsWell(string source)
    {
        lock (_gate)
        {
            return _sources.GetValueOrDefault(source) is { LastError.Length: 0 };
        }
    }

    /// <summary>Takes the agent's own facts of this moment.</summary>
    public void TakeOwn(IReadOnlyList<TelemetryReading> facts)
    {
        lock (_gate)
        {
            _isUrgent |= _state.Take(facts, clock.Now, ofAgent: true);
        }
    }

    /// <summary>Cuts samples of what is new, or of everything.</summary>
    public IReadOnlyList<TelemetrySample> Cut(bool full)
    {
        lock (_gate)
        {
            _isUrgent = false;
            return _state.Cut(full);
        }
    }

    private SourceStatus TakeTold(SourceStatus before, SourceOutcome.Told told)
    {
        var now = clock.Now;
        if (told.AgeMs > now.MonotonicMs)
        {
            return before with
            {
                LastError = $"What it says is {told.AgeMs / 1_000} s old, older than this boot, and was not told on.",
            };
        }

        var readings = told.Readings.Where(reading => reading.Key.Kind is not (TelemetryKind.Agent
            or TelemetryKind.Backlog or TelemetryKind.Clock or TelemetryKind.Disk));
        _isUrgent |= _state.Take(readings, new EntryTime(
            now.Boot, now.MonotonicMs - told.AgeMs, now.WallUtcMs - told.AgeMs));
        return before with { LastWallUtcMs = now.WallUtcMs, LastError = "" };
    }
}
