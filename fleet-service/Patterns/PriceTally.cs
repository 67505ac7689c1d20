namespace KioskFleet.Service.Patterns;

/// <summary>What one SKU sold for at one price. Amounts in fen.</summary>
internal sealed class PriceBucket(long priceFen, long linesBefore)
{
    /// <summary>The price of one piece.</summary>
    public long PriceFen => priceFen;

    /// <summary>Lines of the SKU at other prices that were told before the first at this one.</summary>
    public long LinesBefore => linesBefore;

    /// <summary>Lines sold.</summary>
    public long Lines { get; private set; }

    /// <summary>Pieces sold.</summary>
    public long Pieces { get; private set; }

    /// <summary>What was paid for them.</summary>
    public long PaidFen { get; private set; }

    /// <summary>Of that, what counts as aid.</summary>
    public long AidFen { get; private set; }

    private Examples _examples;

    /// <summary>Entries that show it.</summary>
    public Examples Examples => _examples;

    /// <summary>Adds a line.</summary>
    public void Add(in SeenLine line, long position)
    {
        Lines++;
        Pieces += line.Quantity;
        PaidFen = checked(PaidFen + line.PaidFen);
        AidFen = checked(AidFen + (line.Class == Catalogue.ProductClass.Aid ? line.NetFen : 0));
        _examples.Add(position);
    }
}

/// <summary>
/// What one SKU sold for in one cabinet and window: a count for each price, of which a price list has few. Not
/// thread-safe.
/// </summary>
internal sealed class PriceTally
{
    private readonly List<PriceBucket> _buckets = new(1);

    /// <summary>The prices, ascending.</summary>
    public IReadOnlyList<PriceBucket> Prices => _buckets;

    /// <summary>All lines.</summary>
    public long Lines { get; private set; }

    /// <summary>
    /// The price of one piece of a line, in fen: as it was shown, or as it was paid when that was more. What was paid
    /// less is a discount.
    /// </summary>
    public static long PriceOf(in SeenLine line) =>
        Math.Max(line.UnitPriceFen, (line.PaidFen + line.Quantity - 1) / line.Quantity);

    /// <summary>Adds a line.</summary>
    public void Add(in SeenLine line, long position)
    {
        BucketOf(PriceOf(line)).Add(line, position);
        Lines++;
    }

    /// <summary>The lower median price over all lines; 0 without any.</summary>
    public long MedianFen() => QuarterFen(2);

    /// <summary>The price at which so many quarters of the lines are reached, 1 to 3; 0 without any.</summary>
    public long QuarterFen(int quarters)
    {
        var left = (Lines * quarters + 3) / 4;
        foreach (var bucket in _buckets)
        {
            left -= bucket.Lines;
            if (left <= 0)
            {
                return bucket.PriceFen;
            }
        }

        return 0;
    }

    private PriceBucket BucketOf(long priceFen)
    {
        var (low, high) = (0, _buckets.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _buckets[middle].PriceFen < priceFen ? (middle + 1, high) : (low, middle);
        }

        if (low < _buckets.Count && _buckets[low].PriceFen == priceFen)
        {
            return _buckets[low];
        }

        // Goods sold by weight have a price for each sale: then near prices share a bucket. One far beyond all others
        // keeps its own, since that is what is looked for; there can only be a few of those.
        if (_buckets.Count >= PatternLimits.MaxPrices
            && priceFen <= _buckets[^1].PriceFen * 2 && priceFen >= _buckets[0].PriceFen / 2)
        {
            return low == _buckets.Count || (low > 0
                && priceFen - _buckets[low - 1].PriceFen <= _buckets[low].PriceFen - priceFen)
                    ? _buckets[low - 1]
                    : _buckets[low];
        }

        var added = new PriceBucket(priceFen, Lines);
        _buckets.Insert(low, added);
        return added;
    }
}
