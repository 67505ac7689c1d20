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

    /// <summary>
    /// Ends the cabinet's account and its connection; its credentials must be gone from our tables. May be repeated.
    /// </summary>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached or refused; nothing is lost by a
    /// repeat.</exception>
    Task RemoveAsync(CabinetId cabinet, CancellationToken ct);
}

/// <summary>Accounts of an external broker that somebody else keeps.</summary>
internal sealed class UntoldAccounts : ICabinetAccounts
{
    /// <inheritdoc/>
    public Task SetAsync(CabinetId cabinet, string password, CancellationToken ct) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task RemoveAsync(CabinetId cabinet, CancellationToken ct) => Task.CompletedTask;
}

/// <summary>The embedded broker asks our own tables at every connection; only an open one has to be told.</summary>
internal sealed class EmbeddedAccounts(EmbeddedBroker broker) : ICabinetAccounts
{
    /// <inheritdoc/>
    public Task SetAsync(CabinetId cabinet, string password, CancellationToken ct) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task RemoveAsync(CabinetId cabinet, CancellationToken ct) => broker.CloseAsync(cabinet);
}
