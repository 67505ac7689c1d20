namespace KioskFleet.Simulators.CityLoad;

/// <summary>The part of a calendar month in which a cabinet's site can sell. Instants in whole milliseconds.</summary>
/// <param name="StartUtc">The first instant of the load in the month.</param>
/// <param name="ClosingUtc">From here to the end the month is brought to its goal.</param>
/// <param name="EndUtc">The end of the last opening.</param>
/// <param name="MonthEndUtc">The first instant of the next month.</param>
/// <param name="LoadEndUtc">The first instant after the load.</param>
internal readonly record struct MonthSpan(
    DateTimeOffset StartUtc, DateTimeOffset ClosingUtc, DateTimeOffset EndUtc, DateTimeOffset MonthEndUtc,
    DateTimeOffset LoadEndUtc)
{
    /// <summary>Days from start to closing, begun ones counted, at least 1.</summary>
    public int Days => (int)((ClosingUtc - StartUtc).Ticks / TimeSpan.TicksPerDay) + 1;

    /// <summary>The first instant of the span on its last business day.</summary>
    public DateTimeOffset LastDayUtc
    {
        get
        {
            var day = new DateTimeOffset(BusinessMonth.DayOf(ClosingUtc).ToDateTime(TimeOnly.MinValue),
                BusinessMonth.ShanghaiOffset).ToUniversalTime();
            return day > StartUtc ? day : StartUtc;
        }
    }

    /// <summary>A part of the span, in basis points of it.</summary>
    public DateTimeOffset At(int basisPoints) =>
        StartUtc.AddMilliseconds(Milliseconds(ClosingUtc - StartUtc) * basisPoints / 10_000);

    /// <summary>Instants by chance from the given one to the closing, ascending.</summary>
    public IReadOnlyList<DateTimeOffset> Spread(Chance chance, DateTimeOffset fromUtc, int count)
    {
        // Two draws: a month has more milliseconds than an int.
        var closing = ClosingUtc;
        var seconds = (int)Math.Max(1, (ClosingUtc - fromUtc).Ticks / TimeSpan.TicksPerSecond);
        return
        [
            .. Enumerable.Range(0, count)
                .Select(_ => fromUtc.AddSeconds(chance.Below(seconds)).AddMilliseconds(chance.Below(1_000)))
                .Select(at => at < closing ? at : fromUtc)
                .Order(),
        ];
    }

    /// <summary>
    /// Instants one after the other within the given time, ascending: between one and three on the last night of the
    /// span, or where there is none in its second half.
    /// </summary>
    public IReadOnlyList<DateTimeOffset> Burst(Chance chance, TimeSpan within, int count)
    {
        var length = Math.Min(Milliseconds(within), Milliseconds(ClosingUtc - StartUtc) / 2);
        var day = BusinessMonth.DayOf(ClosingUtc).ToDateTime(new TimeOnly(1, 0));
        var night = new DateTimeOffset(day, BusinessMonth.ShanghaiOffset).AddMinutes(chance.Below(90))
            .ToUniversalTime();
        var from = night >= StartUtc && night.AddMilliseconds(length) < ClosingUtc ? night : At(5_000);
        var step = length / count;
        return [.. Enumerable.Range(0, count).Select(i =>
            from.AddMilliseconds(step * i + chance.Below((int)Math.Max(1, step))))];
    }

    private static long Milliseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMillisecond;
}
