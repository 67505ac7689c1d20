using KioskFleet.Protocol.Clock;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// Business days by number, remembering the last one asked for: entries of a batch mostly share a day. Not thread-safe.
/// </summary>
internal sealed class BusinessCalendar(BusinessZone zone)
{
    private const long DayMs = 86_400_000;

    private long _startUtcMs = long.MaxValue;
    private int _number;

    /// <summary>The day as yyyymmdd; 0 when the moment lies in no year in which a cabinet can have sold.</summary>
    public int DayOf(long utcMs)
    {
        if (utcMs >= _startUtcMs && utcMs - _startUtcMs < DayMs)
        {
            return _number;
        }

        if (utcMs is < EntryDating.EarliestPlausibleUtcMs or >= EntryDating.LatestPlausibleUtcMs)
        {
            return 0;
        }

        var day = zone.DayOf(utcMs);
        _startUtcMs = zone.StartOfUtcMs(day);
        _number = BusinessZone.Number(day);
        return _number;
    }
}
