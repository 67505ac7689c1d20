namespace KioskFleet.Simulators.Fleet;

/// <summary>
/// The time of a fleet service in a simulation: its wall clock is the load's, its timers are the computer's, so that
/// waiting, back-off and pacing are real. Thread-safe.
/// </summary>
/// <param name="instant">The load's clock.</param>
internal sealed class FleetTime(SimulatedInstant instant) : TimeProvider
{
    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => instant.NowUtc;
}
