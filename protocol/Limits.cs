namespace KioskFleet.Protocol;

/// <summary>
/// Every limit of the protocol, named in one place. A message outside them is refused, never truncated.
/// </summary>
public static class Limits
{
    /// <summary>Most lines of one sale or non-sale.</summary>
    public const int MaxLines = 100;

    /// <summary>Longest text field, in UTF-8 bytes: the length prefix is one byte.</summary>
    public const int MaxTextBytes = 255;

    /// <summary>Longest slot name, in UTF-8 bytes.</summary>
    public const int MaxSlotBytes = 16;

    /// <summary>Longest identifier given by a caller (vend, session, refund, SKU), in UTF-8 bytes.</summary>
    public const int MaxIdBytes = 64;

    /// <summary>Largest quantity of one line.</summary>
    public const int MaxQuantity = 10_000;

    /// <summary>
    /// Largest amount of one line, in fen: ten million yuan. Anything above is impossible in a cabinet.
    /// </summary>
    public const long MaxLineFen = 1_000_000_000;

    /// <summary>Largest entry, header and body, in bytes. A sale with 100 lines of longest texts fits.</summary>
    public const int MaxEntryBytes = 48 * 1024;

    /// <summary>Most entries of one batch.</summary>
    public const int MaxBatchEntries = 500;

    /// <summary>Largest batch payload, in bytes.</summary>
    public const int MaxBatchBytes = 256 * 1024;

    /// <summary>
    /// The smallest batch size limit a receiver may set, in bytes. The largest entry fits, so halving a batch
    /// that is too large always ends at one that is accepted.
    /// </summary>
    public const int MinBatchBytesAccepted = 64 * 1024;

    /// <summary>Most clock observations stated in one batch.</summary>
    public const int MaxClockObservations = 64;

    /// <summary>Largest hello, in bytes.</summary>
    public const int MaxHelloBytes = 2 * 1024;

    /// <summary>Largest receipt, in bytes.</summary>
    public const int MaxReceiptBytes = 2 * 1024;

    /// <summary>
    /// Entries at the start of a successor journal that are checked by vend id against its predecessors: a sales
    /// program may report again what a rolled-back agent forgot.
    /// </summary>
    public const int GuardedSuccessorEntries = 1_000;

    /// <summary>Largest config, in bytes.</summary>
    public const int MaxConfigBytes = 256 * 1024;

    /// <summary>Most SKUs whose class a config names.</summary>
    public const int MaxConfigSkus = 1_000;

    /// <summary>Most spans of one SKU in a config.</summary>
    public const int MaxConfigSpans = 16;

    /// <summary>Most SKUs that a config exempts.</summary>
    public const int MaxConfigExemptSkus = 200;

    /// <summary>Most rows of figures in a config: a trailing window has one for each day.</summary>
    public const int MaxConfigRows = 1_000;

    /// <summary>Most steps of the least share in a config.</summary>
    public const int MaxConfigThresholds = 64;

    /// <summary>Largest telemetry payload, in bytes.</summary>
    public const int MaxTelemetryBytes = 16 * 1024;

    /// <summary>Most samples of one telemetry message.</summary>
    public const int MaxTelemetrySamples = 128;

    /// <summary>Most temperature zones of one sample.</summary>
    public const int MaxTelemetryZones = 16;

    /// <summary>Most doors of one sample.</summary>
    public const int MaxTelemetryDoors = 32;

    /// <summary>Most slots of one sample whose stock is told; what is beyond goes into the next sample.</summary>
    public const int MaxTelemetrySlots = 256;

    /// <summary>Most faults of one sample.</summary>
    public const int MaxTelemetryFaults = 32;

    /// <summary>Longest name of a zone, door or network, longest version, in UTF-8 bytes.</summary>
    public const int MaxTelemetryNameBytes = 32;

    /// <summary>Longest words of a fault, in UTF-8 bytes.</summary>
    public const int MaxTelemetryWordsBytes = 128;
}
