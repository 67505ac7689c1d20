namespace KioskFleet.Service.Tests.Compliance;

/// <summary>A small generator of its own, so that a seed gives the same history on every machine.</summary>
internal sealed class Chance(int seed)
{
    private ulong _state = ((ulong)(uint)seed << 1) + 0x9E37_79B9_7F4A_7C15;

    /// <summary>A number from 0 to below the bound.</summary>
    public int Below(int bound)
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        return (int)(_state % (ulong)bound);
    }

    public bool OneIn(int times) => Below(times) == 0;

    public T Of<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>The same items in another order.</summary>
    public List<T> Shuffled<T>(IEnumerable<T> items)
    {
        var shuffled = items.ToList();
        for (var i = shuffled.Count - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (shuffled[i], shuffled[j]) = (shuffled[j], shuffled[i]);
        }

        return shuffled;
    }
}
