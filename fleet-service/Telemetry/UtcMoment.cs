namespace KioskFleet.Service.Telemetry;

/// <summary>Shows moments that come from cabinets' clocks, which may hold any number. Pure.</summary>
internal static class UtcMoment
{
    private const long DayMs = 86_400_000;

    // A day within the calendar's ends: every zone can show it.
    private const long Earliest = -62_135_596_800_000 + DayMs;
    private const long Latest = 253_402_300_799_999 - DayMs;

    /// <summary>The moment of Unix milliseconds UTC; the nearest that a calendar has.</summary>
    public static DateTimeOffset Of(long utcMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(utcMs, Earliest, Latest));
}
