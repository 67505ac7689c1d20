namespace KioskFleet.Service.Series;

/// <summary>A point of a counter.</summary>
/// <param name="Lane">The lane, from 0.</param>
/// <param name="UtcMs">Its time, Unix milliseconds UTC.</param>
/// <param name="Fen">The amount so far, in fen, from <see cref="CounterLanes.Beginning"/> on.</param>
/// <param name="Entries">How many entries so far, likewise.</param>
internal readonly record struct CounterPoint(int Lane, long UtcMs, long Fen, long Entries);

/// <summary>Where a lane stands.</summary>
internal readonly record struct CounterLane(long LastUtcMs, long Fen, long Entries);

/// <summary>
/// One counter: amounts and entries so far, each at the entry's own time. Entries may come late, and several in one
/// millisecond: an entry goes into the first lane whose last point is older, so that within a lane time and value only
/// grow and each millisecond has one point. What increases in all lanes over a time is what was sold in it. Not
/// thread-safe.
/// </summary>
internal sealed class CounterLanes(IEnumerable<CounterLane> lanes)
{
    /// <summary>
    /// What a counter begins with. Servers that meet a counter in the middle guess whether it began with its first
    /// value; none takes one that begins so high for a fresh one.
    /// </summary>
    public const long Beginning = 1_000_000_000_000;

    /// <summary>
    /// After a longer pause, in milliseconds, the value before is told once more just before the new one: a server
    /// looks only a few minutes back for what to count an increase from.
    /// </summary>
    public const long Pause = 60_000;

    private readonly List<CounterLane> _lanes = [.. lanes];

    /// <summary>Where the lanes stand.</summary>
    public IReadOnlyList<CounterLane> Lanes => _lanes;

    /// <summary>Counts an entry; returns the points to write, oldest first.</summary>
    /// <param name="utcMs">Its time, Unix milliseconds UTC.</param>
    /// <param name="fen">Its amount, in fen; positive.</param>
    /// <exception cref="OverflowException">The sum does not fit.</exception>
    public IEnumerable<CounterPoint> Add(long utcMs, long fen)
    {
        var at = _lanes.FindIndex(lane => lane.LastUtcMs < utcMs);
        if (at < 0)
        {
            at = _lanes.Count;
            _lanes.Add(new CounterLane(long.MinValue, Beginning, Beginning));
        }

        var before = _lanes[at];
        var after = new CounterLane(utcMs, checked(before.Fen + fen), before.Entries + 1);
        _lanes[at] = after;
        var point = new CounterPoint(at, utcMs, after.Fen, after.Entries);
        return before.LastUtcMs >= utcMs - Pause
            ? [point]
            : [new CounterPoint(at, utcMs - 1, before.Fen, before.Entries), point];
    }
}
