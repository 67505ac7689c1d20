namespace KioskFleet.Service.Ledger;

/// <summary>A kind of window whose sums are kept beside the days. The numbers are stored and never change.</summary>
internal enum WindowKind : byte
{
    /// <summary>A calendar month.</summary>
    Month = 1,

    /// <summary>A week from Monday to Sunday.</summary>
    Week = 2,
}

/// <summary>The windows that hold a business day. Days are numbers yyyymmdd of the business zone. Pure.</summary>
internal static class TotalsWindow
{
    /// <summary>The first day of the day's month.</summary>
    public static int MonthOf(int day) => day - day % 100 + 1;

    /// <summary>The Monday of the day's week.</summary>
    public static int WeekOf(int day)
    {
        var date = new DateOnly(day / 10_000, day / 100 % 100, day % 100);
        var monday = date.AddDays(-(((int)date.DayOfWeek + 6) % 7));
        return monday.Year * 10_000 + monday.Month * 100 + monday.Day;
    }
}

/// <summary>A part of a window that is read at once.</summary>
/// <param name="Kind">Sums of whole months or weeks; null for single days, all of one week.</param>
/// <param name="From">First day.</param>
/// <param name="To">First day after it.</param>
internal readonly record struct TotalsPart(WindowKind? Kind, DateOnly From, DateOnly To)
{
    /// <summary>True for a single month or week.</summary>
    public bool IsOneWindow => Kind switch
    {
        WindowKind.Month => From.AddMonths(1) == To,
        WindowKind.Week => From.AddDays(7) == To,
        _ => false,
    };
}

/// <summary>Takes a window apart into whole months, whole weeks and the days at its edges. Pure.</summary>
internal static class TotalsParts
{
    /// <summary>The parts of [from, to), each day in exactly one, in order.</summary>
    public static IReadOnlyList<TotalsPart> Of(DateOnly from, DateOnly to)
    {
        var parts = new List<TotalsPart>();
        var firstMonth = from.Day == 1 ? from : NextMonth(from);
        var afterMonths = new DateOnly(to.Year, to.Month, 1);
        if (firstMonth < afterMonths)
        {
            AddWeeks(parts, from, firstMonth);
            parts.Add(new TotalsPart(WindowKind.Month, firstMonth, afterMonths));
            AddWeeks(parts, afterMonths, to);
        }
        else
        {
            AddWeeks(parts, from, to);
        }

        return parts;
    }

    private static void AddWeeks(List<TotalsPart> parts, DateOnly from, DateOnly to)
    {
        if (from >= to)
        {
            return;
        }

        var firstMonday = from.AddDays((8 - (int)from.DayOfWeek) % 7);
        var afterWeeks = to.AddDays(-(((int)to.DayOfWeek + 6) % 7));
        if (firstMonday < afterWeeks)
        {
            AddDays(parts, from, firstMonday);
            parts.Add(new TotalsPart(WindowKind.Week, firstMonday, afterWeeks));
            AddDays(parts, afterWeeks, to);
        }
        else
        {
            // No whole week: at most two weeks have a piece of it.
            var border = firstMonday < to ? firstMonday : to;
            AddDays(parts, from, border);
            AddDays(parts, border, to);
        }
    }

    private static void AddDays(List<TotalsPart> parts, DateOnly from, DateOnly to)
    {
        if (from < to)
        {
            parts.Add(new TotalsPart(null, from, to));
        }
    }

    private static DateOnly NextMonth(DateOnly day) => new DateOnly(day.Year, day.Month, 1).AddMonths(1);
}
