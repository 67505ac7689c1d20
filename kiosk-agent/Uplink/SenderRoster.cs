using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Sending;

namespace KioskFleet.Agent.Uplink;

/// <summary>One journal with its sender.</summary>
internal sealed class SenderSlot(JournalFile file, JournalSender sender)
{
    /// <summary>The <see cref="NotBeforeMs"/> of a journal that is left alone for good.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The journal.</summary>
    public JournalFile File { get; } = file;

    /// <summary>Its sender.</summary>
    public JournalSender Sender { get; } = sender;

    /// <summary>True once the sender was told that this link is up.</summary>
    public bool IsLinked { get; set; }

    /// <summary>Monotonic milliseconds before which this journal is left alone, after a failure of its own.</summary>
    public long NotBeforeMs { get; set; }

    /// <summary>Failures in a row of this journal's own.</summary>
    public int Failures { get; set; }

    /// <summary>
    /// Most bytes of entries in its next batch: halved when a link broke over a batch, whole again with an answer.
    /// </summary>
    public int MaxEntryBytes { get; set; } = MessageComposer.MaxEntryBytesOfBatch;

    /// <summary>True when the broker knew nobody who wants the last hello and nobody answered it yet.</summary>
    public bool IsUnheard { get; set; }

    /// <summary>The message in flight: its hash, whether it is a hello, and the wall clock when it was sent.</summary>
    public (Digest Hash, bool IsHello, long WallUtcMs) LastSent { get; set; }

    /// <summary>
    /// True while nothing of this journal hangs on an answer: the service confirmed its committed mark on this link, or
    /// it is closed and what the service does not take under its name was carried over, or its file cannot be read any
    /// more. Retention waits for all journals; one that will never be confirmed must not hold it for ever.
    /// </summary>
    public bool IsSettled =>
        Sender.CommittedIsConfirmed || Sender.Phase == SenderPhase.Finished || NotBeforeMs == Never;

    /// <summary>True while an answer is awaited.</summary>
    public bool IsAwaiting => Sender.Phase is SenderPhase.AwaitingHello or SenderPhase.AwaitingBatch;
}

/// <summary>
/// The senders of all journals, in the order in which they take turns: closed predecessors, oldest first, then the
/// current one. Outlives links. Not thread-safe.
/// </summary>
internal sealed class SenderRoster(JournalStore store, SenderOptions options)
{
    private readonly Dictionary<JournalId, SenderSlot> _slots = [];

    /// <summary>All senders in order; made for journals that have none yet.</summary>
    public IReadOnlyList<SenderSlot> InOrder()
    {
        var files = store.Closed.Append(store.Current);
        return [.. files.Select(SlotOf)];
    }

    /// <summary>The sender of the journal being written.</summary>
    public SenderSlot Current => SlotOf(store.Current);

    /// <summary>
    /// The current journal was succeeded: its sender goes on with the successor, which is what it was waiting for, and
    /// the ended journal gets a sender of its own.
    /// </summary>
    public SenderSlot Succeed(SenderSlot ended)
    {
        var successor = new SenderSlot(store.Current, ended.Sender) { IsLinked = ended.IsLinked };
        _slots.Remove(ended.File.Id);
        _slots[store.Current.Id] = successor;
        return successor;
    }

    /// <summary>Tells every sender that the link is down.</summary>
    public void LinkDown(long nowMs)
    {
        foreach (var slot in _slots.Values)
        {
            slot.IsLinked = false;
            slot.Sender.Step(SenderInput.LinkDown.Instance, new SenderMoment(nowMs, 0, default));
        }
    }

    private SenderSlot SlotOf(JournalFile file)
    {
        if (!_slots.TryGetValue(file.Id, out var slot))
        {
            _slots[file.Id] = slot = new SenderSlot(file, new JournalSender(options));
        }

        return slot;
    }
}
