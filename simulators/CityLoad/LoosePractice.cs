using KioskFleet.Protocol.Entries;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// Many pieces leave as tests, gifts and the like: one for every four sales and more. On the load's first day tests
/// would be those of a cabinet that is put into service, so these are called gifts. Not thread-safe.
/// </summary>
internal sealed class FreePieces(SchemeDesk desk) : Scheme(desk)
{
    private static readonly NonSalePurpose[] Purposes =
        [NonSalePurpose.Free, NonSalePurpose.Promotion, NonSalePurpose.Test, NonSalePurpose.Test];

    /// <inheritdoc/>
    public override IReadOnlyList<DateTimeOffset> Begin(MonthSpan span) => span.Spread(
        Desk.Chance, span.StartUtc, Desk.Marks.NonSaleMinimumPieces + 2 * span.Days + Desk.MeanSalesIn(span) / 4);

    /// <inheritdoc/>
    public override SchemeAct Act(DateTimeOffset at, WindowTally tally)
    {
        var isFirstDay = BusinessMonth.DayOf(at) == BusinessMonth.DayOf(Desk.Plan.Options.StartUtc);
        var purpose = Purposes[Desk.Chance.Below(isFirstDay ? 2 : Purposes.Length)];
        return new SchemeAct(Desk.Events.NonSale(at, purpose, Desk.Shelf.Pick(ShelfClass.Ordinary)));
    }

    /// <inheritdoc/>
    public override bool IsEnough(WindowTally tally) =>
        tally.FreePieces >= Desk.Marks.NonSaleMinimumPieces + 2
        && tally.FreePieces * 10_000 >= (tally.FreePieces + tally.Pieces) * Desk.Marks.NonSaleShareBasisPoints * 2;
}

/// <summary>
/// A careless operator's newest goods, which nobody mapped: a fifth of the month's money. Not thread-safe.
/// </summary>
internal sealed class UnmappedTrade(SchemeDesk desk) : Scheme(desk)
{
    private const int AimTimes = 2;
    private const int EnoughPercent = 160;

    /// <inheritdoc/>
    public override IReadOnlyList<DateTimeOffset> Begin(MonthSpan span) =>
        span.Spread(Desk.Chance, span.StartUtc, 3 * span.Days + Desk.MeanSalesIn(span) / 6);

    /// <inheritdoc/>
    public override SchemeAct Act(DateTimeOffset at, WindowTally tally)
    {
        var aim = Desk.Marks.UnmappedShareBasisPoints * AimTimes;
        var lack = (tally.TotalFen * aim - tally.UnmappedFen * 10_000) / (10_000 - aim);
        return new SchemeAct(Desk.Events.Sale(
            at, [Desk.Shelf.LineToward(ShelfClass.Unmapped, Math.Max(1, lack), exact: false)],
            Desk.Customers.Next()));
    }

    /// <inheritdoc/>
    public override bool IsEnough(WindowTally tally) => tally.TotalFen > 0
        && tally.UnmappedFen * 10_000 >= tally.TotalFen * Desk.Marks.UnmappedShareBasisPoints * EnoughPercent / 100;
}
