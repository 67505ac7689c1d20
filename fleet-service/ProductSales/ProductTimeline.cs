namespace KioskFleet.Service.ProductSales;

/// <summary>Which product one SKU of one operator is over time: a step function. Immutable; thread-safe.</summary>
internal sealed class ProductTimeline
{
    private readonly long[] _stepsUtcMs;
    private readonly SoldProduct[] _products;

    private ProductTimeline(long[] stepsUtcMs, SoldProduct[] products)
    {
        _stepsUtcMs = stepsUtcMs;
        _products = products;
    }

    /// <summary>Nothing at any time.</summary>
    public static ProductTimeline Empty { get; } = new([], []);

    /// <summary>Makes the timeline from a rule that is constant between the given moments.</summary>
    /// <param name="momentsUtcMs">Every moment at which the product may change, in any order; before the first of
    /// them nothing is mapped.</param>
    /// <param name="productAt">The product at a moment.</param>
    public static ProductTimeline From(IEnumerable<long> momentsUtcMs, Func<long, SoldProduct> productAt)
    {
        var (steps, products) = (new List<long>(), new List<SoldProduct>());
        var last = SoldProduct.Unknown;
        foreach (var moment in momentsUtcMs.Distinct().Order())
        {
            var next = productAt(moment);
            if (next != last)
            {
                steps.Add(moment);
                products.Add(next);
                last = next;
            }
        }

        return new ProductTimeline([.. steps], [.. products]);
    }

    /// <summary>The product at a moment. Allocates nothing.</summary>
    public SoldProduct At(long utcMs)
    {
        var at = Array.BinarySearch(_stepsUtcMs, utcMs);
        var step = at >= 0 ? at : ~at - 1;
        return step < 0 ? SoldProduct.Unknown : _products[step];
    }

    /// <summary>True when both say the same of every moment up to and with the last.</summary>
    public bool AgreesUntil(ProductTimeline other, long lastUtcMs)
    {
        var (mine, theirs) = (StepsUntil(lastUtcMs), other.StepsUntil(lastUtcMs));
        return _stepsUtcMs.AsSpan(0, mine).SequenceEqual(other._stepsUtcMs.AsSpan(0, theirs))
            && _products.AsSpan(0, mine).SequenceEqual(other._products.AsSpan(0, theirs));
    }

    private int StepsUntil(long lastUtcMs)
    {
        var at = Array.BinarySearch(_stepsUtcMs, lastUtcMs);
        return at >= 0 ? at + 1 : ~at;
    }
}
