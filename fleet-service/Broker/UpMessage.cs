using KioskFleet.Protocol.Topics;

namespace KioskFleet.Service.Broker;

/// <summary>A message that a cabinet sent, as the broker link hands it over.</summary>
/// <param name="Topic">
/// An up topic. Behind the embedded broker its cabinet is the authenticated one; behind an external broker it is proven
/// only by the signature.
/// </param>
/// <param name="Payload">The bytes; a copy that belongs to the receiver.</param>
internal readonly record struct UpMessage(CabinetTopic Topic, ReadOnlyMemory<byte> Payload);
