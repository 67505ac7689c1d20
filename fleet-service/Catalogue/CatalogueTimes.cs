using System.Globalization;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Times as files and requests write them: a day means its first moment in the data set's zone, for ends too (an end is
/// not included); a time names its offset. Pure; thread-safe.
/// </summary>
internal sealed class CatalogueTimes(BusinessZone zone)
{
    /// <summary>The word for the present moment.</summary>
    public const string Now = "now";

    /// <summary>The word for an end that is not foreseen.</summary>
    public const string Open = "open";

    private const string DayForm = "yyyy-MM-dd";

    /// <summary>
    /// The last day that is taken: a year before the last that a calendar can show, so that neither a zone nor a grace
    /// leads out of it.
    /// </summary>
    private static readonly DateOnly LastDay = new(9998, 12, 31);

    private static readonly string[] DayForms = [DayForm, "yyyy/M/d"];

    private static readonly string[] TimeForms =
        ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFK"];

    /// <summary>Reads a day or a moment; null when it is neither, or lies before 1970 or after 9998.</summary>
    public long? Moment(string text) => Read(text) is { } moment and >= 0 && moment < EndUtcMs ? moment : null;

    /// <summary>Reads a day; null when it is none, or lies after 9998.</summary>
    public static DateOnly? Day(string? text) => DateOnly.TryParseExact(
        text, DayForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day <= LastDay ? day : null;

    /// <summary>The business day of a moment.</summary>
    public DateOnly DayOf(long utcMs) => zone.DayOf(utcMs);

    /// <summary>
    /// Writes a moment so that reading it gives the same: as a day where it is one. What no calendar shows is written
    /// as the nearest that it does.
    /// </summary>
    public string Shown(long utcMs)
    {
        var shown = Math.Clamp(utcMs, zone.StartOfUtcMs(DateOnly.MinValue.AddDays(1)), EndUtcMs);
        var local = DateTimeOffset.FromUnixTimeMilliseconds(shown)
            .ToOffset(TimeSpan.FromMinutes(zone.UtcOffsetMinutes));
        var form = local.TimeOfDay == TimeSpan.Zero && utcMs >= 0
            ? DayForm
            : local.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:sszzz" : "yyyy-MM-dd'T'HH:mm:ss.fffzzz";
        return local.ToString(form, CultureInfo.InvariantCulture);
    }

    /// <summary>The first moment that is not taken.</summary>
    private long EndUtcMs => zone.StartOfUtcMs(LastDay.AddDays(1));

    private long? Read(string text)
    {
        if (Day(text) is { } day)
        {
            return zone.StartOfUtcMs(day);
        }

        // Without an offset a time would silently mean the server's own zone.
        return (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > DayForm.Length)
            && DateTimeOffset.TryParseExact(
                text, TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
                ? time.ToUnixTimeMilliseconds()
                : null;
    }
}
