using KioskFleet.Protocol.Configs;

namespace KioskFleet.Agent.Gate;

/// <summary>Amounts of business days, in fen. Sums are checked and throw on overflow. Not thread-safe.</summary>
internal sealed class DaySums
{
    private readonly Dictionary<DateOnly, (long AidFen, long TotalFen, long TurnoverFen)> _days = [];
    private readonly HashSet<DateOnly> _missingAid = [];

    /// <summary>Adds to a day.</summary>
    /// <param name="day">The business day.</param>
    /// <param name="aidFen">Aid; negative for a refund.</param>
    /// <param name="totalFen">All classes; negative for a refund.</param>
    /// <param name="turnoverFen">Money of that day, whatever day it reverses.</param>
    public void Add(DateOnly day, long aidFen, long totalFen, long turnoverFen)
    {
        var sums = _days.GetValueOrDefault(day);
        _days[day] = checked(
            (sums.AidFen + aidFen, sums.TotalFen + totalFen, sums.TurnoverFen + turnoverFen));
    }

    /// <summary>On a day a sale brought less aid than its approval held.</summary>
    public void NoteMissingAid(DateOnly day) => _missingAid.Add(day);

    /// <summary>True when that happened in a window.</summary>
    public bool MissesAidIn(BusinessWindow window) => _missingAid.Any(day => window.Contains(day));

    /// <summary>Aid and total of a window.</summary>
    public (long AidFen, long TotalFen) In(BusinessWindow window)
    {
        long aid = 0, total = 0;
        foreach (var (day, sums) in _days)
        {
            if (window.Contains(day))
            {
                aid = checked(aid + sums.AidFen);
                total = checked(total + sums.TotalFen);
            }
        }

        return (aid, total);
    }

    /// <summary>Turnover of a window.</summary>
    public long TurnoverIn(BusinessWindow window)
    {
        long turnover = 0;
        foreach (var (day, sums) in _days)
        {
            turnover = window.Contains(day) ? checked(turnover + sums.TurnoverFen) : turnover;
        }

        return turnover;
    }
}
