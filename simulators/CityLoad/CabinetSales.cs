using KioskFleet.Protocol.Amounts;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// The sales of one cabinet over the whole load, in the order of time: Poisson arrivals by the rhythm of its site, now
/// and then a refund, a non-sale, a failed or an unknown delivery, and at the end of each month the sales that bring
/// the aid share surely to where the cabinet's behaviour is planted to end. For one enumeration; not thread-safe.
/// </summary>
internal sealed class CabinetSales
{
    private const int NonSaleBasisPoints = 120;
    private const int FailedBasisPoints = 80;
    private const int UnknownBasisPoints = 30;
    private const int MaxClosingSales = 16;

    private static readonly NonSalePurpose[] Purposes = Enum.GetValues<NonSalePurpose>();

    private readonly PlannedCabinet _cabinet;
    private readonly CityPlanOptions _options;
    private readonly Chance _chance;
    private readonly CabinetShelf _shelf;
    private readonly SiteRhythm _rhythm;
    private readonly EventFactory _events;
    private readonly PriorityQueue<PlannedRefund, (DateTimeOffset At, int Order)> _refunds = new();
    private readonly RefundChooser _refundChooser;
    private WindowTally _tally = new();

    /// <summary>Prepares the cabinet's stream.</summary>
    public CabinetSales(PlannedCabinet cabinet, CityPlanOptions options)
    {
        _cabinet = cabinet;
        _options = options;
        _chance = new Chance(options.Seed, (ulong)cabinet.Number);
        _shelf = new CabinetShelf(cabinet.Slots, _chance);
        _rhythm = SiteRhythm.Of(cabinet.Site.Kind);
        _events = new EventFactory(cabinet, options, _chance);
        _refundChooser = new RefundChooser(_chance, options.EndUtc);
    }

    /// <summary>The events; a refund may follow its sale by days, never beyond the end of the load.</summary>
    public IEnumerable<LoadEvent> All()
    {
        if (_cabinet.Behaviour == Behaviour.Silent)
        {
            return Test();
        }

        return Sell(ShareGoal.Of(_cabinet.Behaviour, _options, _chance));
    }

    private IEnumerable<LoadEvent> Test()
    {
        _shelf.Open(BusinessMonth.DayOf(_options.StartUtc));
        yield return _events.NonSale(_options.StartUtc, NonSalePurpose.Test, _shelf.Pick(aid: true));
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
                foreach (var happening in SellMonth(goal, start, closing))
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

    private IEnumerable<LoadEvent> SellMonth(
        ShareGoal goal, DateTimeOffset start, (DateTimeOffset AtUtc, DateTimeOffset EndUtc) closing)
    {
        foreach (var at in Arrivals(start, closing.AtUtc))
        {
            foreach (var refund in RefundsUntil(at))
            {
                yield return refund;
            }

            _shelf.Open(BusinessMonth.DayOf(at));
            yield return Arrival(goal, at);
        }

        _shelf.Open(BusinessMonth.DayOf(closing.AtUtc));
        foreach (var sale in Close(goal, closing.AtUtc, (closing.EndUtc - closing.AtUtc) / (MaxClosingSales + 1)))
        {
            yield return sale;
        }
    }

    private IEnumerable<DateTimeOffset> Arrivals(DateTimeOffset start, DateTimeOffset end)
    {
        var times = new List<long>();
        for (var begin = start; begin < end;)
        {
            var hourEnd = new DateTimeOffset(begin.UtcTicks - begin.UtcTicks % TimeSpan.TicksPerHour, TimeSpan.Zero)
                .AddHours(1);
            var until = hourEnd < end ? hourEnd : end;
            var milliseconds = (int)((until - begin).Ticks / TimeSpan.TicksPerMillisecond);
            var mean = _rhythm.MeanInHour(begin, _options.MeanSalesPerDay) * milliseconds / 3_600_000;
            times.Clear();
            for (var count = _chance.Poisson(Math.Min(mean, 300)); count > 0; count--)
            {
                times.Add(_chance.Below(milliseconds));
            }

            times.Sort();
            foreach (var time in times)
            {
                yield return begin.AddTicks(time * TimeSpan.TicksPerMillisecond);
            }

            begin = until;
        }
    }

    private LoadEvent Arrival(ShareGoal goal, DateTimeOffset at)
    {
        var roll = _chance.Below(10_000);
        if (roll < NonSaleBasisPoints)
        {
            return _events.NonSale(at, _chance.Pick(Purposes), _shelf.Pick(_chance.Hits(5_000)));
        }

        var lines = Basket(goal);
        roll -= NonSaleBasisPoints;
        if (roll < FailedBasisPoints)
        {
            return _events.Failed(at, lines);
        }

        roll -= FailedBasisPoints;
        if (roll < UnknownBasisPoints)
        {
            return _events.Unknown(at, lines);
        }

        var sale = _events.Sale(at, lines);
        Tally(sale);
        foreach (var refund in _refundChooser.Choose(sale))
        {
            _refunds.Enqueue(refund, (refund.AtUtc, refund.Order));
            _tally.Add(_shelf.IsAid(refund.Of.Sku), -refund.AmountFen);
        }

        return sale;
    }

    /// <summary>One to three lines, sometimes with an order discount or a gift.</summary>
    private List<SaleLine> Basket(ShareGoal goal)
    {
        var (aidFen, totalFen) = (_tally.AidFen, _tally.TotalFen);
        var roll = _chance.Below(100);
        var lines = new List<SaleLine>();
        for (var count = roll < 78 ? 1 : roll < 95 ? 2 : 3; count > 0; count--)
        {
            var aid = goal.WantsAid(aidFen, totalFen, _chance);
            var slot = _shelf.Pick(aid);
            var quantity = _chance.Hits(9_000) ? 1 : _chance.Between(2, 3);
            var paid = slot.Product.UnitPriceFen * quantity;
            lines.Add(slot.Line(quantity, paid));
            (aidFen, totalFen) = (aidFen + (aid ? paid : 0), totalFen + paid);
        }

        if (_chance.Hits(600))
        {
            Discount(lines, 100);
        }

        if (_chance.Hits(50))
        {
            lines.Add(_shelf.Pick(_chance.Hits(5_000)).Line(1, 0));
        }

        return lines;
    }

    /// <summary>Takes a discount off an order, split over its lines by largest remainder.</summary>
    private static void Discount(List<SaleLine> lines, long fen)
    {
        var parts = new Money(fen).SplitByLargestRemainder([.. lines.Select(static line => line.PaidFen)]);
        for (var i = 0; i < lines.Count; i++)
        {
            lines[i] = lines[i] with { PaidFen = lines[i].PaidFen - parts[i].Fen };
        }
    }

    private IEnumerable<LoadEvent> Close(ShareGoal goal, DateTimeOffset at, TimeSpan step)
    {
        for (var i = 0; !goal.IsMet(_tally.AidFen, _tally.TotalFen); i++)
        {
            if (i == MaxClosingSales)
            {
                throw new InvalidOperationException($"{_cabinet.Id} cannot be brought to its share at {at:O}.");
            }

            var saleAt = at.AddTicks(i * (step.Ticks - step.Ticks % TimeSpan.TicksPerMillisecond));
            foreach (var refund in RefundsUntil(saleAt))
            {
                yield return refund;
            }

            var sale = _events.Sale(saleAt, ClosingBasket(goal));
            Tally(sale);
            yield return sale;
        }
    }

    private List<SaleLine> ClosingBasket(ShareGoal goal)
    {
        var (aidFen, totalFen) = (_tally.AidFen, _tally.TotalFen);
        // One-sided goals may overshoot with whole pieces; a share between two bounds is met to the fen.
        var exact = goal is { LowBasisPoints: > 0, HighBasisPoints: < 10_000 };
        var lines = new List<SaleLine>();
        while (lines.Count < CabinetShelf.MaxLines && !goal.IsMet(aidFen, totalFen))
        {
            var (missingAid, missingOther) = totalFen > 0 ? goal.Correction(aidFen, totalFen) : (0, 500);
            var aid = missingAid > 0;
            var line = _shelf.LineToward(aid, aid ? missingAid : missingOther, exact);
            lines.Add(line);
            (aidFen, totalFen) = (aidFen + (aid ? line.PaidFen : 0), totalFen + line.PaidFen);
        }

        return lines;
    }

    private void Tally(SaleIntent sale)
    {
        foreach (var line in sale.Lines)
        {
            _tally.Add(_shelf.IsAid(line.Sku), line.PaidFen);
        }
    }

    private IEnumerable<RefundIntent> RefundsUntil(DateTimeOffset at)
    {
        while (_refunds.TryPeek(out var refund, out _) && refund.AtUtc <= at)
        {
            yield return _events.Refund(_refunds.Dequeue());
        }
    }
}
