using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Uplink;

/// <summary>A message of the spare lane.</summary>
/// <param name="Payload">Its bytes.</param>
/// <param name="Marks">What the lane knows it by; nobody else reads them.</param>
internal sealed record SpareMessage(ReadOnlyMemory<byte> Payload, IReadOnlyList<long> Marks);

/// <summary>
/// Gives the uplink what may be sent while the journals leave the link alone. It stands between two folders that must
/// not know each other: the uplink knows nothing of what is measured. Both members are called on the uplink's loop and
/// must neither wait nor touch a disk: a batch may be waiting behind them. Thread-safe.
/// </summary>
internal interface ISpareLane
{
    /// <summary>What is to be sent next; null when nothing waits. It may be asked for again when it was not sent.
    /// </summary>
    SpareMessage? Next(CabinetId cabinet);

    /// <summary>A message was handed to the transport, which is all that is promised of this lane.</summary>
    void Sent(SpareMessage message);
}
