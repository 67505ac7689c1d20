using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Gate;

/// <summary>
/// The sales that refunds name, wherever in the cabinet's journals they stand by now. Not thread-safe: guarded by the
/// share book.
/// </summary>
internal sealed class SalesOnRecord(JournalStore store)
{
    private readonly Dictionary<EntryOrigin, (EntryMoment Moment, JournalId Journal, ulong Seq)> _counted = [];
    private Dictionary<EntryOrigin, EntryOrigin>? _carried;

    /// <summary>All journals, oldest first.</summary>
    public List<JournalFile> Journals() => [.. store.Closed, store.Current];

    /// <summary>What a boot heard of the service's clock; null when it never did.</summary>
    public ClockObservation? ObservationOf(BootId boot) =>
        Journals().AsEnumerable().Reverse().Select(journal => journal.ObservationOf(boot))
            .FirstOrDefault(observation => observation is not null);

    /// <summary>When an entry was recorded: dated by its boot, or by its wall clock as the service does.</summary>
    public EntryMoment MomentOf(EntryTime time) => ObservationOf(time.Boot) is { } observation
        ? new EntryMoment(observation.CorrectedUtcMs(time.MonotonicMs), true)
        : new EntryMoment(time.WallUtcMs, false);

    /// <summary>A sale was counted, dated as it is in the sums.</summary>
    public void Add(EntryOrigin origin, EntryMoment moment, JournalId journal, ulong seq) =>
        _counted[origin] = (moment, journal, seq);

    /// <summary>The sale at a place; null when it is not here any more.</summary>
    public ReversedSale? Find(EntryOrigin place)
    {
        var isCounted = _counted.TryGetValue(place, out var known);
        var (journal, seq) = isCounted ? (known.Journal, known.Seq) : (place.Journal, place.Seq);
        if ((store.Find(journal)?.EntryAt(seq) ?? CarriedAt(place)) is not { } entry
            || !EntryCodec.TryDecode(entry.Bytes.Span, out var header, out var body, out _)
            || body is not SaleBody sale)
        {
            return null;
        }

        // One sale has one name, also for a refund that names the place it was carried to.
        var origin = header.Origin ?? place;
        return isCounted || _counted.TryGetValue(origin, out known)
            ? new ReversedSale(sale, known.Moment, origin)
            : new ReversedSale(sale, MomentOf(header.Time), origin);
    }

    /// <summary>A sale that the figures hold and that stands only where it was carried to.</summary>
    private StoredEntry? CarriedAt(EntryOrigin place)
    {
        _carried ??= CarriedEntries.IndexOf(Journals());
        return _carried.TryGetValue(place, out var at) ? store.Find(at.Journal)?.EntryAt(at.Seq) : null;
    }
}
