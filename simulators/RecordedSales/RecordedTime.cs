using System.Globalization;
using System.Text.RegularExpressions;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.RecordedSales;

/// <summary>
/// Reads moments as back offices and spreadsheets write them, in Asia/Shanghai: <c>2017/1/1 19:29</c>,
/// <c>2017-01-01 19:29:05</c>, <c>2017/1/1  7:29:05 PM</c>. Pure.
/// </summary>
internal static partial class RecordedTime
{
    private const int FirstYear = 2000;
    private const int LastYear = 2100;

    /// <summary>Reads a moment; null, or why not: unreadable, or a day or time of day that does not exist.</summary>
    public static RefusalReason? Read(string text, out DateTimeOffset instantUtc)
    {
        instantUtc = default;
        if (Pattern().Match(text.Trim()) is not { Success: true } match)
        {
            return RefusalReason.UnreadableTime;
        }

        var (year, month, day) = (Number(match, 1), Number(match, 2), Number(match, 3));
        var (hour, minute, second) = (Number(match, 4), Number(match, 5), Number(match, 6));
        if (match.Groups[7].Success)
        {
            if (hour is < 1 or > 12)
            {
                return RefusalReason.ImpossibleTime;
            }

            hour = hour % 12 + (match.Groups[7].ValueSpan[0] is 'P' or 'p' ? 12 : 0);
        }

        if (year is < FirstYear or > LastYear || month is < 1 or > 12
            || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return RefusalReason.ImpossibleDate;
        }

        if (hour > 23 || minute > 59 || second > 59)
        {
            return RefusalReason.ImpossibleTime;
        }

        instantUtc = new DateTimeOffset(year, month, day, hour, minute, second, BusinessMonth.ShanghaiOffset)
            .ToUniversalTime();
        return null;
    }

    private static int Number(Match match, int group) => match.Groups[group].Success
        ? int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
        : 0;

    [GeneratedRegex(
        @"^([0-9]{4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,2})[ T]+"
        + @"([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2}))? *([AaPp][Mm])?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
