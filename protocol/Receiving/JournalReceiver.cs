using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;

namespace KioskFleet.Protocol.Receiving;

/// <summary>
/// Decides what the service does with a batch or hello, from what the ledger knows of the journal. Pure: no I/O, no
/// clock. The decision stands only together with a compare-and-set of the record it was made from, in the transaction
/// that commits: the head, and whether the journal was superseded meanwhile.
/// </summary>
public static class JournalReceiver
{
    /// <summary>Decides a batch.</summary>
    /// <param name="known">What the ledger knows; null for a journal it never heard of.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="committedHash">
    /// The committed hash at the number that an earlier <see cref="ReceiverDecision.NeedHash"/> asked for, else null.
    /// </param>
    public static ReceiverDecision Decide(JournalRecord? known, in BatchFacts batch, Digest? committedHash = null)
    {
        var journal = known ?? JournalRecord.New(batch.Journal, batch.Cabinet);
        if (journal.Cabinet != batch.Cabinet)
        {
            return new ReceiverDecision.Refuse(Refusal.NotYourJournal);
        }

        var head = journal.Head;
        if (batch.Previous.Seq > head.Seq)
        {
            return batch.GapBase == head ? Append(journal, batch, 0) : new ReceiverDecision.Rewind();
        }

        // The batch begins at or before the head: where both know a number, their histories must be one.
        var shared = Math.Min(head.Seq, batch.Last.Seq);
        var sharedHash = shared == head.Seq ? head.Hash : committedHash;
        if (sharedHash is null)
        {
            return new ReceiverDecision.NeedHash(shared);
        }

        if (batch.HashAt(shared) != sharedHash)
        {
            return new ReceiverDecision.Refuse(Refusal.Fork);
        }

        return shared == batch.Last.Seq
            ? new ReceiverDecision.AlreadyCommitted()
            : Append(journal, batch, (int)(head.Seq - batch.Previous.Seq));
    }

    /// <summary>
    /// Decides a hello: <see cref="Refusal.None"/> when it is heard and answered with the head. Whether the head is one
    /// of the agent's own the agent decides.
    /// </summary>
    public static Refusal DecideHello(JournalRecord? known, Hello hello)
    {
        ArgumentNullException.ThrowIfNull(hello);
        if (known is null)
        {
            return Refusal.None;
        }

        if (known.Cabinet != hello.Cabinet)
        {
            return Refusal.NotYourJournal;
        }

        if (hello.Closed)
        {
            return Refusal.None;
        }

        if (known.SupersededAfter is not null)
        {
            return Refusal.NotYourJournal;
        }

        return known.Witness is { } witness && hello.Tail.Seq < witness.Tail.Seq && !IsOlder(hello, witness)
            ? Refusal.Fork
            : Refusal.None;
    }

    /// <summary>
    /// The witness after a hello that was heard. An announced tail stays the witness until the ledger has reached it: a
    /// later hello may come from a journal that was rolled back and sold on past it.
    /// </summary>
    public static Witness? WitnessAfter(JournalRecord? known, Hello hello)
    {
        ArgumentNullException.ThrowIfNull(hello);
        var keeps = hello.Closed || (known?.Witness is { } witness
            && (witness.Tail.Seq > known.Head.Seq || IsOlder(hello, witness) || hello.Tail.Seq < witness.Tail.Seq));
        return keeps ? known?.Witness : new Witness(hello.Tail, hello.Boot, hello.MonotonicMs);
    }

    /// <summary>True for a hello that was overtaken by a later one of the same boot.</summary>
    private static bool IsOlder(Hello hello, Witness witness) =>
        hello.Boot == witness.Boot && hello.MonotonicMs < witness.MonotonicMs;

    private static ReceiverDecision Append(JournalRecord journal, in BatchFacts batch, int skip)
    {
        if (journal.SupersededAfter is { } end && batch.Last.Seq > end)
        {
            return new ReceiverDecision.Refuse(Refusal.NotYourJournal);
        }

        if (journal.Witness is { } witness && witness.Tail.Seq > batch.Previous.Seq
            && witness.Tail.Seq <= batch.Last.Seq && batch.HashAt(witness.Tail.Seq) != witness.Tail.Hash)
        {
            return new ReceiverDecision.Refuse(Refusal.Fork);
        }

        SkippedRange? gap = batch.Previous.Seq > journal.Head.Seq
            ? new SkippedRange(journal.Head.Seq + 1, batch.Previous.Seq)
            : null;
        return new ReceiverDecision.Append(skip, batch.Last, gap);
    }
}
