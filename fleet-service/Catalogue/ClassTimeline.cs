namespace KioskFleet.Service.Catalogue;

/// <summary>
/// What one SKU of one operator counts as over time: a step function made once from mappings and listings, so that
/// a sale is classified by one search. Immutable; thread-safe.
/// </summary>
internal sealed class ClassTimeline
{
    private readonly long[] _stepsUtcMs;
    private readonly ProductClass[] _classes;

    private ClassTimeline(long[] stepsUtcMs, ProductClass[] classes)
    {
        _stepsUtcMs = stepsUtcMs;
        _classes = classes;
    }

    /// <summary>Makes the timeline from a rule that is constant between the given moments.</summary>
    /// <param name="momentsUtcMs">Every moment at which the class may change, in any order; before the first of
    /// them nothing is mapped.</param>
    /// <param name="classAt">The class at a moment.</param>
    public static ClassTimeline From(IEnumerable<long> momentsUtcMs, Func<long, ProductClass> classAt)
    {
        var steps = new List<long>();
        var classes = new List<ProductClass>();
        var last = ProductClass.Unmapped;
        foreach (var moment in momentsUtcMs.Distinct().Order())
        {
            var next = classAt(moment);
            if (next != last)
            {
                steps.Add(moment);
                classes.Add(next);
                last = next;
            }
        }

        return new ClassTimeline([.. steps], [.. classes]);
    }

    /// <summary>The steps from a moment on: the class in force then, and every later one with its beginning.</summary>
    public IEnumerable<(long FromUtcMs, ProductClass Class)> From(long utcMs)
    {
        yield return (utcMs, At(utcMs));
        for (var i = 0; i < _stepsUtcMs.Length; i++)
        {
            if (_stepsUtcMs[i] > utcMs)
            {
                yield return (_stepsUtcMs[i], _classes[i]);
            }
        }
    }

    /// <summary>The class at a moment. Allocates nothing.</summary>
    public ProductClass At(long utcMs)
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

        return low == 0 ? ProductClass.Unmapped : _classes[low - 1];
    }
}
