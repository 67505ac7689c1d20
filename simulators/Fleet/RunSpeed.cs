namespace KioskFleet.Simulators.Fleet;

/// <summary>How fast a run was.</summary>
/// <param name="StartingSeconds">Registering, enrolling, greeting.</param>
/// <param name="SellingSeconds">Selling.</param>
/// <param name="DrainingSeconds">What was left to drain.</param>
/// <param name="EntriesPerSecond">Entries recorded in a second of selling.</param>
internal sealed record RunSpeed(
    double StartingSeconds, double SellingSeconds, double DrainingSeconds, double EntriesPerSecond)
{
    /// <summary>Of a run.</summary>
    public static RunSpeed Of(LoadRunReport run, long entries) => new(
        Math.Round(run.Starting.TotalSeconds, 3),
        Math.Round(run.Selling.TotalSeconds, 3),
        Math.Round(run.Draining.TotalSeconds, 3),
        Math.Round(entries / Math.Max(0.001, run.Selling.TotalSeconds), 1));
}
