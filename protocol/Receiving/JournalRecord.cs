using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Receiving;

/// <summary>A tail that a journal announced in a hello: the witness for entries until they are committed.</summary>
/// <param name="Tail">The announced tail.</param>
/// <param name="Boot">The boot that announced it.</param>
/// <param name="MonotonicMs">That boot's monotonic clock then, in milliseconds.</param>
public readonly record struct Witness(Head Tail, BootId Boot, long MonotonicMs);

/// <summary>What the ledger knows of a journal.</summary>
/// <param name="Journal">The journal.</param>
/// <param name="Cabinet">The cabinet it belongs to.</param>
/// <param name="Head">The last committed entry; the genesis head when there is none.</param>
/// <param name="SupersededAfter">
/// Null while the journal is open; else the last number common with a successor, after which it takes no more entries;
/// the furthest one when it has several (clones of a disk), so that each copy can be refilled.
/// </param>
/// <param name="Witness">
/// The announced tail that the ledger has not reached, else the newest; null before the first hello.
/// </param>
public sealed record JournalRecord(
    JournalId Journal, CabinetId Cabinet, Head Head, ulong? SupersededAfter, Witness? Witness)
{
    /// <summary>A journal nobody has heard of yet.</summary>
    public static JournalRecord New(JournalId journal, CabinetId cabinet) =>
        new(journal, cabinet, Head.Genesis(journal), null, null);
}
