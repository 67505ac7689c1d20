using System.Globalization;
using KioskFleet.Service.Http;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Alerts;

/// <summary>When nothing is told but what may break the quiet. Pure; immutable.</summary>
internal sealed class QuietHours
{
    private const long Minutes = 60_000;
    private const int DayMinutes = 24 * 60;
    private readonly HashSet<AlertKind> _breaking;
    private readonly int? _from;
    private readonly int? _to;
    private readonly int _offsetMinutes;

    /// <summary>By checked settings.</summary>
    public QuietHours(QuietOptions options, BusinessZone zone)
    {
        _from = Minute(options.From);
        _to = Minute(options.To);
        _offsetMinutes = zone.UtcOffsetMinutes;
        _breaking = [.. AlertOptionsValidator.Words(options.Breaking).Select(EnumWord.Parse<AlertKind>)
            .OfType<AlertKind>()];
    }

    /// <summary>When something that arises now may be told, Unix milliseconds UTC: now, or the end of the quiet.
    /// </summary>
    public long NotBefore(AlertKind kind, long nowUtcMs)
    {
        if (_from is not { } from || _to is not { } to || from == to || _breaking.Contains(kind))
        {
            return nowUtcMs;
        }

        var minute = (int)((nowUtcMs / Minutes + _offsetMinutes) % DayMinutes);
        var isQuiet = from < to ? minute >= from && minute < to : minute >= from || minute < to;
        var left = (to - minute + DayMinutes) % DayMinutes;
        return isQuiet ? (nowUtcMs / Minutes + left) * Minutes : nowUtcMs;
    }

    /// <summary>The minute of the day that a text such as 22:00 names; null when it names none.</summary>
    public static int? Minute(string text) => TimeOnly.TryParseExact(
        text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
        ? time.Hour * 60 + time.Minute
        : null;
}
