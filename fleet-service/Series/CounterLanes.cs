namespace KioskFleet.Service.Series;

/// <summary>A point of a counter.</summary>
/// <param name="Lane">The lane, from 0.</param>
/// <param name="UtcMs">Its time, Unix milliseconds UTC.</param>
/// <param name="Fen">The amount so far, in fen, from <see cref="CounterLanes.Beginning"/> on.</param>
/// <param name="Entries">How many entries so far, likewise.</param>
internal readonly record struct CounterPoint(int Lane, long UtcMs, long Fen, long Entries);

/// <summary>Where a lane stands.</summary>
internal readonly record struct CounterLane(long LastUtcMs, long Fen, long Entries);

/// <summary>A point that is to be written, with the newest ledger entry in it.</summary>
internal readonly record struct CountedPoint(CounterPoint Point, long Position);

/// <summary>
/// One counter: amounts and entries so far, each at the entry's own time. Entries may come late, and several in one
/// millisecond: those that are counted together share a point; any other entry goes into the first lane whose last
/// point is older, so that within a lane time and value only grow and each millisecond has one point. What increases in
/// all lanes over a time is what was sold in it. Not thread-safe.
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

    /// <summary>
    /// Most lanes of a counter: as many times may a cabinet's clock go back. Behind that an entry is told right after
    /// the oldest of the lanes' last points, later than it was: a clock that is set at will may not make lanes at will.
    /// </summary>
    public const int MaxLanes = 64;

    private readonly List<CounterLane> _lanes = [.. lanes];
    private readonly List<CountedPoint> _points = [];

    // The lanes that were counted on since the points were taken, each with its newest point.
    private readonly Dictionary<int, int> _fresh = [];

    /// <summary>Where the lanes stand.</summary>
    public IReadOnlyList<CounterLane> Lanes => _lanes;

    /// <summary>The lanes that were counted on since the points were taken.</summary>
    public IEnumerable<int> Changed => _fresh.Keys.Order();

    /// <summary>Counts an entry.</summary>
    /// <param name="position">Its ledger position.</param>
    /// <param name="utcMs">Its time, Unix milliseconds UTC.</param>
    /// <param name="fen">Its amount, in fen; positive.</param>
    /// <exception cref="OverflowException">The sum does not fit.</exception>
    public void Add(long position, long utcMs, long fen)
    {
        var at = LaneOf(ref utcMs);
        var before = _lanes[at];
        var after = new CounterLane(utcMs, checked(before.Fen + fen), before.Entries + 1);
        _lanes[at] = after;
        var point = new CountedPoint(new CounterPoint(at, utcMs, after.Fen, after.Entries), position);
        if (before.LastUtcMs == utcMs)
        {
            _points[_fresh[at]] = point;
            return;
        }

        if (before.LastUtcMs < utcMs - Pause)
        {
            _points.Add(new CountedPoint(
                new CounterPoint(at, utcMs - 1, before.Fen, before.Entries), position));
        }

        _fresh[at] = _points.Count;
        _points.Add(point);
    }

    /// <summary>The points since they were taken last, in each lane oldest first.</summary>
    public IReadOnlyList<CountedPoint> Take()
    {
        CountedPoint[] points = [.. _points];
        _points.Clear();
        _fresh.Clear();
        return points;
    }

    private int LaneOf(ref long utcMs)
    {
        var time = utcMs;
        foreach (var (fresh, _) in _fresh)
        {
            if (_lanes[fresh].LastUtcMs == time)
            {
                return fresh;
            }
        }

        var at = _lanes.FindIndex(lane => lane.LastUtcMs < time);
        if (at >= 0)
        {
            return at;
        }

        if (_lanes.Count < MaxLanes)
        {
            _lanes.Add(new CounterLane(long.MinValue, Beginning, Beginning));
            return _lanes.Count - 1;
        }

        at = _lanes.IndexOf(_lanes.MinBy(lane => lane.LastUtcMs));
        utcMs = _lanes[at].LastUtcMs + 1;
        return at;
    }
}
