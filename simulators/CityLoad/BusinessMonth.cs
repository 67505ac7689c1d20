using System.Globalization;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// A calendar month of business days in Asia/Shanghai, the default window of a standing. Written <c>2020-09</c>.
/// </summary>
/// <param name="Year">The year, 1 to 9999.</param>
/// <param name="Month">The month, 1 to 12.</param>
internal readonly record struct BusinessMonth(int Year, int Month) : IComparable<BusinessMonth>
{
    /// <summary>
    /// Asia/Shanghai is eight hours ahead of UTC all year round; it has had no summer time since 1992.
    /// </summary>
    public static readonly TimeSpan ShanghaiOffset = TimeSpan.FromHours(8);

    /// <summary>The first instant of the month.</summary>
    public DateTimeOffset StartUtc => new DateTimeOffset(Year, Month, 1, 0, 0, 0, ShanghaiOffset).ToUniversalTime();

    /// <summary>The first instant after the month.</summary>
    public DateTimeOffset EndUtc =>
        new DateTimeOffset(Year, Month, 1, 0, 0, 0, ShanghaiOffset).AddMonths(1).ToUniversalTime();

    /// <summary>The month whose business days contain the instant.</summary>
    public static BusinessMonth Of(DateTimeOffset instant)
    {
        var local = instant.ToOffset(ShanghaiOffset);
        return new BusinessMonth(local.Year, local.Month);
    }

    /// <summary>The business day (Asia/Shanghai) that contains the instant.</summary>
    public static DateOnly DayOf(DateTimeOffset instant) =>
        DateOnly.FromDateTime(instant.ToOffset(ShanghaiOffset).DateTime);

    /// <inheritdoc/>
    public int CompareTo(BusinessMonth other) => (Year * 12 + Month).CompareTo(other.Year * 12 + other.Month);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-{Month:00}");
}
