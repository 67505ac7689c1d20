using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Replicas;

namespace KioskFleet.Service.Fleet;

/// <summary>
/// The register of cabinets, in memory for readers: one immutable snapshot, swapped after each committed change.
/// Thread-safe.
/// </summary>
internal sealed class FleetRegister(FleetStore store) : IChangeFollower
{
    private readonly Lock _reading = new();
    private FleetSnapshot _current = FleetSnapshot.Empty;

    /// <summary>The newest snapshot. Take it once per decision.</summary>
    public FleetSnapshot Current => Volatile.Read(ref _current);

    /// <inheritdoc/>
    public string Topic => "cabinets";

    /// <inheritdoc/>
    public void Reload(IReadOnlyCollection<string> keys) => Refresh([.. keys.Select(CabinetId.Parse)]);

    /// <inheritdoc/>
    public void ReloadAll() => Load();

    /// <summary>Reads the whole register.</summary>
    public void Load()
    {
        lock (_reading)
        {
            Volatile.Write(ref _current, new FleetSnapshot(store.ReadAll()));
        }
    }

    /// <summary>Reads some cabinets again after a commit and swaps the snapshot.</summary>
    public void Refresh(IReadOnlyCollection<CabinetId> changed)
    {
        // Read under the lock: who reads later sees at least what the one before saw.
        lock (_reading)
        {
            Volatile.Write(ref _current, Current.With(store.Read(changed)));
        }
    }
}
