namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>
/// A seeded source of chance (SplitMix64): the same seed makes the same run on every machine. Not thread-safe, not for
/// secrets.
/// </summary>
internal sealed class SimulationChance
{
    private ulong _state;

    /// <summary>Starts from a seed.</summary>
    public SimulationChance(ulong seed) => _state = unchecked(seed * 0xD1342543DE82EF95 + 0x2545F4914F6CDD1D);

    /// <summary>The next 64 random bits.</summary>
    public ulong Bits()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var value = _state;
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }

    /// <summary>A number from 0 up to but not including <paramref name="bound"/>, which is at least 1.</summary>
    public int Below(int bound) => (int)(Bits() % (ulong)bound);

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>True in so many of a thousand cases.</summary>
    public bool PerMille(int cases) => Below(1_000) < cases;

    /// <summary>A number from 0 up to 1.</summary>
    public double Fraction() => (Bits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>128 random bits.</summary>
    public UInt128 Id() => new(Bits(), Bits());

    /// <summary>One of the values.</summary>
    public T Pick<T>(IReadOnlyList<T> values) => values[Below(values.Count)];
}
