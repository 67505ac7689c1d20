using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Receiving;

/// <summary>The newest tail that a journal announced in a hello: the witness for entries not yet committed.</summary>
/// <param name="Tail">The announced tail.</param>
/// <param name="Boot">The boot that announced it.</param>
/// <param name="MonotonicMs">That boot's monotonic clock then, in milliseconds.</param>
public readonly record struct Witness(Head Tail, BootId Boot, long MonotonicMs);

/// <summary>What the ledger knows of a journal.</summary>
/// <param name="Journal">The journal.</param>
/// <param name="Cabinet">The cabinet it belongs to.</param>
/// <param name="Head">The last committed entry; the genesis head when there is none.</param>
/// <param name="SupersededAfter">
/// Null while the journal is open; else the last number common with its successor, after which it takes no more entries.
/// </param>
/// <param name="Witness">The newest announced tail; null before the first hello.</param>
public sealed record JournalRecord(
    JournalId Journal, CabinetId Cabinet, Head Head, ulong? SupersededAfter, Witness? Witness)
{
    /// <summary>A journal nobody has heard of yet.</summary>
    public static JournalRecord New(JournalId journal, CabinetId cabinet) =>
        new(journal, cabinet, Head.Genesis(journal), null, null);
}

/// <summary>A batch as the receiver judges it: its chain is computed, its signature and identity are proven.</summary>
/// <param name="Cabinet">The cabinet proven by topic and signature.</param>
/// <param name="Journal">The journal.</param>
/// <param name="Previous">The head in front of the first entry.</param>
/// <param name="GapBase">The service's head from which the batch jumps, or null.</param>
/// <param name="Hashes">The chain's hash at each entry; at least one.</param>
public readonly record struct BatchFacts(
    CabinetId Cabinet, JournalId Journal, Head Previous, Head? GapBase, ReadOnlyMemory<Digest> Hashes)
{
    /// <summary>The head behind the last entry.</summary>
    public Head Last => new(Previous.Seq + (ulong)Hashes.Length, Hashes.Span[^1]);

    /// <summary>The batch's hash at a number from its previous head to its last entry.</summary>
    public Digest HashAt(ulong seq) =>
        seq == Previous.Seq ? Previous.Hash : Hashes.Span[(int)(seq - Previous.Seq - 1)];
}
