namespace KioskFleet.Simulators.Restrict;

/// <summary>
/// The weeks by which the run is judged, Monday to Sunday. Written apart from the product's windows, which it checks.
/// Pure.
/// </summary>
internal static class BusinessWeek
{
    /// <summary>The Monday of a day's week.</summary>
    public static DateOnly FirstDayOf(DateOnly day)
    {
        while (day.DayOfWeek != DayOfWeek.Monday)
        {
            day = day.AddDays(-1);
        }

        return day;
    }

    /// <summary>The week's name at the service's interface: <c>2020-W37</c>.</summary>
    public static string NameOf(DateOnly monday)
    {
        // A week belongs to the year that has its Thursday.
        var thursday = monday.AddDays(3);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{thursday.Year}-W{(thursday.DayOfYear - 1) / 7 + 1:00}");
    }
}
