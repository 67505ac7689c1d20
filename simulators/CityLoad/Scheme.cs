using KioskFleet.Protocol.Entries;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>What the acts of one cabinet are made with.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Plan">The load it belongs to.</param>
/// <param name="Chance">The chance of the acts alone: ordinary life does not depend on them.</param>
/// <param name="Shelf">What it holds; open on the day of the act.</param>
/// <param name="Events">Numbers and payments.</param>
/// <param name="Customers">Who pays.</param>
internal sealed record SchemeDesk(
    PlannedCabinet Cabinet, CityPlan Plan, Chance Chance, CabinetShelf Shelf, EventFactory Events, Customers Customers)
{
    /// <summary>Where the checks turn.</summary>
    public CheckMarks Marks => Plan.Options.Marks;

    /// <summary>Sales of a mean cabinet in a span, without those of schemes.</summary>
    public int MeanSalesIn(MonthSpan span) => Plan.Options.MeanSalesPerDay * span.Days;

    /// <summary>A sale of the lines to somebody who pays by telephone.</summary>
    public SaleIntent SellToStranger(
        DateTimeOffset at, IReadOnlyList<SaleLine> lines, PaymentTwist twist = PaymentTwist.None) =>
        Events.Sale(at, lines, Customers.Stranger(), twist);

    /// <summary>Some pieces of a product of the class at full price.</summary>
    public SaleLine Line(ShelfClass wanted, int quantity) => Shelf.FullPrice(Shelf.Pick(wanted), quantity);
}

/// <summary>One act.</summary>
/// <param name="Happening">What happens.</param>
/// <param name="RefundedAt">When the whole of it will be given back; null for never.</param>
internal sealed record SchemeAct(LoadEvent Happening, DateTimeOffset? RefundedAt = null);

/// <summary>
/// What a cheating or careless cabinet does beside its ordinary sales: at instants planned for each month, and, where
/// the month needs more of it, at its end. Not thread-safe.
/// </summary>
internal abstract class Scheme(SchemeDesk desk)
{
    /// <summary>What the acts are made with.</summary>
    protected SchemeDesk Desk { get; } = desk;

    /// <summary>The scheme of a behaviour; null for one without.</summary>
    public static Scheme? Of(Behaviour behaviour, SchemeDesk desk) => behaviour switch
    {
        Behaviour.UnmappedTrade => new UnmappedTrade(desk),
        Behaviour.ProductBurst => new ProductBurst(desk),
        Behaviour.BuyerBurst => new BuyerBurst(desk),
        Behaviour.RefundedAfterWindow => new RefundedLift(desk),
        Behaviour.InventedSales => new FewActs(desk, 6, FewActs.Invented),
        Behaviour.HiddenSales => new FewActs(desk, 6, FewActs.Hidden),
        Behaviour.AbsurdSale => new FewActs(desk, 2, FewActs.Absurd),
        Behaviour.NonSaleExcess => new FreePieces(desk),
        Behaviour.FalseClaim => new FewActs(desk, 5, FewActs.FalselyClaimed),
        Behaviour.PriceOutlier => new FewActs(desk, 3, FewActs.Overpriced),
        Behaviour.WrongAmount => new FewActs(desk, 5, FewActs.PaidLess),
        Behaviour.PaidTest => new FewActs(desk, 5, FewActs.PaidTest),
        _ => null,
    };

    /// <summary>Plans a month; the instants of its acts from start to closing, ascending.</summary>
    public abstract IReadOnlyList<DateTimeOffset> Begin(MonthSpan span);

    /// <summary>One act at an instant.</summary>
    /// <param name="at">The instant.</param>
    /// <param name="tally">The month so far.</param>
    public abstract SchemeAct Act(DateTimeOffset at, WindowTally tally);

    /// <summary>True when the month has enough of it; else it is acted once more at the month's closing.</summary>
    /// <param name="tally">The month so far.</param>
    public virtual bool IsEnough(WindowTally tally) => true;
}
