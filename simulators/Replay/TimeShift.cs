using KioskFleet.Protocol.Clock;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Replay;

/// <summary>
/// Moves recorded sales that are older than any cabinet to a time that a fleet service believes. Four years keep every
/// date, the length of every month and the leap days, so that months and days stay what they were. Pure.
/// </summary>
internal static class TimeShift
{
    /// <summary>Years of one step.</summary>
    public const int StepYears = 4;

    private const int StepDays = 1_461;

    /// <summary>The fewest years, a multiple of four, after which the earliest moment is plausible.</summary>
    public static int YearsFor(DateTimeOffset earliestUtc)
    {
        var years = 0;
        while (Moved(earliestUtc, years).ToUnixTimeMilliseconds() < EntryDating.EarliestPlausibleUtcMs)
        {
            years += StepYears;
        }

        return years;
    }

    /// <summary>The instant so many years later; years is a multiple of four.</summary>
    public static DateTimeOffset Moved(DateTimeOffset instant, int years) =>
        instant.AddDays(years / StepYears * StepDays);

    /// <summary>The event so many years later.</summary>
    public static LoadEvent Moved(LoadEvent happening, int years)
    {
        var moved = happening with { AtUtc = Moved(happening.AtUtc, years) };
        return moved is RefundIntent refund
            ? refund with { Of = refund.Of with { SoldAtUtc = Moved(refund.Of.SoldAtUtc, years) } }
            : moved;
    }
}
