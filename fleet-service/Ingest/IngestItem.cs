using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Ledger;

namespace KioskFleet.Service.Ingest;

/// <summary>A message after its identity, signature and chain were checked. A closed set.</summary>
/// <param name="Topic">The topic it came by.</param>
/// <param name="Hash">The hash by which its receipt names it.</param>
/// <param name="PayloadBytes">Its size.</param>
internal abstract record IngestItem(CabinetTopic Topic, Digest Hash, int PayloadBytes)
{
    /// <summary>A batch that may be committed.</summary>
    public sealed record Batch(CabinetTopic Topic, VerifiedBatch Verified)
        : IngestItem(Topic, Verified.Batch.MessageHash, Verified.Batch.PayloadBytes);

    /// <summary>A hello of a proven cabinet.</summary>
    public sealed record Greeting(CabinetTopic Topic, Digest Hash, int PayloadBytes, Hello Hello)
        : IngestItem(Topic, Hash, PayloadBytes);

    /// <summary>A message that is refused, with what is kept as evidence.</summary>
    public sealed record Refused(
        CabinetTopic Topic, Digest Hash, ReadOnlyMemory<byte> Payload, JournalId Journal, Refusal Refusal,
        string Detail)
        : IngestItem(Topic, Hash, Payload.Length);
}
