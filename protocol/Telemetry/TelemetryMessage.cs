using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Telemetry;

/// <summary>What was measured at one moment.</summary>
/// <param name="Time">The moment, as the cabinet's clocks saw it.</param>
/// <param name="Readings">The readings.</param>
public sealed record TelemetrySample(EntryTime Time, IReadOnlyList<TelemetryReading> Readings);

/// <summary>What stands around the samples of a message.</summary>
/// <param name="Cabinet">Whose they are; the same as in the topic.</param>
/// <param name="Sent">When the message was made, by the cabinet's clocks.</param>
/// <param name="Clocks">What boots of the samples heard of the service's clock; at most 64.</param>
public sealed record TelemetryHeader(CabinetId Cabinet, EntryTime Sent, IReadOnlyList<ClockObservation> Clocks);

/// <summary>
/// One telemetry message: JSON of at most <see cref="Limits.MaxTelemetryBytes"/> bytes on <c>up/telemetry</c>. It is
/// not signed: the broker's account binds the topic to the cabinet, nothing of it reaches the ledger, and no receipt
/// answers it. Samples are independent of each other and of their order.
/// </summary>
/// <param name="Header">What stands around them.</param>
/// <param name="Samples">1 to <see cref="Limits.MaxTelemetrySamples"/> samples.</param>
public sealed record TelemetryMessage(TelemetryHeader Header, IReadOnlyList<TelemetrySample> Samples)
{
    /// <summary>The version of the layout, member <c>v</c>. A reader takes newer ones and passes over new members.
    /// </summary>
    public const int Version = 1;
}

/// <summary>What is wrong with a message or with readings.</summary>
public enum TelemetryFault
{
    /// <summary>It is no JSON object.</summary>
    NotJson,

    /// <summary>It has too many bytes.</summary>
    TooManyBytes,

    /// <summary>A member must be there.</summary>
    Missing,

    /// <summary>A member is of another type.</summary>
    WrongType,

    /// <summary>A text or list is too long.</summary>
    TooLong,

    /// <summary>A number lies outside its range.</summary>
    OutOfRange,
}

/// <summary>Why something could not be read.</summary>
/// <param name="Fault">The kind of fault.</param>
/// <param name="Field">The member, such as <c>samples[2].temperatures[0].milliCelsius</c>; empty for the whole.</param>
/// <param name="Words">What it got and what it takes, in English.</param>
public sealed record TelemetryProblem(TelemetryFault Fault, string Field, string Words)
{
    /// <summary>Least that is taken; 0 where the fault is not about a number.</summary>
    public long Least { get; init; }

    /// <summary>Most that is taken: of a number, of the bytes of a text, of the items of a list; 0 elsewhere.</summary>
    public long Most { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Field.Length == 0 ? Words : $"{Field}: {Words}";
}
