namespace KioskFleet.Service.Broker;

/// <summary>
/// Takes what cabinets send. Called by many connections at once, one message at a time per cabinet connection behind
/// the embedded broker. Awaiting it is the back-pressure: the PUBACK of the message waits until it returns.
/// </summary>
internal interface IUpMessageHandler
{
    /// <summary>
    /// Takes one message. An exception means that the message was not taken: it is logged, and the cabinet sends again
    /// because no receipt came.
    /// </summary>
    /// <param name="message">The message; its payload belongs to the receiver from here on.</param>
    /// <param name="ct">Cancelled when the link stops or the sending connection ends.</param>
    ValueTask HandleAsync(UpMessage message, CancellationToken ct);
}
