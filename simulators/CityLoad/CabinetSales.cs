using KioskFleet.Protocol.Entries;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// What happens at one cabinet over the whole load, in the order of time: visits by the rhythm of its site, now and
/// then a refund, a non-sale, a failed or an unknown delivery, the acts of its scheme where it has one, and at the end
/// of each month the sales that bring the aid share surely to where the cabinet's behaviour is planted to end. For one
/// enumeration; not thread-safe.
/// </summary>
internal sealed class CabinetSales
{
    private const int NonSaleBasisPoints = 120;
    private const int FailedBasisPoints = 80;
    private const int UnknownBasisPoints = 30;
    private const int BulkBasisPoints = 40;
    private const int PopularBasisPoints = 9_000;
    private const int MaxClosingEvents = 100;

    /// <summary>Streams of chance of visits and schemes lie beyond those of cabinets and places.</summary>
    private const ulong CustomerStreams = 1UL << 33;
    private const ulong SchemeStreams = 1UL << 34;

    private static readonly NonSalePurpose[] Purposes = Enum.GetValues<NonSalePurpose>();

    private readonly PlannedCabinet _cabinet;
    private readonly CityPlanOptions _options;
    private readonly Chance _chance;
    private readonly CabinetShelf _shelf;
    private readonly SiteRhythm _rhythm;
    private readonly Visits _visits;
    private readonly BasketChooser _baskets;
    private readonly Customers _customers;
    private readonly EventFactory _events;
    private readonly RefundBook _refunds;
    private readonly Scheme? _scheme;
    private PlannedSlot? _popular;
    private WindowTally _tally = new();

    /// <summary>Prepares the cabinet's stream.</summary>
    public CabinetSales(PlannedCabinet cabinet, CityPlan plan)
    {
        _cabinet = cabinet;
        _options = plan.Options;
        var number = (ulong)cabinet.Number;
        _chance = new Chance(_options.Seed, number);
        _shelf = new CabinetShelf(cabinet, _chance);
        _rhythm = SiteRhythm.Of(cabinet.Site.Kind);
        _visits = new Visits(cabinet, _options, _chance);
        _baskets = new BasketChooser(_shelf, _chance, _options.Marks);
        _customers = new Customers(cabinet, _options.Seed, new Chance(_options.Seed, CustomerStreams + number));
        _events = new EventFactory(cabinet, _options, _chance);
        _refunds = new RefundBook(_shelf, new RefundChooser(_chance, _options.EndUtc), _options.Marks);
        _scheme = Scheme.Of(cabinet.Behaviour, new SchemeDesk(
            cabinet, plan, new Chance(_options.Seed, SchemeStreams + number), _shelf, _events, _customers));
    }

    /// <summary>The events; a refund may follow its sale by days, never beyond the end of the load.</summary>
    public IEnumerable<LoadEvent> All() => BehaviourTraits.Sells(_cabinet.Behaviour)
        ? Sell(ShareGoal.Of(_cabinet.Behaviour, _options, _chance))
        : Test();

    private IEnumerable<LoadEvent> Test()
    {
        _shelf.Open(BusinessMonth.DayOf(_options.StartUtc));
        yield return _events.NonSale(_options.StartUtc, NonSalePurpose.Test, _shelf.Pick(ShelfClass.Aid));
    }

    private IEnumerable<LoadEvent> Sell(ShareGoal goal)
    {
        for (var start = _options.StartUtc; start < _options.EndUtc;)
        {
            var monthEnd = BusinessMonth.Of(start).EndUtc;
            var end = monthEnd < _options.EndUtc ? monthEnd : _options.EndUtc;
            if (_rhythm.LastOpening(start, end) is { } closing)
            {
                _tally = new WindowTally();
                foreach (var happening in SellMonth(
                    goal, new MonthSpan(start, closing.AtUtc, closing.EndUtc, monthEnd, _options.EndUtc)))
                {
                    yield return happening;
                }
            }

            start = end;
        }

        foreach (var refund in RefundsUntil(_options.EndUtc))
        {
            yield return refund;
        }
    }

    private IEnumerable<LoadEvent> SellMonth(ShareGoal goal, MonthSpan span)
    {
        var planned = new PriorityQueue<bool, DateTimeOffset>();
        planned.EnqueueRange(_visits.Maintenance(span.StartUtc, span.ClosingUtc).Select(static at => (false, at)));
        planned.EnqueueRange((_scheme?.Begin(span) ?? []).Select(static at => (true, at)));
        foreach (var visit in _visits.Between(span.StartUtc, span.ClosingUtc))
        {
            foreach (var happening in PlannedUntil(visit.AtUtc, planned, span))
            {
                yield return happening;
            }

            _shelf.Open(BusinessMonth.DayOf(visit.AtUtc));
            yield return Serve(goal, visit, span);
        }

        foreach (var happening in PlannedUntil(span.ClosingUtc, planned, span))
        {
            yield return happening;
        }

        foreach (var happening in Close(goal, span))
        {
            yield return happening;
        }
    }

    /// <summary>What was planned up to an instant, and the refunds that fall due before.</summary>
    private IEnumerable<LoadEvent> PlannedUntil(
        DateTimeOffset until, PriorityQueue<bool, DateTimeOffset> planned, MonthSpan span)
    {
        while (planned.TryPeek(out var isAct, out var at) && at <= until)
        {
            planned.Dequeue();
            foreach (var refund in RefundsUntil(at))
            {
                yield return refund;
            }

            _shelf.Open(BusinessMonth.DayOf(at));
            if (isAct)
            {
                yield return Act(at);
            }
            else if (MayGiveFree())
            {
                yield return Free(_events.NonSale(at, NonSalePurpose.Test, _shelf.Pick(ShelfClass.Ordinary)));
            }
        }

        foreach (var refund in RefundsUntil(until))
        {
            yield return refund;
        }
    }

    private LoadEvent Serve(ShareGoal goal, Visit visit, MonthSpan span)
    {
        var at = visit.AtUtc;
        if (visit.InRush)
        {
            _popular ??= _shelf.Pick(_chance.Hits(goal.SteerBasisPoints) ? ShelfClass.Aid : ShelfClass.Ordinary);
            return _chance.Hits(PopularBasisPoints) && _popular.Product.IsSoldOn(BusinessMonth.DayOf(at))
                ? Sold(_events.Sale(at, [_shelf.FullPrice(_popular, 1)], _customers.Stranger()), span)
                : Sold(_events.Sale(at, _baskets.Choose(goal, _tally), _customers.Stranger()), span);
        }

        _popular = null;
        var roll = _chance.Below(10_000);
        if (roll < NonSaleBasisPoints && MayGiveFree())
        {
            return Free(_events.NonSale(at, _chance.Pick(Purposes),
                _shelf.Pick(_chance.Hits(5_000) ? ShelfClass.Aid : ShelfClass.Ordinary)));
        }

        roll -= NonSaleBasisPoints;
        if (roll >= 0 && roll < BulkBasisPoints)
        {
            return Sold(_events.Sale(at, _baskets.Bulk(goal, _tally), _customers.BulkBuyer()), span);
        }

        var lines = _baskets.Choose(goal, _tally);
        var payer = _customers.Next();
        roll -= BulkBasisPoints;
        return roll >= 0 && roll < FailedBasisPoints ? _events.Failed(at, lines, payer)
            : roll >= FailedBasisPoints && roll < FailedBasisPoints + UnknownBasisPoints
                ? _events.Unknown(at, lines, payer)
            : Sold(_events.Sale(at, lines, payer), span);
    }

    private SaleIntent Sold(SaleIntent sale, MonthSpan span)
    {
        Tally(sale);
        _refunds.Decide(sale, span.MonthEndUtc, _tally);
        return sale;
    }

    private NonSaleIntent Free(NonSaleIntent nonSale)
    {
        _tally.Free();
        return nonSale;
    }

    /// <summary>
    /// Ordinary life keeps tests and gifts to a few, or to two thirds of the part that is found.
    /// </summary>
    private bool MayGiveFree()
    {
        var free = _tally.FreePieces + 1;
        return free < _options.Marks.NonSaleMinimumPieces - 1
            || free * 30_000 <= (free + _tally.Pieces) * 2 * _options.Marks.NonSaleShareBasisPoints;
    }

    private LoadEvent Act(DateTimeOffset at)
    {
        var (happening, refundedAt) = _scheme!.Act(at, _tally);
        switch (happening)
        {
            case SaleIntent sale when refundedAt is { } when:
                // What is given back again in whole nets to nothing: the month is steered without it.
                _refunds.GiveBack(sale, when);
                break;
            case SaleIntent sale:
                Tally(sale);
                break;
            case NonSaleIntent:
                _tally.Free();
                break;
        }

        return happening;
    }

    /// <summary>More of the scheme and closing sales, until both have what they need.</summary>
    private IEnumerable<LoadEvent> Close(ShareGoal goal, MonthSpan span)
    {
        var step = (span.EndUtc - span.ClosingUtc) / (MaxClosingEvents + 1);
        _shelf.Open(BusinessMonth.DayOf(span.ClosingUtc));
        for (var i = 0; ; i++)
        {
            var isEnough = _scheme?.IsEnough(_tally) ?? true;
            if (isEnough && goal.IsMet(_tally.AidFen, _tally.TotalFen))
            {
                yield break;
            }

            if (i == MaxClosingEvents)
            {
                throw new InvalidOperationException(
                    $"{_cabinet.Id} cannot be brought to its goal at {span.ClosingUtc:O}.");
            }

            var at = span.ClosingUtc.AddTicks(i * (step.Ticks - step.Ticks % TimeSpan.TicksPerMillisecond));
            foreach (var refund in RefundsUntil(at))
            {
                yield return refund;
            }

            if (isEnough)
            {
                // Within a minute at times: the same person twice would look like a staged burst.
                var sale = _events.Sale(at, _baskets.Closing(goal, _tally), _customers.Stranger());
                Tally(sale);
                yield return sale;
            }
            else
            {
                yield return Act(at);
            }
        }
    }

    private void Tally(SaleIntent sale)
    {
        foreach (var line in sale.Lines)
        {
            _tally.Sell(_shelf.ClassOf(line.Sku), line.Quantity, line.PaidFen);
        }
    }

    private IEnumerable<RefundIntent> RefundsUntil(DateTimeOffset at) => _refunds.Until(at).Select(_events.Refund);
}
