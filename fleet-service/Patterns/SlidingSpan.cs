namespace KioskFleet.Service.Patterns;

/// <summary>A sale within a span of time.</summary>
/// <param name="UtcMs">When, Unix milliseconds UTC.</param>
/// <param name="Position">Its ledger position.</param>
/// <param name="Fen">What it counts, in fen.</param>
/// <param name="Buyer">The payer's digest, or 0.</param>
internal readonly record struct SpanSale(long UtcMs, long Position, long Fen, UInt128 Buyer);

/// <summary>
/// The sales of the last so many milliseconds while sales are told in about the order of time: holds no more than fit
/// into the span. A sale older than the span begins anew, as when another journal's older sales are told. Not
/// thread-safe.
/// </summary>
/// <param name="spanMs">The span, in milliseconds; sales just so far apart are both within it.</param>
internal sealed class SlidingSpan(long spanMs)
{
    private readonly List<SpanSale> _sales = [];

    /// <summary>The sales within the span that ends with the newest, oldest first.</summary>
    public IReadOnlyList<SpanSale> Sales => _sales;

    /// <summary>Adds a sale and lets go what lies too far back.</summary>
    public void Add(SpanSale sale)
    {
        if (_sales.Count > 0 && sale.UtcMs < _sales[^1].UtcMs - spanMs)
        {
            _sales.Clear();
        }

        var place = _sales.Count;
        while (place > 0 && _sales[place - 1].UtcMs > sale.UtcMs)
        {
            place--;
        }

        _sales.Insert(place, sale);
        var gone = 0;
        while (_sales[gone].UtcMs < _sales[^1].UtcMs - spanMs)
        {
            gone++;
        }

        _sales.RemoveRange(0, gone);
    }

    /// <summary>How many sales lie at or after a moment.</summary>
    public int CountFrom(long utcMs)
    {
        var count = 0;
        while (count < _sales.Count && _sales[^(count + 1)].UtcMs >= utcMs)
        {
            count++;
        }

        return count;
    }
}
