namespace KioskFleet.Service.Broker;

/// <summary>
/// How often one cabinet may send: a burst at once, then a steady rate. Pure: the caller tells the time. Not
/// thread-safe; the messages of one cabinet come one after another.
/// </summary>
internal sealed class TokenBucket(int perSecond, int burst)
{
    private double _tokens = burst;
    private TimeSpan _filledAt;

    /// <summary>Takes a token and says how long to wait before going on.</summary>
    /// <param name="now">Monotonic time since any fixed moment.</param>
    public TimeSpan Take(TimeSpan now)
    {
        if (now > _filledAt)
        {
            _tokens = Math.Min(burst, _tokens + (now - _filledAt).TotalSeconds * perSecond);
            _filledAt = now;
        }

        _tokens -= 1;
        return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_tokens / perSecond);
    }
}
