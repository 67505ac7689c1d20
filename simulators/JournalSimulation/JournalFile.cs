using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Sending;

namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>One journal on a cabinet's disk: what is durable of it. Copies share the entries.</summary>
internal sealed class JournalFile
{
    private readonly List<StoredEntry> _entries;
    private readonly HashSet<ulong> _unreadable;

    /// <summary>Makes an empty journal.</summary>
    public JournalFile(JournalId id)
    {
        Id = id;
        Base = Committed = Head.Genesis(id);
        _entries = [];
        _unreadable = [];
    }

    private JournalFile(JournalFile source)
    {
        Id = source.Id;
        Base = source.Base;
        Committed = source.Committed;
        ClosedAt = source.ClosedAt;
        CarriedInto = source.CarriedInto;
        _entries = [.. source._entries];
        _unreadable = [.. source._unreadable];
    }

    /// <summary>The journal.</summary>
    public JournalId Id { get; }

    /// <summary>The head in front of the oldest retained entry.</summary>
    public Head Base { get; private set; }

    /// <summary>The committed mark.</summary>
    public Head Committed { get; set; }

    /// <summary>For a predecessor: the last head common with its successor, beyond which it is never sent.</summary>
    public Head? ClosedAt { get; private set; }

    /// <summary>
    /// For a predecessor: the journal into which its entries were carried over, because the service holds another
    /// history.
    /// </summary>
    public JournalId? CarriedInto { get; set; }

    /// <summary>Retained entries, readable or not.</summary>
    public IReadOnlyList<StoredEntry> Entries => _entries;

    /// <summary>The last entry of the file.</summary>
    public Head FileTail => _entries.Count == 0 ? Base : new Head(_entries[^1].Seq, _entries[^1].Hash);

    /// <summary>The last entry that may be sent under this journal's name.</summary>
    public Head Tail => ClosedAt ?? FileTail;

    /// <summary>Number of the first unreadable entry; null when every entry can be read.</summary>
    public ulong? FirstUnreadable => _unreadable.Count == 0 ? null : _unreadable.Min();

    /// <summary>The journal that this one succeeds; null for a first one, or when entry 1 is no longer here.</summary>
    public JournalId? Predecessor => Base.Seq == 0 && _entries.Count > 0
        && EntryCodec.TryDecode(_entries[0].Bytes, out _, out var body, out _) && body is SuccessionBody succession
            ? succession.Predecessor
            : null;

    /// <summary>What a sender is told.</summary>
    public JournalFacts Facts => new(
        Id, Tail, Committed, Math.Min(Base.Seq, Tail.Seq) + 1, ClosedAt is not null);

    /// <summary>A copy for a disk image.</summary>
    public JournalFile Copy() => new(this);

    /// <summary>True when the entry can be read.</summary>
    public bool IsReadable(ulong seq) => !_unreadable.Contains(seq);

    /// <summary>The retained entry of a number.</summary>
    public StoredEntry Entry(ulong seq) => _entries[(int)(seq - Base.Seq - 1)];

    /// <summary>The head at a number from the base to the last entry.</summary>
    public Head HeadAt(ulong seq) => seq == Base.Seq ? Base : new Head(seq, Entry(seq).Hash);

    /// <summary>Whether the journal holds a head that the service states.</summary>
    public HeadHolding Hold(Head head) => head.Seq < Base.Seq
        ? HeadHolding.BeforeRetention
        : head.Seq <= FileTail.Seq && HeadAt(head.Seq) == head
            ? HeadHolding.Held
            : HeadHolding.NotHeld;

    /// <summary>Appends an entry behind the last one.</summary>
    public void Append(HashChain chain, byte[] bytes, Report? report)
    {
        var tail = FileTail;
        _entries.Add(new StoredEntry(tail.Seq + 1, bytes, chain.Next(tail.Hash, bytes), report));
    }

    /// <summary>Ends the journal.</summary>
    public void Close(Head lastCommon)
    {
        ClosedAt = lastCommon;
        if (Committed.Seq > lastCommon.Seq)
        {
            Committed = lastCommon;
        }
    }

    /// <summary>Deletes the entries up to and with a number.</summary>
    public void DeleteThrough(ulong seq)
    {
        var count = (int)(seq - Base.Seq);
        Base = HeadAt(seq);
        _entries.RemoveRange(0, count);
        _unreadable.RemoveWhere(unreadable => unreadable <= seq);
    }

    /// <summary>Makes an entry unreadable.</summary>
    public void Corrupt(ulong seq) => _unreadable.Add(seq);
}
