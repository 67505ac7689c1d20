using KioskFleet.Protocol.Entries;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// Staged aid sales of one product, 16 to 25 within half an hour, paid from the telephones of a few: of each fewer than
/// one buyer's burst. Not thread-safe.
/// </summary>
internal sealed class ProductBurst(SchemeDesk desk) : Scheme(desk)
{
    private const int Telephones = 5;

    private static readonly TimeSpan Within = TimeSpan.FromMinutes(30);

    private readonly Payer[] _payers = [.. Enumerable.Range(0, Telephones).Select(_ => desk.Customers.Stranger())];
    private PlannedSlot? _slot;
    private int _acts;

    /// <inheritdoc/>
    public override IReadOnlyList<DateTimeOffset> Begin(MonthSpan span)
    {
        _slot = null;
        var most = Desk.Marks.ProductBurstSales * 2 + 1;
        return span.Burst(Desk.Chance, Within, Desk.Chance.Between(Desk.Marks.ProductBurstSales * 4 / 3, most));
    }

    /// <inheritdoc/>
    public override SchemeAct Act(DateTimeOffset at, WindowTally tally)
    {
        _slot ??= Desk.Shelf.Pick(ShelfClass.Aid);
        var payer = _payers[_acts++ % Telephones];
        return new SchemeAct(Desk.Events.Sale(at, [Desk.Shelf.FullPrice(_slot, 1)], payer));
    }
}

/// <summary>
/// One payer, the same in all months, makes many aid purchases on the last open day of a month. Not thread-safe.
/// </summary>
internal sealed class BuyerBurst(SchemeDesk desk) : Scheme(desk)
{
    private const int LeastFen = 2_000;
    private const int SalesPerActMore = 14;

    private readonly Payer _payer = desk.Customers.Stranger();
    private int _planned;
    private int _acts;
    private long _fen;

    /// <inheritdoc/>
    public override IReadOnlyList<DateTimeOffset> Begin(MonthSpan span)
    {
        (_acts, _fen) = (0, 0);
        // More in a month with more sales: what one buyer makes is to be a good part of it.
        _planned = Desk.Chance.Between(Desk.Marks.BuyerBurstSales + 2, Desk.Marks.BuyerBurstSales * 2)
            + Desk.MeanSalesIn(span) / SalesPerActMore;
        return span.Spread(Desk.Chance, span.LastDayUtc, _planned);
    }

    /// <inheritdoc/>
    public override SchemeAct Act(DateTimeOffset at, WindowTally tally)
    {
        var lack = tally.GrossAidFen * Desk.Marks.BuyerBurstShareBasisPoints * 2 / 10_000 - _fen;
        var part = lack / Math.Max(1, _planned - _acts);
        var line = Desk.Shelf.LineToward(ShelfClass.Aid, Math.Max(LeastFen, part), exact: false);
        _acts++;
        _fen += line.PaidFen;
        return new SchemeAct(Desk.Events.Sale(at, [line], _payer));
    }

    /// <inheritdoc/>
    public override bool IsEnough(WindowTally tally) =>
        _acts >= Desk.Marks.BuyerBurstSales + 2
        && _fen * 10_000 >= tally.GrossAidFen * (Desk.Marks.BuyerBurstShareBasisPoints + 500);
}

/// <summary>
/// Aid sales in the last fifth of a month that lift the share above threshold and margin, and are given back in the
/// first two days of the next: only in months after whose end the load goes on. Not thread-safe.
/// </summary>
internal sealed class RefundedLift(SchemeDesk desk) : Scheme(desk)
{
    private const int LeastActs = 6;
    private const int SalesPerActMore = 18;
    private const int LeastFen = 3_000;
    private const int AboveMarginBasisPoints = 300;

    private static readonly TimeSpan Soonest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Latest = TimeSpan.FromHours(40);

    private MonthSpan _span;
    private int _left;
    private long _stagedFen;

    /// <inheritdoc/>
    public override IReadOnlyList<DateTimeOffset> Begin(MonthSpan span)
    {
        _span = span;
        (_left, _stagedFen) = (LeastActs + Desk.MeanSalesIn(span) / SalesPerActMore, 0);
        return span.LoadEndUtc - span.MonthEndUtc < 2 * Soonest
            ? []
            : span.Spread(Desk.Chance, span.At(8_000), _left);
    }

    /// <inheritdoc/>
    public override SchemeAct Act(DateTimeOffset at, WindowTally tally)
    {
        // The tally holds ordinary sales only: what is given back again nets to nothing.
        var options = Desk.Plan.Options;
        var goal = options.ThresholdBasisPoints + options.WarningMarginBasisPoints + AboveMarginBasisPoints;
        var lack = Math.Max(0, tally.TotalFen * goal - tally.AidFen * 10_000) / (10_000 - goal);
        var part = Math.Max(LeastFen, (lack - _stagedFen) / Math.Max(1, _left--));
        var sale = Desk.SellToStranger(at, [.. Lines(part)]);
        _stagedFen += sale.PaidFen;
        var room = _span.LoadEndUtc - _span.MonthEndUtc - Soonest;
        var latest = room < Latest ? room : Latest;
        var minutes = Desk.Chance.Between((int)Soonest.TotalMinutes, (int)latest.TotalMinutes);
        return new SchemeAct(sale, _span.MonthEndUtc.AddMinutes(minutes));
    }

    private IEnumerable<SaleLine> Lines(long fen)
    {
        var slots = Desk.Shelf.Aid.ToList();
        Desk.Chance.Shuffle(slots);
        foreach (var slot in slots.Take(CabinetShelf.MaxLines).TakeWhile(_ => fen > 0))
        {
            var line = Desk.Shelf.FullPrice(slot, CabinetShelf.QuantityToward(slot, fen));
            fen -= line.PaidFen;
            yield return line;
        }
    }
}
