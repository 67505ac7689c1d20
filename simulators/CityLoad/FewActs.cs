using KioskFleet.Protocol.Entries;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>The same act a few times a month, at any time of day. Not thread-safe.</summary>
/// <param name="desk">What the acts are made with.</param>
/// <param name="count">How often in a month.</param>
/// <param name="act">The act.</param>
internal sealed class FewActs(
    SchemeDesk desk, int count, Func<SchemeDesk, DateTimeOffset, LoadEvent> act) : Scheme(desk)
{
    private const int AbsurdTimesMost = 3;
    private const int LeastOverpricedTimes = 4;
    private const int MostOverpricedTimes = 8;

    /// <inheritdoc/>
    public override IReadOnlyList<DateTimeOffset> Begin(MonthSpan span) =>
        span.Spread(Desk.Chance, span.StartUtc, count);

    /// <inheritdoc/>
    public override SchemeAct Act(DateTimeOffset at, WindowTally tally) => new(act(Desk, at));

    /// <summary>An aid sale with a made-up transaction number.</summary>
    public static LoadEvent Invented(SchemeDesk desk, DateTimeOffset at) =>
        desk.SellToStranger(at, [desk.Line(ShelfClass.Aid, desk.Chance.Between(1, 3))], PaymentTwist.NotPaid);

    /// <summary>An ordinary sale of which the agent is not told.</summary>
    public static LoadEvent Hidden(SchemeDesk desk, DateTimeOffset at) => desk.Events.Hidden(
        at, [desk.Line(ShelfClass.Ordinary, desk.Chance.Between(1, 3))], desk.Customers.Stranger());

    /// <summary>An ordinary sale that is told as a test.</summary>
    public static LoadEvent PaidTest(SchemeDesk desk, DateTimeOffset at) => desk.Events.NonSale(
        at, NonSalePurpose.Test, desk.Shelf.Pick(ShelfClass.Ordinary), desk.Customers.Stranger());

    /// <summary>An aid sale of which a tenth was paid.</summary>
    public static LoadEvent PaidLess(SchemeDesk desk, DateTimeOffset at) =>
        desk.SellToStranger(at, [desk.Line(ShelfClass.Aid, desk.Chance.Between(2, 4))], PaymentTwist.PaidLess);

    /// <summary>
    /// Of cabinets with an even number, more pieces of an aid product than it holds; of the others, one piece at the
    /// price of a television set.
    /// </summary>
    public static LoadEvent Absurd(SchemeDesk desk, DateTimeOffset at)
    {
        if (IsAbsurdInQuantity(desk.Cabinet))
        {
            var most = desk.Marks.AbsurdQuantity * AbsurdTimesMost;
            return desk.SellToStranger(
                at, [desk.Line(ShelfClass.Aid, desk.Chance.Between(desk.Marks.AbsurdQuantity + 5, most))]);
        }

        return desk.SellToStranger(at, [At(desk.Line(ShelfClass.Aid, 1),
            desk.Marks.AbsurdUnitPriceFen + 100L * desk.Chance.Between(188, 888))]);
    }

    /// <summary>Which of the two absurd things a cabinet does.</summary>
    public static bool IsAbsurdInQuantity(PlannedCabinet cabinet) => cabinet.Number % 2 == 0;

    /// <summary>A piece of the aid product that most cabinets hold, at several times its price.</summary>
    public static LoadEvent Overpriced(SchemeDesk desk, DateTimeOffset at)
    {
        var slot = desk.Shelf.Aid.OrderByDescending(slot => desk.Plan.HoldersOf(slot.Product.Sku)).First();
        var times = desk.Chance.Between(LeastOverpricedTimes, MostOverpricedTimes);
        return desk.SellToStranger(at,
            [At(desk.Shelf.FullPrice(slot, 1), slot.Product.UnitPriceFen * times)]);
    }

    /// <summary>An ordinary product that the sales program claims to be aid.</summary>
    public static LoadEvent FalselyClaimed(SchemeDesk desk, DateTimeOffset at) => desk.SellToStranger(
        at, [desk.Line(ShelfClass.Ordinary, desk.Chance.Between(1, 2)) with { Claim = AidClaim.Aid }]);

    private static SaleLine At(SaleLine line, long unitPriceFen) =>
        line with { UnitPriceFen = unitPriceFen, PaidFen = unitPriceFen * line.Quantity };
}
