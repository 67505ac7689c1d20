namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// A seeded source of chance (SplitMix64). The same seed and stream give the same numbers on every machine: only
/// integer steps and IEEE additions, multiplications and divisions are used. Not thread-safe; give each cabinet its
/// own stream. Not for secrets.
/// </summary>
internal sealed class Chance
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <summary>Starts the given stream of a seed; streams of one seed are independent of each other.</summary>
    public Chance(ulong seed, ulong stream) => _state = Mix(seed) ^ Mix(stream * Golden + 1);

    /// <summary>Spreads a value over all 64 bits; a bijection.</summary>
    public static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextBits()
    {
        unchecked
        {
            _state += Golden;
        }

        return Mix(_state);
    }

    /// <summary>A number from 0 up to but not including <paramref name="bound"/>, which is at least 1.</summary>
    public int Below(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (int)Math.BigMul(NextBits(), (ulong)bound, out _);
    }

    /// <summary>A number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + Below(checked(high - low + 1));

    /// <summary>True with the given probability in basis points (1/10000).</summary>
    public bool Hits(int basisPoints) => Below(10_000) < basisPoints;

    /// <summary>One of the items; there must be at least one.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>Puts the items into a random order.</summary>
    public void Shuffle<T>(IList<T> items)
    {
        for (var i = items.Count - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A count from the Poisson distribution with the given mean, 0 to 300 (Knuth's method).</summary>
    public int Poisson(double mean)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mean);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mean, 300);
        if (mean == 0)
        {
            return 0;
        }

        var limit = ExpOfMinus(mean);
        var count = 0;
        for (var product = NextUnit(); product > limit; product *= NextUnit())
        {
            count++;
        }

        return count;
    }

    /// <summary>
    /// e to the power of −x in plain IEEE steps, so that no platform's mathematics library has a say.
    /// </summary>
    private static double ExpOfMinus(double x)
    {
        // (1 / e^(x/1024))^1024; the series of a number below 0.3 has converged after twelve terms.
        var small = x / 1024;
        var term = 1.0;
        var sum = 1.0;
        for (var i = 1; i <= 12; i++)
        {
            term *= small / i;
            sum += term;
        }

        var result = 1 / sum;
        for (var i = 0; i < 10; i++)
        {
            result *= result;
        }

        return result;
    }

    private double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));
}
