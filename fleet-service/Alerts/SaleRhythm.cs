namespace KioskFleet.Service.Alerts;

/// <summary>
/// How often a cabinet sells: the mean gap between its sales, in which what is long ago fades. Immutable; pure.
/// </summary>
/// <param name="LastUtcMs">Its latest sale, Unix milliseconds UTC.</param>
/// <param name="Gaps">Gaps that were seen.</param>
/// <param name="UsualMs">The usual gap, in milliseconds.</param>
internal readonly record struct SaleRhythm(long LastUtcMs, int Gaps, double UsualMs)
{
    /// <summary>Gaps from which something can be said.</summary>
    public const int LeastGaps = 20;

    /// <summary>How many gaps weigh in the mean: after these the oldest fade.</summary>
    public const int FadingGaps = 200;

    /// <summary>The rhythm of one sale.</summary>
    public static SaleRhythm Of(long utcMs) => new(utcMs, 0, 0);

    /// <summary>With one more sale; one that comes late says nothing of gaps.</summary>
    public SaleRhythm With(long utcMs)
    {
        if (utcMs <= LastUtcMs)
        {
            return this;
        }

        var weight = Math.Min(Gaps + 1, FadingGaps);
        return new SaleRhythm(utcMs, Gaps + 1, UsualMs + (utcMs - LastUtcMs - UsualMs) / weight);
    }

    /// <summary>
    /// With the sales of a batch, as if those between the first and the last were evenly spread.
    /// </summary>
    public SaleRhythm With(SoldBatch sold)
    {
        var rhythm = With(sold.FirstUtcMs);
        for (var i = 1; i < sold.Sales; i++)
        {
            rhythm = rhythm.With(
                sold.FirstUtcMs + (long)((Int128)(sold.LastUtcMs - sold.FirstUtcMs) * i / (sold.Sales - 1)));
        }

        return rhythm;
    }

    /// <summary>How long without a sale is too long, in milliseconds; null while nothing can be said.</summary>
    public long? TooLongMs(int times, int leastHours) => Gaps < LeastGaps
        ? null
        : Math.Max((long)(UsualMs * times), leastHours * 3_600_000L);
}
