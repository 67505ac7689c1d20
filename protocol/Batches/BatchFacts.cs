using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Batches;

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
