namespace KioskFleet.Service.Catalogue;

/// <summary>What is true of a SKU at a moment.</summary>
/// <param name="ProductId">The product it is mapped to; null when nobody mapped it.</param>
/// <param name="Class">What its sales count as.</param>
/// <param name="IsOfCity">
/// True while a listing by the city or one of its counties covers the product: "recognised by the city".
/// </param>
/// <param name="IsBlocked">True while the product is suspended for quality: it must not be vended.</param>
internal readonly record struct SkuFacts(string? ProductId, ProductClass Class, bool IsOfCity, bool IsBlocked)
{
    /// <summary>Nobody mapped it.</summary>
    public static readonly SkuFacts Unmapped = new(null, ProductClass.Unmapped, false, false);
}

/// <summary>
/// What is true of one SKU of one operator over time: a step function made once from mappings, listings and
/// suspensions, so that a sale is classified by one search. Immutable; thread-safe.
/// </summary>
internal sealed class SkuTimeline
{
    private static readonly SkuFacts BeforeAll = SkuFacts.Unmapped;

    private readonly long[] _stepsUtcMs;
    private readonly SkuFacts[] _facts;

    private SkuTimeline(long[] stepsUtcMs, SkuFacts[] facts)
    {
        _stepsUtcMs = stepsUtcMs;
        _facts = facts;
    }

    /// <summary>Nothing is ever mapped.</summary>
    public static SkuTimeline Nothing { get; } = new([], []);

    /// <summary>The moments at which something changes, ascending.</summary>
    public ReadOnlySpan<long> StepsUtcMs => _stepsUtcMs;

    /// <summary>Makes the timeline from a rule that is constant between the given moments.</summary>
    /// <param name="momentsUtcMs">Every moment at which something may change, in any order; before the first of
    /// them nothing is mapped.</param>
    /// <param name="factsAt">What is true at a moment.</param>
    public static SkuTimeline From(IEnumerable<long> momentsUtcMs, Func<long, SkuFacts> factsAt)
    {
        var steps = new List<long>();
        var facts = new List<SkuFacts>();
        var last = SkuFacts.Unmapped;
        foreach (var moment in momentsUtcMs.Distinct().Order())
        {
            var next = factsAt(moment);
            if (next != last)
            {
                steps.Add(moment);
                facts.Add(next);
                last = next;
            }
        }

        return steps.Count == 0 ? Nothing : new SkuTimeline([.. steps], [.. facts]);
    }

    /// <summary>
    /// The steps from a moment on that a gate must know: what counts then, and every later change of class or block.
    /// </summary>
    public IEnumerable<(long FromUtcMs, ProductClass Class, bool IsBlocked)> From(long utcMs)
    {
        var last = At(utcMs);
        yield return (utcMs, last.Class, last.IsBlocked);
        for (var i = 0; i < _stepsUtcMs.Length; i++)
        {
            if (_stepsUtcMs[i] > utcMs && (_facts[i].Class, _facts[i].IsBlocked) != (last.Class, last.IsBlocked))
            {
                last = _facts[i];
                yield return (_stepsUtcMs[i], last.Class, last.IsBlocked);
            }
        }
    }

    /// <summary>What is true at a moment. Allocates nothing.</summary>
    public ref readonly SkuFacts At(long utcMs)
    {
        var low = 0;
        var high = _stepsUtcMs.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_stepsUtcMs[middle] <= utcMs)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return ref low == 0 ? ref BeforeAll : ref _facts[low - 1];
    }
}
