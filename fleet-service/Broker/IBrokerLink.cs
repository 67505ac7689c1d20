using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;

namespace KioskFleet.Service.Broker;

/// <summary>
/// The way to the cabinets: the embedded MQTT server, or a client of an external MQTT 5 broker. Thread-safe.
/// </summary>
internal interface IBrokerLink
{
    /// <summary>True when messages can go up and down now.</summary>
    bool IsReady { get; }

    /// <summary>
    /// Sends to one cabinet. Returns when the message is in the cabinet's session or with the external broker. Nothing
    /// is kept for an absent cabinet unless <paramref name="retain"/> is true: a receipt that gets lost is asked for
    /// again.
    /// </summary>
    /// <param name="topic">A down topic.</param>
    /// <param name="payload">The bytes; must not change afterwards. With retain, empty bytes forget the kept
    /// message.</param>
    /// <param name="retain">True to keep the newest message of the topic for a cabinet that subscribes later.</param>
    /// <param name="ct">Gives up waiting.</param>
    /// <exception cref="BrokerUnavailableException">An external broker cannot be reached now.</exception>
    ValueTask SendDownAsync(CabinetTopic topic, ReadOnlyMemory<byte> payload, bool retain, CancellationToken ct);

    /// <summary>
    /// True when the cabinet is known to be connected. Behind an external broker: when it sent something lately.
    /// </summary>
    bool IsConnected(CabinetId cabinet);
}
