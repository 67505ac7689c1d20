using KioskFleet.Protocol.Topics;

namespace KioskFleet.Agent.Uplink;

/// <summary>What a connection told. A closed set.</summary>
internal abstract record UplinkSignal
{
    private UplinkSignal()
    {
    }

    /// <summary>A payload came.</summary>
    /// <param name="Topic">On which topic.</param>
    /// <param name="Payload">Its bytes.</param>
    /// <param name="MonotonicMs">The boot's monotonic clock then: a clock observation must not include our own
    /// queue.</param>
    public sealed record Received(CabinetTopic Topic, ReadOnlyMemory<byte> Payload, long MonotonicMs) : UplinkSignal;

    /// <summary>The connection ended.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Lost(string Reason) : UplinkSignal;
}
