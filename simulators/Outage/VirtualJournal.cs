using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Sending;
using KioskFleet.Simulators.Fleet;

namespace KioskFleet.Simulators.Outage;

/// <summary>
/// A cabinet's journal in memory: the protocol's own entries, chain and sums, without a file. One boot writes all of
/// it. Thread-safe.
/// </summary>
/// <param name="id">The journal.</param>
/// <param name="boot">The boot.</param>
/// <param name="bootUtcMs">When the boot began, Unix milliseconds UTC; the wall clock is right.</param>
internal sealed class VirtualJournal(JournalId id, BootId boot, long bootUtcMs)
{
    private readonly Lock _gate = new();
    private readonly HashChain _chain = new();
    private readonly List<(byte[] Bytes, Digest Hash, long UtcMs)> _entries = [];
    private Head _tail = Head.Genesis(id);
    private Head _committed = Head.Genesis(id);
    private RunningSums _sums;

    /// <summary>The journal's name.</summary>
    public JournalId Id => id;

    /// <summary>The boot.</summary>
    public BootId Boot => boot;

    /// <summary>The clock observation of the boot; null until the service was heard.</summary>
    public ClockObservation? Observation { get; set; }

    /// <summary>Where it stands.</summary>
    public JournalFacts Facts
    {
        get
        {
            lock (_gate)
            {
                return new JournalFacts(id, _tail, _committed, 1, false);
            }
        }
    }

    /// <summary>Entries that the service did not say are committed.</summary>
    public long Backlog
    {
        get
        {
            lock (_gate)
            {
                return (long)(_tail.Seq - _committed.Seq);
            }
        }
    }

    /// <summary>The journal's own sums.</summary>
    public RunningSums Sums
    {
        get
        {
            lock (_gate)
            {
                return _sums;
            }
        }
    }

    /// <summary>The boot's monotonic clock at a moment.</summary>
    public long MonotonicAt(long utcMs) => utcMs - bootUtcMs;

    /// <summary>When the oldest entry that is not committed was recorded; null when there is none.</summary>
    public long? OldestUnsentUtcMs
    {
        get
        {
            lock (_gate)
            {
                return _committed.Seq < _tail.Seq ? _entries[(int)_committed.Seq].UtcMs : null;
            }
        }
    }

    /// <summary>Records an entry; returns its number.</summary>
    public ulong Append(EntryBody body, long utcMs)
    {
        lock (_gate)
        {
            var seq = _tail.Seq + 1;
            var bytes = EntryCodec.Encode(seq, new EntryTime(boot, utcMs - bootUtcMs, utcMs), body);
            _tail = new Head(seq, _chain.Next(_tail.Hash, bytes));
            _entries.Add((bytes, _tail.Hash, utcMs));
            _sums = body switch
            {
                SaleBody sale => _sums with
                {
                    SalesFen = _sums.SalesFen + sale.Lines.Sum(static line => line.PaidFen), Sales = _sums.Sales + 1,
                },
                RefundBody refund => _sums with { RefundsFen = _sums.RefundsFen + refund.AmountFen },
                _ => _sums,
            };
            return seq;
        }
    }

    /// <summary>Moves the committed mark.</summary>
    public void MoveCommitted(Head head)
    {
        lock (_gate)
        {
            _committed = head;
        }
    }

    /// <summary>Whether the journal holds a head.</summary>
    public HeadHolding HoldingOf(Head head) => HeadAt(head.Seq) == head ? HeadHolding.Held : HeadHolding.NotHeld;

    /// <summary>The head at a number; null behind the tail.</summary>
    public Head? HeadAt(ulong seq)
    {
        lock (_gate)
        {
            return seq == 0 ? Head.Genesis(id)
                : seq <= _tail.Seq ? new Head(seq, _entries[(int)seq - 1].Hash)
                : null;
        }
    }

    /// <summary>The entries behind a number, at most so many.</summary>
    public IReadOnlyList<(byte[] Bytes, Digest Hash, long UtcMs)> Read(ulong after, int most)
    {
        lock (_gate)
        {
            return _entries.GetRange((int)after, Math.Min(most, _entries.Count - (int)after));
        }
    }

    /// <summary>All entries, as the proof takes them.</summary>
    public IEnumerable<RecordedRow> Rows(CabinetId cabinet) => Read(0, int.MaxValue).Select((entry, i) =>
        new RecordedRow(cabinet, id, (ulong)i + 1, entry.Hash, entry.Bytes));
}
