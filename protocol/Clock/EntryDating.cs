using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Clock;

/// <summary>The corrected moment of an entry.</summary>
/// <param name="UtcMs">Unix milliseconds UTC.</param>
/// <param name="Implausible">
/// True when no observation covers the entry's boot and its wall clock lies outside its neighbours: the entry was dated
/// between them, which a ClockImplausible finding says.
/// </param>
public readonly record struct CorrectedTime(long UtcMs, bool Implausible);

/// <summary>
/// Dates a journal's entries in order. An entry of a boot that heard the service is dated by that boot's observation.
/// An entry of a boot that never did keeps its wall clock as long as that lies between its neighbours, and else is
/// moved to the nearer of them. Pure; the result depends on the entries and the stated observations only, never on when
/// they arrive. Not thread-safe.
/// </summary>
public sealed class EntryDating
{
    /// <summary>
    /// A wall clock before this says nothing: 2020-01-01T00:00:00Z in Unix milliseconds, before any cabinet existed.
    /// Used only where no earlier neighbour bounds the time.
    /// </summary>
    public const long EarliestPlausibleUtcMs = 1_577_836_800_000;

    /// <summary>
    /// No entry is believed to be of this moment or later: 2100-01-01T00:00:00Z in Unix milliseconds.
    /// </summary>
    public const long LatestPlausibleUtcMs = 4_102_444_800_000;

    private readonly List<ClockObservation> _observations;
    private long _notBeforeUtcMs;
    private ClockObservation _current;

    /// <summary>Starts behind a known entry.</summary>
    /// <param name="observations">
    /// The batch's observations in the order of their boots, the sending boot's last.
    /// </param>
    /// <param name="previousUtcMs">Corrected time of the journal's previous entry; 0 for the first.</param>
    public EntryDating(IReadOnlyList<ClockObservation> observations, long previousUtcMs)
    {
        _observations = [.. observations];
        _notBeforeUtcMs = previousUtcMs;
    }

    /// <summary>Dates the next entry.</summary>
    /// <param name="time">When the cabinet says it was recorded.</param>
    /// <param name="kind">
    /// A Succession is written before the older entries that it carries over, so it bounds nothing.
    /// </param>
    public CorrectedTime Date(in EntryTime time, EntryKind kind)
    {
        var observed = TryObserved(time.Boot, out var observation);
        var dated = observed
            ? new CorrectedTime(observation.CorrectedUtcMs(time.MonotonicMs), false)
            : BetweenNeighbours(time.WallUtcMs);
        // An absurd moment bounds nothing: it must not drag the entries behind it along.
        if (kind != EntryKind.Succession && dated.UtcMs is >= EarliestPlausibleUtcMs and < LatestPlausibleUtcMs)
        {
            _notBeforeUtcMs = Math.Max(_notBeforeUtcMs, dated.UtcMs);
        }

        return dated;
    }

    /// <summary>The corrected time of the latest entry so far: where the next batch goes on.</summary>
    public long LatestUtcMs => _notBeforeUtcMs;

    private CorrectedTime BetweenNeighbours(long wallUtcMs)
    {
        var latest = _observations.Count == 0 ? long.MaxValue : NextObservedStart();
        var earliest = Math.Min(latest, _notBeforeUtcMs > 0 ? _notBeforeUtcMs
            : wallUtcMs < EarliestPlausibleUtcMs && latest != long.MaxValue ? latest
            : 0);
        var dated = Math.Clamp(wallUtcMs, earliest, latest);
        return new CorrectedTime(dated, dated != wallUtcMs || latest == long.MaxValue);
    }

    private bool TryObserved(BootId boot, out ClockObservation observation)
    {
        if (_current.Boot == boot && _current != default)
        {
            observation = _current;
            return true;
        }

        foreach (var candidate in _observations)
        {
            if (candidate.Boot == boot)
            {
                _current = observation = candidate;
                return true;
            }
        }

        observation = default;
        return false;
    }

    /// <summary>The start of the first observed boot that is not before the journal's last entry.</summary>
    private long NextObservedStart()
    {
        foreach (var candidate in _observations)
        {
            var start = candidate.CorrectedUtcMs(0);
            if (start >= _notBeforeUtcMs)
            {
                return start;
            }
        }

        return _observations[^1].ServerUtcMs;
    }
}
