using System.Globalization;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Venues;

/// <summary>Whole days in texts and in the database. Pure.</summary>
internal static class DayText
{
    /// <summary>Reads yyyy-MM-dd; null for anything else, a time of day included.</summary>
    public static DateOnly? Read(string? text) => DateOnly.TryParseExact(
        text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>The day behind the number yyyymmdd.</summary>
    public static DateOnly Of(long number) =>
        new((int)(number / 10_000), (int)(number / 100 % 100), (int)(number % 100));

    /// <summary>
    /// Checks a period: two days, in order, not longer than is taken, neither in the future nor long ago. Exactly one
    /// of the results is not null.
    /// </summary>
    public static ((DateOnly First, DateOnly Last)? Period, Refusal? Refusal) Period(
        string? firstText, string? lastText, DateOnly today)
    {
        if (Read(firstText) is not { } first)
        {
            return (null, new Refusal(RefusalCode.BadDay, "firstDay", firstText));
        }

        if (Read(lastText) is not { } last)
        {
            return (null, new Refusal(RefusalCode.BadDay, "lastDay", lastText));
        }

        if (last > today || first < VenueLimits.FirstDay)
        {
            return (null, new Refusal(
                RefusalCode.DayInFuture, last > today ? "lastDay" : "firstDay", last > today ? lastText : firstText));
        }

        return first > last || last.DayNumber - first.DayNumber >= VenueLimits.MaxPeriodDays
            ? (null, new Refusal(RefusalCode.BadPeriod, "lastDay", $"{firstText} – {lastText}"))
            : ((first, last), null);
    }

    /// <summary>The number yyyymmdd of a day.</summary>
    public static long Number(DateOnly day) => BusinessZone.Number(day);
}
