using KioskFleet.Protocol.Presence;
using KioskFleet.Protocol.Topics;

namespace KioskFleet.Agent.Uplink;

/// <summary>
/// The way of messages to the service. Two real implementations: MQTT, and one inside a process for simulators, which
/// hands payloads straight to the service's ingest. One caller at a time; callbacks may come on any thread.
/// </summary>
internal interface IUplinkTransport : IAsyncDisposable
{
    /// <summary>
    /// Connects with a client of its own and subscribes everything the service sends to this cabinet. An earlier
    /// connection is dropped first, and its callbacks are no longer called.
    /// </summary>
    /// <exception cref="UplinkBrokenException">The far side cannot be reached.</exception>
    Task<ConnectOutcome> ConnectAsync(UplinkTarget target, UplinkCallbacks callbacks, CancellationToken cancel);

    /// <summary>
    /// Hands a payload over; done when the far side's transport has it, which says nothing of the ledger.
    /// </summary>
    /// <exception cref="UplinkRefusedException">It was refused; why says whether the connection may go on.</exception>
    /// <exception cref="UplinkBrokenException">It could not be handed over; the connection is of no use any
    /// more.</exception>
    Task<Handover> SendAsync(CabinetTopic topic, ReadOnlyMemory<byte> payload, CancellationToken cancel);

    /// <summary>Drops the connection, if there is one, without waiting for the far side.</summary>
    Task DropAsync();
}

/// <summary>Where and as whom to connect.</summary>
/// <param name="Cabinet">The cabinet; also the client id.</param>
/// <param name="Host">The broker's host.</param>
/// <param name="Port">The broker's port.</param>
/// <param name="UserName">User name.</param>
/// <param name="Password">Password.</param>
/// <param name="Session">This connection's presence.</param>
internal sealed record UplinkTarget(
    Protocol.Identity.CabinetId Cabinet, string Host, int Port, string UserName, string Password, PresenceNote Session)
{
    /// <summary>Without the password.</summary>
    public override string ToString() => $"{UserName}@{Host}:{Port}";
}

/// <summary>What a connection calls.</summary>
/// <param name="Received">A payload came; the bytes stay as they are.</param>
/// <param name="Disconnected">The connection ended, for the reason given. At most once.</param>
internal sealed record UplinkCallbacks(
    Action<CabinetTopic, ReadOnlyMemory<byte>> Received, Action<string> Disconnected);

/// <summary>How an attempt to connect ended. A closed set.</summary>
internal abstract record ConnectOutcome
{
    private ConnectOutcome()
    {
    }

    /// <summary>Connected and subscribed.</summary>
    public sealed record Connected : ConnectOutcome;

    /// <summary>The far side refused.</summary>
    /// <param name="Reason">Its reason.</param>
    /// <param name="Credentials">
    /// True when it does not accept who we are: perhaps the register was restored, so enrol again with the same key.
    /// </param>
    public sealed record Refused(string Reason, bool Credentials) : ConnectOutcome;

    /// <summary>
    /// There is nobody to connect as, or nowhere to connect to; told by the loop, never by a transport.
    /// </summary>
    /// <param name="Reason">What is missing.</param>
    public sealed record NotEnrolled(string Reason) : ConnectOutcome;
}

/// <summary>What is known of a payload that was handed over.</summary>
internal enum Handover
{
    /// <summary>The broker has it.</summary>
    Taken,

    /// <summary>
    /// The broker has it and knows nobody who wants it. One inside the service says so of everything, so this means
    /// nothing while answers come.
    /// </summary>
    NobodyWantsIt,
}

/// <summary>Why a broker refused a message.</summary>
internal enum PublishRefusal
{
    /// <summary>Not now: it limits how much or how fast a client sends. The connection goes on.</summary>
    Later,

    /// <summary>It does not let this cabinet publish: perhaps the register was restored, so enrol again.</summary>
    NotAuthorized,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>The connection does not work any more, or never did.</summary>
internal class UplinkBrokenException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The broker answered a message with a refusal.</summary>
internal sealed class UplinkRefusedException(string message, PublishRefusal why) : UplinkBrokenException(message)
{
    /// <summary>Why.</summary>
    public PublishRefusal Why => why;
}
