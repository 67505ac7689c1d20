using System.Globalization;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Compliance;

/// <summary>
/// A window of whole business days [From, To) in the data set's zone. Immutable; all arithmetic is pure: the present
/// day comes from the caller.
/// </summary>
/// <param name="Name">Its name in interfaces: <c>2026-11</c>, <c>2026-W45</c>, <c>trailing-30</c>…</param>
/// <param name="From">First business day.</param>
/// <param name="To">First business day after it.</param>
internal sealed record JudgingWindow(string Name, DateOnly From, DateOnly To)
{
    /// <summary>The longest trailing window, in days.</summary>
    public const int MaxTrailingDays = 999;

    private const string Trailing = "trailing-";
    private const string SinceLaunch = "since-launch";
    private static readonly DateOnly Earliest = new(1970, 1, 1);

    /// <summary>First business day as the ledger's number yyyymmdd.</summary>
    public int FromNumber => BusinessZone.Number(From);

    /// <summary>First business day after the window as the ledger's number yyyymmdd.</summary>
    public int ToNumber => BusinessZone.Number(To);

    /// <summary>The last business day inside.</summary>
    public DateOnly Last => To.AddDays(-1);

    /// <summary>How many business days it has.</summary>
    public int Days => To.DayNumber - From.DayNumber;

    /// <summary>True when it ends with the day it is asked for and moves on with every day: it is never over.</summary>
    public bool IsRolling => IsRollingKind(Name);

    /// <summary>The part of the window up to and with a business day; empty when that lies before it.</summary>
    public JudgingWindow UpTo(DateOnly last) => last >= Last ? this
        : this with { To = last < From ? From : last.AddDays(1) };

    /// <summary>True for the words of a policy's window: day, week, month, quarter, trailing-N, since-launch.</summary>
    public static bool IsKind(string text) =>
        text is "day" or "week" or "month" or "quarter" || Rolling(text, Earliest) is not null;

    /// <summary>True for the kinds that have no end: trailing-N and since-launch.</summary>
    public static bool IsRollingKind(string kind) =>
        kind == SinceLaunch || kind.StartsWith(Trailing, StringComparison.Ordinal);

    /// <summary>
    /// Reads a window's name: a day, an ISO week, a month, a quarter, trailing-N (N days up to and with today) or
    /// since-launch (everything up to and with today). Years 1970–9998. Null when it is none of these.
    /// </summary>
    public static JudgingWindow? Parse(string text, DateOnly today)
    {
        if (text.StartsWith(Trailing, StringComparison.Ordinal) || text == SinceLaunch)
        {
            return Rolling(text, today);
        }

        var parts = text.Split('-');
        if (!Digits(parts[0], 4, 1970, 9998, out var year))
        {
            return null;
        }

        return parts switch
        {
            [_, ['W', .. var week]] when Digits(week, 2, 1, ISOWeek.GetWeeksInYear(year), out var w) =>
                Week(DateOnly.FromDateTime(ISOWeek.ToDateTime(year, w, DayOfWeek.Monday))),
            [_, ['Q', .. var quarter]] when Digits(quarter, 1, 1, 4, out var q) => Quarter(year, q),
            [_, var month] when Digits(month, 2, 1, 12, out var m) => Month(year, m),
            [_, var month, var day] when Digits(month, 2, 1, 12, out var m)
                && Digits(day, 2, 1, DateTime.DaysInMonth(year, m), out var d) => Day(new DateOnly(year, m, d)),
            _ => null,
        };
    }

    /// <summary>The window of a policy's kind that holds a day.</summary>
    /// <param name="kind">day, week, month, quarter, trailing-N or since-launch.</param>
    /// <param name="day">The business day; for trailing-N and since-launch the last one.</param>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static JudgingWindow Of(string kind, DateOnly day) => kind switch
    {
        "day" => Day(day),
        "week" => Week(day.AddDays(-(((int)day.DayOfWeek + 6) % 7))),
        "month" => Month(day.Year, day.Month),
        "quarter" => Quarter(day.Year, (day.Month + 2) / 3),
        _ => Rolling(kind, day) ?? throw new ArgumentException($"'{kind}' is no kind of window.", nameof(kind)),
    };

    private static JudgingWindow? Rolling(string kind, DateOnly last)
    {
        if (kind == SinceLaunch)
        {
            return new JudgingWindow(kind, Earliest, last.AddDays(1));
        }

        return kind.StartsWith(Trailing, StringComparison.Ordinal)
            && kind.Length > Trailing.Length && kind[Trailing.Length] != '0'
            && Digits(kind[Trailing.Length..], null, 1, MaxTrailingDays, out var days)
                ? new JudgingWindow(kind, last.AddDays(1 - days), last.AddDays(1))
                : null;
    }

    private static JudgingWindow Day(DateOnly day) => new(Named(day), day, day.AddDays(1));

    private static JudgingWindow Week(DateOnly monday)
    {
        var at = monday.ToDateTime(TimeOnly.MinValue);
        return new JudgingWindow(
            $"{ISOWeek.GetYear(at):0000}-W{ISOWeek.GetWeekOfYear(at):00}", monday, monday.AddDays(7));
    }

    private static JudgingWindow Month(int year, int month)
    {
        var first = new DateOnly(year, month, 1);
        return new JudgingWindow($"{year:0000}-{month:00}", first, first.AddMonths(1));
    }

    private static JudgingWindow Quarter(int year, int quarter)
    {
        var first = new DateOnly(year, quarter * 3 - 2, 1);
        return new JudgingWindow($"{year:0000}-Q{quarter}", first, first.AddMonths(3));
    }

    private static string Named(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static bool Digits(string text, int? length, int least, int most, out int number)
    {
        number = 0;
        return (length is null ? text.Length <= 3 : text.Length == length)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number >= least && number <= most;
    }
}
