using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Broker;

/// <summary>
/// Makes the broker know a cabinet's password: the embedded one asks our own tables, an external one has its own.
/// </summary>
internal interface ICabinetAccounts
{
    /// <summary>Makes or changes the cabinet's account with the rights to its own topics. May be repeated.</summary>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached or refused; nothing is lost by a
    /// repeat.</exception>
    Task SetAsync(CabinetId cabinet, string password, CancellationToken ct);
}

/// <summary>
/// Accounts that need no telling: the embedded broker's, or an external one's that somebody else keeps.
/// </summary>
internal sealed class UntoldAccounts : ICabinetAccounts
{
    /// <inheritdoc/>
    public Task SetAsync(CabinetId cabinet, string password, CancellationToken ct) => Task.CompletedTask;
}
