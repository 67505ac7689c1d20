using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Receiving;

namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>A message from a cabinet. Signatures are left out; the name stands for the message's hash.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Name">What a receipt names it by; unique.</param>
internal abstract record UpMessage(CabinetId Cabinet, Digest Name);

/// <summary>A hello.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Name">Its name.</param>
/// <param name="Hello">What it says.</param>
internal sealed record HelloMessage(CabinetId Cabinet, Digest Name, Hello Hello) : UpMessage(Cabinet, Name);

/// <summary>A batch.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Name">Its name.</param>
/// <param name="Journal">The journal.</param>
/// <param name="GapBase">The head from which it jumps, or null.</param>
/// <param name="Previous">The head in front of the first entry.</param>
/// <param name="Last">The head behind the last entry, as the agent states it.</param>
/// <param name="Entries">The entries' bytes.</param>
internal sealed record BatchMessage(
    CabinetId Cabinet, Digest Name, JournalId Journal, Head? GapBase, Head Previous, Head Last,
    IReadOnlyList<byte[]> Entries) : UpMessage(Cabinet, Name)
{
    /// <summary>
    /// Computes the chain; false when the numbers have a hole or the last hash is not the stated one.
    /// </summary>
    public bool TryHash(HashChain chain, out BatchFacts facts)
    {
        var hashes = new Digest[Entries.Count];
        var hash = Previous.Hash;
        var contiguous = true;
        for (var i = 0; i < hashes.Length; i++)
        {
            contiguous &= EntryHeader.PeekSeq(Entries[i]) == Previous.Seq + 1 + (ulong)i;
            hashes[i] = hash = chain.Next(hash, Entries[i]);
        }

        facts = new BatchFacts(Cabinet, Journal, Previous, GapBase, hashes);
        return contiguous && hash == Last.Hash;
    }
}

/// <summary>A decided batch that waits for its transaction.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Facts">What the decision was made of.</param>
/// <param name="DecidedFrom">What the ledger was thought to know.</param>
/// <param name="Append">The decision.</param>
internal sealed record PendingAppend(
    BatchMessage Batch, BatchFacts Facts, JournalRecord? DecidedFrom, ReceiverDecision.Append Append);

/// <summary>A receipt on its way, with the ledger generation it was written from (for the checks only).</summary>
/// <param name="Receipt">The receipt.</param>
/// <param name="Generation">The generation.</param>
internal sealed record DownMessage(Receipt Receipt, int Generation);
