using System.Globalization;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Compliance;

/// <summary>Up to when figures are asked for. Immutable.</summary>
/// <param name="Day">The business day: today, unless the past is asked for.</param>
/// <param name="UtcMs">The last millisecond within that day, Unix time UTC; null for the whole day.</param>
/// <param name="IsAsked">False for the present, when nothing was asked.</param>
internal sealed record AskedMoment(DateOnly Day, long? UtcMs, bool IsAsked)
{
    private static readonly string[] Formats =
        ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>The last business day that is in the figures as a whole.</summary>
    public DateOnly LastWholeDay => IsAsked && UtcMs is null ? Day : Day.AddDays(-1);

    /// <summary>
    /// Reads a business day (yyyy-mm-dd: its end) or a moment with its offset; without a text the present. Null when it
    /// is neither, or not past.
    /// </summary>
    public static AskedMoment? Parse(string? text, BusinessZone zone, DateTimeOffset now)
    {
        var nowUtcMs = now.ToUnixTimeMilliseconds();
        var today = zone.DayOf(nowUtcMs);
        if (string.IsNullOrEmpty(text))
        {
            return new AskedMoment(today, null, false);
        }

        if (DateOnly.TryParseExact(
            text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day <= today && day.Year >= 1970 ? new AskedMoment(day, null, true) : null;
        }

        // A plus sign that was not escaped arrives as a blank.
        if (!HasOffset(text) || !DateTimeOffset.TryParseExact(
            text.Replace(' ', '+'), Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment))
        {
            return null;
        }

        var utcMs = moment.ToUnixTimeMilliseconds();
        return utcMs >= 0 && utcMs <= nowUtcMs ? new AskedMoment(zone.DayOf(utcMs), utcMs, true) : null;
    }

    /// <summary>The last millisecond whose sales are in the figures; null for all so far.</summary>
    public DateTimeOffset? UpTo(BusinessZone zone) => !IsAsked ? null : DateTimeOffset.FromUnixTimeMilliseconds(
        UtcMs ?? zone.StartOfUtcMs(Day.AddDays(1)) - 1);

    private static bool HasOffset(string text) =>
        text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' or ' ' && text[^3] == ':');
}
