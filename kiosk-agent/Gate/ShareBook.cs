using KioskFleet.Agent.Clock;
using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Configs;
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

    private SalesOnRecord _sales = new(store);
    private AppliedConfig? _countedFor;
    private CountingBasis? _basis;
    private SalesCount? _count;
    private (JournalId Journal, ulong Seq, bool IsProven) _reached;
    private long _datedUtcMs;

    /// <summary>The cabinet's clocks.</summary>
    public BootClock Clock => clock;

    /// <summary>True when a SKU counts as aid now; false before the first config.</summary>
    public bool IsAid(string sku) => desk.Current?.ClassOf(sku, NearNowUtcMs).Class == GateClass.Aid;

    /// <summary>What is left of the rule when it is lost; null when it is not.</summary>
    public LostConfig? Lost => desk.Lost;

    /// <summary>True while nothing is vended because the rule that restricted the cabinet is lost.</summary>
    public bool WaitsForRule => Lost?.RefusesAt(NearNowUtcMs) == true;

    /// <summary>Now without what the journals prove; never before the moment that the config proves.</summary>
    private long NearNowUtcMs => _sales.ObservationOf(clock.Boot)?.CorrectedUtcMs(clock.MonotonicMs)
        ?? Math.Max(clock.WallUtcMs, desk.Current?.Config.ProvenUtcMs ?? 0);

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
            if (config.Policy.Window != BusinessWindow.SinceLaunch)
            {
                margins.Add(MarginRule.OfUnproven(config, held, count));
            }
        }

        return new ShareView(
            applied, MarginRule.ModeAt(config, nowUtcMs), nowUtcMs, isProven, _basis!.Kind, margins);
    }

    private void CatchUp(AppliedConfig applied)
    {
        var isProven = _sales.ObservationOf(clock.Boot) is not null;
        var goesOn = ReferenceEquals(applied, _countedFor) && _reached.Journal == store.Current.Id
            && _reached.IsProven == isProven;

        // A read that fails half-way must not count its first half twice: then everything begins anew.
        _countedFor = null;
        if (!goesOn)
        {
            Begin(applied, BasisSearch.Of(applied, _sales.Journals()));
            if (!ReadBehind())
            {
                Begin(applied, BasisSearch.Safely(applied, _sales.Journals(), BasisKind.EntriesLost));
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
        _sales = new SalesOnRecord(store);
        _datedUtcMs = basis.IsExact ? applied.Config.Figures.HeadUtcMs : 0;
        _sales.Journals().ForEach(journal => _count.Prove(journal.LatestObservedUtcMs));
        try
        {
            ReadHeld(applied.Config.Figures, BusinessWindow.StartUtcMs(
                applied.Config.Figures.Window.First, applied.Config.Policy.ZoneOffsetMinutes));
        }
        catch (JournalDamagedException)
        {
            // What is committed and cannot be read is in the figures; it may have been a sale that missed aid.
            _count.NoteMissingAid(new EntryMoment(applied.Config.ProvenUtcMs, true));
        }
    }

    /// <summary>Reads everything that may lie behind the basis; false when a journal ends before it should.</summary>
    private bool ReadBehind()
    {
        var isWhole = true;
        foreach (var journal in _sales.Journals())
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
                if (EntryHeader.TryRead(entry.Bytes.Span, out var header, out _))
                {
                    Count(journal, entry, header, new EntryMoment(dating.Date(header.Time, header.Kind).UtcMs,
                        _sales.ObservationOf(header.Time.Boot) is not null),
                        _basis!.PlaceOf(journal.Id, entry.Seq, header.Origin));
                }
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
            : _sales.ObservationOf(clock.Boot) is { } observation ? [observation]
            : [];
    }

    /// <summary>
    /// What the figures hold counts no more, but it still tells what refunds have used up and which sales missed aid:
    /// read back to the beginning of the window that was running.
    /// </summary>
    private void ReadHeld(GateFigures figures, long sinceUtcMs)
    {
        var isReached = !_basis!.IsExact || !figures.HasHead;
        var journals = _sales.Journals();
        for (var i = journals.FindIndex(journal => journal.Id == figures.Journal); i >= 0 && !isReached; i--)
        {
            var journal = journals[i];
            var first = journal.Facts.OldestRetainedSeq - 1;
            var end = journal.Id == figures.Journal ? figures.Head.Seq : journal.Facts.Tail.Seq;
            while (end > first && !isReached && !store.Current.IsCarriedOver(journal.Id))
            {
                var from = end - first > ReadEntries ? end - ReadEntries : first;
                isReached = ReadHeld(journal, from, end) < sinceUtcMs;
                end = from;
            }
        }
    }

    /// <summary>Reads a part of them; answers when it begins, or the end of time when nothing proves that.</summary>
    private long ReadHeld(JournalFile journal, ulong afterSeq, ulong lastSeq)
    {
        var (after, beginsUtcMs) = (afterSeq, long.MaxValue);
        for (var read = journal.Read(after, (int)(lastSeq - after), ReadBytes); read.Count > 0;
            read = journal.Read(after, (int)(lastSeq - after), ReadBytes))
        {
            foreach (var entry in read)
            {
                if (EntryHeader.TryRead(entry.Bytes.Span, out var header, out _)
                    && _sales.MomentOf(header.Time) is var moment)
                {
                    beginsUtcMs = moment.IsProven ? Math.Min(beginsUtcMs, moment.UtcMs) : beginsUtcMs;
                    Count(journal, entry, header, moment, Behind.No);
                }
            }

            after = read[^1].Seq;
            if (after >= lastSeq)
            {
                break;
            }
        }

        return beginsUtcMs;
    }

    private void Count(
        JournalFile journal, in StoredEntry entry, in EntryHeader header, EntryMoment moment, Behind behind)
    {
        EntryCodec.TryDecode(entry.Bytes.Span, out _, out var body, out var reason);
        if (reason != QuarantineReason.None)
        {
            return;
        }

        switch (body)
        {
            case SaleBody sale:
                if (behind != Behind.No)
                {
                    _sales.Add(header.Origin ?? new EntryOrigin(journal.Id, entry.Seq), moment, journal.Id, entry.Seq);
                }

                _count!.AddSale(sale, moment, behind);
                break;
            case RefundBody refund:
                _count!.AddRefund(
                    refund, moment, behind, _sales.Find(new EntryOrigin(refund.SaleJournal, refund.SaleSeq)));
                break;
            default:
                break;
        }
    }

    private (long UtcMs, bool IsProven) Now()
    {
        if (_sales.ObservationOf(clock.Boot) is { } observation)
        {
            var corrected = observation.CorrectedUtcMs(clock.MonotonicMs);
            _count!.Prove(corrected);
            return (corrected, true);
        }

        var wall = Math.Min(clock.WallUtcMs, EntryDating.LatestPlausibleUtcMs);
        return (Math.Max(Math.Max(wall, _datedUtcMs), _count!.ProvenUtcMs), false);
    }
}
