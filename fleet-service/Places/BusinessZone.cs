namespace KioskFleet.Service.Places;

/// <summary>
/// The zone in which business days, windows and dates without a time are meant. It has one offset for ever: China
/// has had no daylight saving since 1991, and no time zone files are needed. Immutable; thread-safe.
/// </summary>
/// <param name="Id">The zone's name for people and interfaces, such as <c>Asia/Shanghai</c>.</param>
/// <param name="UtcOffsetMinutes">Minutes ahead of UTC, −840 to 840.</param>
internal sealed record BusinessZone(string Id, int UtcOffsetMinutes)
{
    private const long MillisecondsPerMinute = 60_000;

    /// <summary>Asia/Shanghai: UTC+8.</summary>
    public static BusinessZone Shanghai { get; } = new("Asia/Shanghai", 480);

    /// <summary>The business day of a moment.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The moment lies outside the years 1–9999.</exception>
    public DateOnly DayOf(long utcMs) => DateOnly.FromDateTime(DateTimeOffset
        .FromUnixTimeMilliseconds(checked(utcMs + UtcOffsetMinutes * MillisecondsPerMinute)).UtcDateTime);

    /// <summary>The first millisecond of a business day, Unix time in UTC.</summary>
    public long StartOfUtcMs(DateOnly day) =>
        new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds()
        - UtcOffsetMinutes * MillisecondsPerMinute;

    /// <summary>The day as the number yyyymmdd, the form in which the ledger keeps it.</summary>
    public static int Number(DateOnly day) => day.Year * 10_000 + day.Month * 100 + day.Day;
}
