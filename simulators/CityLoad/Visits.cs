namespace KioskFleet.Simulators.CityLoad;

/// <summary>Somebody comes to the cabinet.</summary>
/// <param name="AtUtc">When, in whole milliseconds.</param>
/// <param name="InRush">True when others come at the same time for the same thing: a bell rang.</param>
internal readonly record struct Visit(DateTimeOffset AtUtc, bool InRush);

/// <summary>
/// When people come: Poisson arrivals by the rhythm of the site, now and then a rush in a busy hour or somebody just
/// after midnight, and a visit of the maintenance once a week. Not thread-safe.
/// </summary>
internal sealed class Visits
{
    private const int BusyWeight = 6;
    private const int RushBasisPoints = 100;
    private const int LeastInRush = 4;
    private const int MostInRush = 7;
    private const int CrowdBasisPoints = 1_500;
    private const int LeastInCrowd = 13;
    private const int MostInCrowd = 17;
    private const int MidnightBasisPoints = 500;
    private const int MidnightMilliseconds = 15_000;

    private static readonly TimeSpan RushLength = TimeSpan.FromMinutes(12);

    private readonly Chance _chance;
    private readonly SiteRhythm _rhythm;
    private readonly int _meanPerDay;
    private readonly int _maintenanceDay;

    /// <summary>The visits to one cabinet.</summary>
    public Visits(PlannedCabinet cabinet, CityPlanOptions options, Chance chance)
    {
        _chance = chance;
        _rhythm = SiteRhythm.Of(cabinet.Site.Kind);
        _meanPerDay = options.MeanSalesPerDay;
        _maintenanceDay = cabinet.Number % 7;
    }

    /// <summary>The visits from start to end, ascending.</summary>
    public IEnumerable<Visit> Between(DateTimeOffset start, DateTimeOffset end)
    {
        var visits = new List<Visit>();
        for (var begin = start; begin < end;)
        {
            var hourEnd = new DateTimeOffset(begin.UtcTicks - begin.UtcTicks % TimeSpan.TicksPerHour, TimeSpan.Zero)
                .AddHours(1);
            var until = hourEnd < end ? hourEnd : end;
            var milliseconds = (int)((until - begin).Ticks / TimeSpan.TicksPerMillisecond);
            var mean = _rhythm.MeanInHour(begin, _meanPerDay) * milliseconds / 3_600_000;
            visits.Clear();
            for (var count = _chance.Poisson(Math.Min(mean, 300)); count > 0; count--)
            {
                visits.Add(new Visit(begin.AddMilliseconds(_chance.Below(milliseconds)), false));
            }

            if (IsMidnight(begin) && _rhythm.IsOpenAt(begin) && milliseconds > MidnightMilliseconds
                && _chance.Hits(MidnightBasisPoints))
            {
                // Paid before midnight, sold after it: on the bill of the day before.
                visits.Add(new Visit(begin.AddMilliseconds(_chance.Below(MidnightMilliseconds)), false));
            }

            if (_rhythm.WeightAt(begin) >= BusyWeight && until - begin > RushLength && _chance.Hits(RushBasisPoints))
            {
                AddRush(visits, begin, milliseconds);
            }

            foreach (var visit in visits.OrderBy(static visit => visit.AtUtc))
            {
                yield return visit;
            }

            begin = until;
        }
    }

    /// <summary>
    /// The moments at which the maintenance tests the cabinet, ascending: one or two on a morning a week.
    /// </summary>
    public IReadOnlyList<DateTimeOffset> Maintenance(DateTimeOffset start, DateTimeOffset end)
    {
        var moments = new List<DateTimeOffset>();
        for (var day = BusinessMonth.DayOf(start); day <= BusinessMonth.DayOf(end); day = day.AddDays(1))
        {
            if (day.DayNumber % 7 == _maintenanceDay)
            {
                var at = new DateTimeOffset(day.ToDateTime(new TimeOnly(8, 30)), BusinessMonth.ShanghaiOffset)
                    .ToUniversalTime().AddSeconds(_chance.Below(7_200));
                moments.AddRange(_chance.Hits(5_000) ? [at] : [at, at.AddSeconds(90)]);
            }
        }

        return moments.FindAll(at => at >= start && at < end);
    }

    private static bool IsMidnight(DateTimeOffset instant) =>
        instant.ToOffset(BusinessMonth.ShanghaiOffset).TimeOfDay == TimeSpan.Zero;

    private void AddRush(List<Visit> visits, DateTimeOffset begin, int milliseconds)
    {
        var room = milliseconds - (int)RushLength.TotalMilliseconds;
        var from = begin.AddMilliseconds(_chance.Below(room));
        var count = _chance.Hits(CrowdBasisPoints)
            ? _chance.Between(LeastInCrowd, MostInCrowd)
            : _chance.Between(LeastInRush, MostInRush);
        for (; count > 0; count--)
        {
            visits.Add(new Visit(from.AddMilliseconds(_chance.Below((int)RushLength.TotalMilliseconds)), true));
        }
    }
}
