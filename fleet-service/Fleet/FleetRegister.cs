namespace KioskFleet.Service.Fleet;

/// <summary>
/// The register of cabinets, in memory for readers: one immutable snapshot, swapped after each committed change.
/// Thread-safe.
/// </summary>
internal sealed class FleetRegister
{
    private FleetSnapshot _current = FleetSnapshot.Empty;

    /// <summary>The newest snapshot. Take it once per decision.</summary>
    public FleetSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Puts a newer snapshot in place.</summary>
    public void Replace(FleetSnapshot snapshot) => Volatile.Write(ref _current, snapshot);
}
