using System.Runtime.InteropServices;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>A total as the proof sums it. Amounts in fen.</summary>
internal record struct ProofSum(long SalesFen, long SalesLines, long RefundsFen, long RefundsOfDayFen);

/// <summary>
/// The sums of entries, refunds and corrections by day, held against the running totals of days, months and weeks, in
/// both directions. Not thread-safe.
/// </summary>
internal sealed class ProofSums(ProofProblems problems)
{
    private readonly Dictionary<Day, ProofSum> _days = [];

    private readonly record struct Day(string Cabinet, long Assignment, int Number, int Class);

    private readonly record struct Window(long Kind, int FirstDay, string Cabinet, long Assignment, int Class);

    /// <summary>The sum of a cabinet, assignment, day (yyyymmdd) and class.</summary>
    public ref ProofSum At(string cabinet, long assignment, int day, int lineClass) =>
        ref CollectionsMarshal.GetValueRefOrAddDefault(_days, new Day(cabinet, assignment, day, lineClass), out _);

    /// <summary>Compares with all running totals.</summary>
    public void Compare(FleetConnection connection)
    {
        CompareWindows(connection);
        CompareDays(connection);
    }

    private void CompareDays(FleetConnection connection)
    {
        using var query = connection.Prepare("""
            SELECT cabinet_id, assignment_id, business_day, class, sales_fen, sales_lines, refunds_fen,
                   refunds_of_day_fen
            FROM totals
            """);
        while (query.Next())
        {
            var key = new Day(query.Text(0), query.Long(1), (int)query.Long(2), (int)query.Long(3));
            _days.Remove(key, out var summed);
            Compare(key, Stored(query, 4), summed);
        }

        foreach (var (key, summed) in _days)
        {
            Compare(key, default, summed);
        }
    }

    private void CompareWindows(FleetConnection connection)
    {
        var windows = SumWindows();
        using var query = connection.Prepare("""
            SELECT kind, first_day, cabinet_id, assignment_id, class, sales_fen, sales_lines, refunds_fen,
                   refunds_of_day_fen
            FROM window_totals
            """);
        while (query.Next())
        {
            var key = new Window(
                query.Long(0), (int)query.Long(1), query.Text(2), query.Long(3), (int)query.Long(4));
            windows.Remove(key, out var summed);
            Compare(key, Stored(query, 5), summed);
        }

        foreach (var (key, summed) in windows)
        {
            Compare(key, default, summed);
        }
    }

    /// <summary>Days are put into their windows by the calendar's own arithmetic, not by the writer's.</summary>
    private Dictionary<Window, ProofSum> SumWindows()
    {
        var windows = new Dictionary<Window, ProofSum>();
        foreach (var (day, sum) in _days)
        {
            if (DateOf(day.Number) is not { } date)
            {
                continue;
            }

            var month = new DateOnly(date.Year, date.Month, 1);
            var week = System.Globalization.ISOWeek.ToDateTime(
                System.Globalization.ISOWeek.GetYear(date), System.Globalization.ISOWeek.GetWeekOfYear(date),
                DayOfWeek.Monday);
            Add(new Window(1, NumberOf(month), day.Cabinet, day.Assignment, day.Class), sum);
            Add(new Window(2, NumberOf(DateOnly.FromDateTime(week)), day.Cabinet, day.Assignment, day.Class), sum);
        }

        return windows;

        void Add(Window key, ProofSum sum)
        {
            ref var whole = ref CollectionsMarshal.GetValueRefOrAddDefault(windows, key, out _);
            whole = new ProofSum(whole.SalesFen + sum.SalesFen, whole.SalesLines + sum.SalesLines,
                whole.RefundsFen + sum.RefundsFen, whole.RefundsOfDayFen + sum.RefundsOfDayFen);
        }
    }

    private void Compare(Day key, ProofSum stored, ProofSum summed)
    {
        if (stored != summed)
        {
            problems.Add(key.Cabinet,
                $"total of cabinet {key.Cabinet}, assignment {key.Assignment}, day {key.Number}, "
                + $"{(ProductClass)key.Class}",
                $"the total says {stored}, the entries sum to {summed}");
        }
    }

    private void Compare(Window key, ProofSum stored, ProofSum summed)
    {
        if (stored != summed)
        {
            problems.Add(key.Cabinet,
                $"{(WindowKind)key.Kind} from {key.FirstDay} of cabinet {key.Cabinet}, assignment {key.Assignment}, "
                + $"{(ProductClass)key.Class}",
                $"the total says {stored}, the entries sum to {summed}");
        }
    }

    // What was changed must be named, so nothing that is read may throw; a day that is none is told of elsewhere.
    private static DateOnly? DateOf(int number)
    {
        var (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
        return year is >= 1 and <= 9_999 && month is >= 1 and <= 12
            && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : null;
    }

    private static int NumberOf(DateOnly day) => day.Year * 10_000 + day.Month * 100 + day.Day;

    private static ProofSum Stored(Statement row, int first) =>
        new(row.Long(first), row.Long(first + 1), row.Long(first + 2), row.Long(first + 3));
}
