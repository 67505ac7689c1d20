namespace KioskFleet.Simulators.Outage;

/// <summary>What the return of a city must keep to, and where the run ends, in one place.</summary>
internal static class OutageLimits
{
    /// <summary>Until every cabinet's newest state is shown, in seconds from the return.</summary>
    public const double ShownSeconds = 60;

    /// <summary>Most memory of the service, in MiB.</summary>
    public const double PeakMiB = 400;

    /// <summary>Longest time from a healthy cabinet's batch to its receipt, in seconds.</summary>
    public const double HealthyPauseSeconds = 5;

    /// <summary>A healthy cabinet sells once in so long.</summary>
    public static readonly TimeSpan HealthySaleEvery = TimeSpan.FromSeconds(2);

    /// <summary>How long the healthy cabinets are watched while nobody returns.</summary>
    public static readonly TimeSpan QuietWatch = TimeSpan.FromSeconds(6);

    /// <summary>How often the service is asked what it shows.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>The drain is given up after so long.</summary>
    public static readonly TimeSpan DrainWithin = TimeSpan.FromMinutes(15);

    /// <summary>All cabinets connect within so long before the outage.</summary>
    public static readonly TimeSpan FirstDayWithin = TimeSpan.FromMinutes(3);

    /// <summary>Connections a second while the first day begins; nothing hangs on it.</summary>
    public const int FirstDayPerSecond = 400;
}
