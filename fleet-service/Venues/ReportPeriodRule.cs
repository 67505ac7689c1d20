using KioskFleet.Service.Compliance;

namespace KioskFleet.Service.Venues;

/// <summary>
/// The days of one report: it counts whole on its last day, so all of them lie in one window, or sales would leave the
/// window in which they were made. Pure.
/// </summary>
internal static class ReportPeriodRule
{
    /// <summary>The window in which every report lies, whatever a policy says: reports are compared by month.</summary>
    public const string Month = "month";

    /// <summary>What is wrong with a period, or null.</summary>
    /// <param name="window">The kind of window; of a rolling one every day is an edge.</param>
    /// <param name="first">First day.</param>
    /// <param name="last">Last day, inside.</param>
    public static Refusal? Check(string window, DateOnly first, DateOnly last)
    {
        var held = JudgingWindow.Of(window, last);
        var moves = held.IsRolling && JudgingWindow.Of(window, last.AddDays(1)).From > held.From;
        var edge = moves ? last : held.From;
        return first < edge ? new Refusal(RefusalCode.AcrossEdge, "lastDay", $"{edge:yyyy-MM-dd}") : null;
    }
}
