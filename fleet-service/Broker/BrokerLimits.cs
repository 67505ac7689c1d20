using KioskFleet.Protocol;
using KioskFleet.Protocol.Presence;
using KioskFleet.Protocol.Topics;

namespace KioskFleet.Service.Broker;

/// <summary>Every fixed limit of the broker link, named in one place; the adjustable ones are in the options.</summary>
internal static class BrokerLimits
{
    /// <summary>Largest MQTT packet taken, in bytes: the largest batch with topic and properties.</summary>
    public const int MaxPacketBytes = Limits.MaxBatchBytes + 4 * 1024;

    /// <summary>Largest packet taken before the cabinet has proven who it is, in bytes.</summary>
    public const int MaxFirstPacketBytes = 4 * 1024;

    /// <summary>
    /// Messages up to this size in bytes are light and never wait for heavy ones: a hello, a batch of about 30 sales.
    /// </summary>
    public const int LightBytes = 8 * 1024;

    /// <summary>
    /// Most bytes of heavier packets that all connections of the embedded broker hold at once, from their announcement
    /// until they are taken; the others stay with their cabinets.
    /// </summary>
    public const int MaxHeavyBytes = 8 * 1024 * 1024;

    /// <summary>
    /// The slowest that a heavier packet may come, in bytes a second, and how long nothing of it may come: who is
    /// slower does not hold the room of others.
    /// </summary>
    public const int HeavyBytesPerSecond = 1_024;

    /// <summary>See <see cref="HeavyBytesPerSecond"/>.</summary>
    public static readonly TimeSpan HeavyPause = TimeSpan.FromSeconds(15);

    /// <summary>Longest password taken, in bytes; ours have 43.</summary>
    public const int MaxPasswordBytes = 256;

    /// <summary>
    /// Down messages that wait for one slow cabinet; further ones push out the oldest. A lost receipt is asked for
    /// again.
    /// </summary>
    public const int MaxPendingDownMessages = 64;

    /// <summary>How long an external broker may take to answer a command to itself.</summary>
    public static readonly TimeSpan ControlTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Most cabinets an external link remembers as heard from.</summary>
    public const int MaxHeardCabinets = 50_000;

    /// <summary>How long a heavier packet of so many bytes may take to come.</summary>
    public static TimeSpan HeavyTimeout(int bytes) =>
        HeavyPause + TimeSpan.FromSeconds((double)bytes / HeavyBytesPerSecond);

    /// <summary>The largest payload of an up lane, in bytes.</summary>
    public static int MaxPayloadBytes(Lane lane) => lane switch
    {
        Lane.Hello => Limits.MaxHelloBytes,
        Lane.Batch => Limits.MaxBatchBytes,
        Lane.Telemetry => Limits.MaxTelemetryBytes,
        Lane.Presence => PresenceNote.Size,
        _ => 0,
    };
}
