using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Gate;

/// <summary>
/// Knows at any time how much ordinary product may still be sold: the config's figures, and on top of them what the
/// cabinet's journals hold behind the named head. Reads only entries that it has not seen yet, so a sale costs one
/// look-up; begins anew when the config, the journal or what is known of this boot's clock changes. To be called inside
/// <see cref="JournalStore.InCurrent"/>, which makes it one caller at a time.
/// </summary>
internal sealed class ShareBook(JournalStore store, BootClock clock, ConfigDesk desk, ILogger<ShareBook> log)
{
    private const int ReadEntries = 1_000;
    private const int ReadBytes = 4 * 1024 * 1024;

    // Behind every real boot: an unproven boot is never dated behind the years that are believed at all.
    private static readonly ClockObservation EndOfTime =
        new(new BootId(UInt128.MaxValue), 0, EntryDating.LatestPlausibleUtcMs);

    private readonly Dictionary<EntryOrigin, (EntryMoment Moment, JournalId Journal, ulong Seq)> _sales = [];
    private Dictionary<EntryOrigin, EntryOrigin>? _carried;
    private AppliedConfig? _countedFor;
    private CountingBasis? _basis;
    private SalesCount? _count;
    private (JournalId Journal, ulong Seq, bool IsProven) _reached;
    private long _datedUtcMs;

    /// <summary>The cabinet's clocks.</summary>
    public BootClock Clock => clock;

    /// <summary>The rule and the figures now; null before the first config.</summary>
    /// <param name="reachMs">How far into the future an approval given now reaches, in milliseconds.</param>
    public ShareView? View(long reachMs = 0)
    {
        if (desk.Current is not { } applied)
        {
            return null;
        }

        CatchUp(applied);
        var (config, count) = (applied.Config, _count!);
        var (nowUtcMs, isProven) = Now();
        var today = config.Policy.DayOf(nowUtcMs);
        var margins = new[] { today, config.Policy.DayOf(nowUtcMs + reachMs) }
            .Select(config.Policy.WindowOf).Distinct()
            .Select(window => MarginRule.Of(config, window, count.ByClock, _basis!.IsExact, today)).ToList();
        if (!isProven)
        {
            var held = config.Policy.WindowOf(config.Policy.DayOf(count.ProvenUtcMs));
            margins.Add(MarginRule.Of(config, held, count.ByProven, _basis!.IsExact, today));
        }

        return new ShareView(
            applied, MarginRule.ModeAt(config, nowUtcMs), nowUtcMs, isProven, _basis!.Kind, margins);
    }

    private void CatchUp(AppliedConfig applied)
    {
        var isProven = ObservationOf(clock.Boot) is not null;
        var goesOn = ReferenceEquals(applied, _countedFor) && _reached.Journal == store.Current.Id
            && _reached.IsProven == isProven;

        // A read that fails half-way must not count its first half twice: then everything begins anew.
        _countedFor = null;
        if (!goesOn)
        {
            Begin(applied, FindBasis(applied));
            if (!ReadBehind())
            {
                Begin(applied, Safely(applied, BasisKind.EntriesLost));
                ReadBehind();
            }

            if (!_basis!.IsExact)
            {
                log.CountsSafely(_basis.Kind);
            }
        }
        else if (store.Current.Facts.Tail.Seq > _reached.Seq)
        {
            ReadFrom(store.Current, _reached.Seq);
        }

        _countedFor = applied;
        _reached = (store.Current.Id, store.Current.Facts.Tail.Seq, isProven);
    }

    private void Begin(AppliedConfig applied, CountingBasis basis)
    {
        _basis = basis;
        _count = new SalesCount(applied);
        _sales.Clear();
        _carried = null;
        _datedUtcMs = basis.IsExact ? applied.Config.Figures.HeadUtcMs : 0;
        Journals().ForEach(journal => _count.Prove(journal.LatestObservedUtcMs));
    }

    private CountingBasis FindBasis(AppliedConfig applied)
    {
        var figures = applied.Config.Figures;
        var journals = Journals();
        if (!figures.HasHead)
        {
            return new CountingBasis(BasisKind.Exact, default, Order(journals));
        }

        var index = journals.FindIndex(journal => journal.Id == figures.Journal);
        if (index < 0)
        {
            return Safely(applied, BasisKind.JournalNotHere);
        }

        if (HeadAt(journals[index], figures.Head.Seq) != figures.Head)
        {
            return Safely(applied, BasisKind.HeadNotHeld);
        }

        // A successor of a journal that was lost or damaged may lack what lay behind the named head.
        for (var i = index + 1; i < journals.Count; i++)
        {
            if (SuccessionOf(journals[i]) is not { } succession || succession.Predecessor != journals[i - 1].Id
                || succession.Reason is SuccessionReason.Corrupt or SuccessionReason.Lost)
            {
                return Safely(applied, BasisKind.EntriesLost);
            }
        }

        var head = new EntryOrigin(figures.Journal, figures.Head.Seq);
        return new CountingBasis(BasisKind.Exact, head, Order(journals));
    }

    private CountingBasis Safely(AppliedConfig applied, BasisKind why) =>
        new(why, applied.AppliedAt, Order(Journals()));

    /// <summary>All journals in their order, also those of which only the successor's first entry tells.</summary>
    private static List<JournalId> Order(List<JournalFile> journals)
    {
        var order = new List<JournalId>();
        foreach (var journal in journals)
        {
            if (SuccessionOf(journal) is { } succession && !order.Contains(succession.Predecessor))
            {
                order.Add(succession.Predecessor);
            }

            order.Add(journal.Id);
        }

        return order;
    }

    /// <summary>Reads everything that may lie behind the basis; false when a journal ends before it should.</summary>
    private bool ReadBehind()
    {
        var isWhole = true;
        foreach (var journal in Journals())
        {
            var facts = journal.Facts;
            var isNamed = _basis!.IsExact && journal.Id == _basis.From.Journal;
            var after = isNamed ? _basis.From.Seq : facts.OldestRetainedSeq - 1;

            // What was carried over as a whole is counted where it is now.
            if (!store.Current.IsCarriedOver(journal.Id)
                && _basis.PlaceOf(journal.Id, ulong.MaxValue, null) != Behind.No)
            {
                isWhole &= ReadFrom(journal, after) == facts.Tail.Seq;
            }
        }

        return isWhole;
    }

    private ulong ReadFrom(JournalFile journal, ulong afterSeq)
    {
        var after = afterSeq;
        for (var read = journal.Read(after, ReadEntries, ReadBytes); read.Count > 0;
            read = journal.Read(after, ReadEntries, ReadBytes))
        {
            var dating = new EntryDating([.. ClocksOf(journal, read), EndOfTime], _datedUtcMs);
            foreach (var entry in read)
            {
                Count(journal, entry, dating);
            }

            _datedUtcMs = dating.LatestUtcMs;
            after = read[^1].Seq;
        }

        return after;
    }

    /// <summary>As the service will date them: entries of this boot alone need no look into the journal's boots.
    /// </summary>
    private IReadOnlyList<ClockObservation> ClocksOf(JournalFile journal, IReadOnlyList<StoredEntry> read)
    {
        var isOfThisBoot = read.All(entry =>
            EntryHeader.TryRead(entry.Bytes.Span, out var header, out _) && header.Time.Boot == clock.Boot);
        return !isOfThisBoot ? journal.ClocksFor(read[0].Seq, read[^1].Seq)
            : ObservationOf(clock.Boot) is { } observation ? [observation]
            : [];
    }

    private void Count(JournalFile journal, in StoredEntry entry, EntryDating dating)
    {
        if (!EntryHeader.TryRead(entry.Bytes.Span, out var header, out _))
        {
            return;
        }

        var moment = new EntryMoment(
            dating.Date(header.Time, header.Kind).UtcMs, ObservationOf(header.Time.Boot) is not null);
        EntryCodec.TryDecode(entry.Bytes.Span, out _, out var body, out var reason);
        var behind = _basis!.PlaceOf(journal.Id, entry.Seq, header.Origin);
        if (reason != QuarantineReason.None || behind == Behind.No)
        {
            return;
        }

        switch (body)
        {
            case SaleBody sale:
                _sales[header.Origin ?? new EntryOrigin(journal.Id, entry.Seq)] = (moment, journal.Id, entry.Seq);
                _count!.AddSale(sale, moment, behind);
                break;
            case RefundBody refund:
                _count!.AddRefund(refund, moment, behind, SaleOf(new EntryOrigin(refund.SaleJournal, refund.SaleSeq)));
                break;
            default:
                break;
        }
    }

    /// <summary>The sale at the place where it was recorded first; null when it is not here any more.</summary>
    private ReversedSale? SaleOf(EntryOrigin place)
    {
        var counted = _sales.TryGetValue(place, out var known);
        var (journal, seq) = counted ? (known.Journal, known.Seq) : (place.Journal, place.Seq);
        if ((store.Find(journal)?.EntryAt(seq) ?? CarriedAt(place)) is not { } entry
            || !EntryCodec.TryDecode(entry.Bytes.Span, out var header, out var body, out _)
            || body is not SaleBody sale)
        {
            return null;
        }

        // A sale that the figures hold: dated by its boot, or by its wall clock as the service did.
        var observation = ObservationOf(header.Time.Boot);
        return new ReversedSale(sale, counted ? known.Moment : new EntryMoment(
            observation?.CorrectedUtcMs(header.Time.MonotonicMs) ?? header.Time.WallUtcMs, observation is not null));
    }

    /// <summary>A sale that the figures hold and that stands only where it was carried to.</summary>
    private StoredEntry? CarriedAt(EntryOrigin place)
    {
        _carried ??= CarriedEntries.IndexOf(Journals());
        return _carried.TryGetValue(place, out var at) ? store.Find(at.Journal)?.EntryAt(at.Seq) : null;
    }

    private (long UtcMs, bool IsProven) Now()
    {
        if (ObservationOf(clock.Boot) is { } observation)
        {
            var corrected = observation.CorrectedUtcMs(clock.MonotonicMs);
            _count!.Prove(corrected);
            return (corrected, true);
        }

        var wall = Math.Min(clock.WallUtcMs, EntryDating.LatestPlausibleUtcMs);
        return (Math.Max(Math.Max(wall, _datedUtcMs), _count!.ProvenUtcMs), false);
    }

    private ClockObservation? ObservationOf(BootId boot) =>
        Journals().AsEnumerable().Reverse().Select(journal => journal.ObservationOf(boot))
            .FirstOrDefault(observation => observation is not null);

    private List<JournalFile> Journals() => [.. store.Closed, store.Current];

    private static SuccessionBody? SuccessionOf(JournalFile journal) => journal.EntryAt(1) is { } first
        && EntryCodec.TryDecode(first.Bytes.Span, out _, out var body, out _)
            ? body as SuccessionBody
            : null;

    /// <summary>The head at a number; null also where a closed journal is damaged.</summary>
    private static Head? HeadAt(JournalFile journal, ulong seq)
    {
        try
        {
            return journal.HeadAt(seq);
        }
        catch (JournalDamagedException) when (journal.IsClosed)
        {
            return null;
        }
    }
}
