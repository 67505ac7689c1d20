using System.Globalization;

namespace KioskFleet.Protocol.Configs;

/// <summary>
/// A window of whole business days, both ends inside, by the kinds of windows that a policy names. Cabinet and service
/// compute it alike. Pure.
/// </summary>
/// <param name="First">First business day.</param>
/// <param name="Last">Last business day.</param>
public readonly record struct BusinessWindow(DateOnly First, DateOnly Last)
{
    /// <summary>The longest trailing window, in days.</summary>
    public const int MaxTrailingDays = 999;

    /// <summary>The kind that holds everything up to the present day.</summary>
    public const string SinceLaunch = "since-launch";

    private const string Trailing = "trailing-";
    private const long DayMs = 86_400_000;
    private const long MinuteMs = 60_000;
    private static readonly DateOnly Earliest = new(1970, 1, 1);

    /// <summary>True for <c>day</c>, <c>week</c>, <c>month</c>, <c>quarter</c>, <c>trailing-N</c> and
    /// <c>since-launch</c>.</summary>
    public static bool IsKind(string kind) =>
        kind is "day" or "week" or "month" or "quarter" or SinceLaunch || TrailingDays(kind) > 0;

    /// <summary>
    /// True for a window that moves on with every day and never opens anew: trailing-N and since-launch.
    /// </summary>
    public static bool IsRolling(string kind) => kind == SinceLaunch || TrailingDays(kind) > 0;

    /// <summary>The days of a trailing window; 0 for every other kind.</summary>
    public static int TrailingDays(string kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        var number = kind.StartsWith(Trailing, StringComparison.Ordinal) ? kind[Trailing.Length..] : "";
        return number.Length is > 0 and <= 3 && number[0] != '0'
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var days)
                ? days
                : 0;
    }

    /// <summary>The window of a kind that holds a day; for a rolling kind the one that ends with it.</summary>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static BusinessWindow Of(string kind, DateOnly day)
    {
        switch (kind)
        {
            case "day":
                return new BusinessWindow(day, day);
            case "week":
                var monday = day.AddDays(-Math.Min(day.DayNumber, ((int)day.DayOfWeek + 6) % 7));
                return new BusinessWindow(monday, Plus(monday, 6));
            case "month":
                return Months(new DateOnly(day.Year, day.Month, 1), 1);
            case "quarter":
                return Months(new DateOnly(day.Year, (day.Month - 1) / 3 * 3 + 1, 1), 3);
            case SinceLaunch:
                return new BusinessWindow(day < Earliest ? day : Earliest, day);
            default:
                var days = TrailingDays(kind);
                return days > 0
                    ? new BusinessWindow(day.AddDays(-Math.Min(day.DayNumber, days - 1)), day)
                    : throw new ArgumentException($"'{kind}' is no kind of window.", nameof(kind));
        }
    }

    /// <summary>True when the day lies inside.</summary>
    public bool Contains(DateOnly day) => First <= day && day <= Last;

    /// <summary>The business day of a moment; moments outside the calendar belong to its first or last day.</summary>
    /// <param name="utcMs">Unix milliseconds UTC.</param>
    /// <param name="zoneOffsetMinutes">Minutes ahead of UTC, −840 to 840.</param>
    public static DateOnly DayOf(long utcMs, int zoneOffsetMinutes)
    {
        var local = (Int128)utcMs + zoneOffsetMinutes * MinuteMs;
        var days = local >= 0 ? local / DayMs : (local - (DayMs - 1)) / DayMs;
        var number = days + Earliest.DayNumber;
        return DateOnly.FromDayNumber((int)Int128.Clamp(number, 0, DateOnly.MaxValue.DayNumber));
    }

    /// <summary>The first moment of a business day, Unix milliseconds UTC.</summary>
    public static long StartUtcMs(DateOnly day, int zoneOffsetMinutes) =>
        (day.DayNumber - Earliest.DayNumber) * DayMs - zoneOffsetMinutes * MinuteMs;

    private static BusinessWindow Months(DateOnly first, int months)
    {
        var isLast = first.Year == DateOnly.MaxValue.Year && first.Month + months > 12;
        return new BusinessWindow(first, isLast ? DateOnly.MaxValue : first.AddMonths(months).AddDays(-1));
    }

    private static DateOnly Plus(DateOnly day, int days) =>
        DateOnly.FromDayNumber(Math.Min(day.DayNumber + days, DateOnly.MaxValue.DayNumber));
}
