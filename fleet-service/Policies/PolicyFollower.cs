using KioskFleet.Service.Replicas;

namespace KioskFleet.Service.Policies;

/// <summary>Puts policies in force here that other services made or ended.</summary>
internal sealed class PolicyFollower(PolicyDesk desk) : IChangeFollower
{
    /// <inheritdoc/>
    public string Topic => "policies";

    /// <inheritdoc/>
    public void Reload(IReadOnlyCollection<string> keys) => desk.Reload();

    /// <inheritdoc/>
    public void ReloadAll() => desk.Reload();
}
