namespace KioskFleet.Service.Ingest;

/// <summary>
/// How long receipts ask agents to wait before their next batch: nothing while the service has room, rising in a line
/// from a quarter full to the longest pause when full. Pure.
/// </summary>
internal static class DrainPace
{
    private const double FreeUpTo = 0.25;

    /// <summary>The pause in milliseconds.</summary>
    /// <param name="fullness">How full the queue of undecided bytes is, 0 to 1.</param>
    /// <param name="maxPaceMs">The longest pause.</param>
    public static uint At(double fullness, int maxPaceMs) => fullness <= FreeUpTo
        ? 0
        : (uint)(maxPaceMs * Math.Min(1, (fullness - FreeUpTo) / (1 - FreeUpTo)));
}
