using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Replicas;

namespace KioskFleet.Service.Enforcement;

/// <summary>Knows the configs that another service planned: receipts of this one name them too.</summary>
internal sealed class WantedConfigFollower(EnforcementStore store, WantedConfigs wanted) : IChangeFollower
{
    /// <inheritdoc/>
    public string Topic => "configs";

    /// <inheritdoc/>
    public void Reload(IReadOnlyCollection<string> keys)
    {
        foreach (var key in keys)
        {
            if (store.ReadState(key) is { } state)
            {
                wanted.Learn(CabinetId.Parse(key), state.WantedVersion);
            }
        }
    }

    /// <inheritdoc/>
    public void ReloadAll()
    {
        foreach (var (cabinetId, state) in store.ReadStates())
        {
            wanted.Learn(CabinetId.Parse(cabinetId), state.WantedVersion);
        }
    }
}
