namespace KioskFleet.Service.Rejudging;

/// <summary>A set of moments as half-open spans without overlap, in order. Immutable; thread-safe.</summary>
internal sealed class TimeSpans
{
    private readonly List<(long From, long To)> _spans = [];

    /// <summary>The union of spans [From, To), Unix milliseconds UTC, in any order.</summary>
    public TimeSpans(IEnumerable<(long From, long To)> spans)
    {
        foreach (var span in spans.Where(s => s.From < s.To).Order())
        {
            if (_spans.Count > 0 && span.From <= _spans[^1].To)
            {
                _spans[^1] = (_spans[^1].From, Math.Max(_spans[^1].To, span.To));
            }
            else
            {
                _spans.Add(span);
            }
        }
    }

    /// <summary>The first moment of all; the largest number when there is none.</summary>
    public long FromUtcMs => _spans.Count == 0 ? long.MaxValue : _spans[0].From;

    /// <summary>The first moment after all; the smallest number when there is none.</summary>
    public long ToUtcMs => _spans.Count == 0 ? long.MinValue : _spans[^1].To;

    /// <summary>True when some moment from first to last, both inside, is in the set.</summary>
    public bool Touches(long firstUtcMs, long lastUtcMs)
    {
        // The first span that ends behind the first moment: no earlier one can hold any.
        var (low, high) = (0, _spans.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_spans[middle].To <= firstUtcMs)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < _spans.Count && _spans[low].From <= lastUtcMs;
    }
}
