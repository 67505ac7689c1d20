namespace KioskFleet.Simulators.CityLoad;

/// <summary>How an operator treats the rule.</summary>
internal enum Honesty
{
    /// <summary>Keeps well above it.</summary>
    Honest,

    /// <summary>Comes close to it, on either side, and leaves its products unmapped.</summary>
    Careless,

    /// <summary>Disregards it.</summary>
    Breaching,

    /// <summary>Makes its figures look as if it kept the rule.</summary>
    Cheating,
}

/// <summary>
/// What a cabinet is planted to do in every calendar month in which its site is open. Those of cheating operators sell
/// as others do and do what is said here beside it; their figures end Compliant where nothing else is said.
/// </summary>
internal enum Behaviour
{
    /// <summary>Ends each month well above threshold and warning margin: Compliant.</summary>
    Honest,

    /// <summary>Ends each month inside the warning margin: AtRisk.</summary>
    CarelessAbove,

    /// <summary>Ends each month closely below the threshold: Breach.</summary>
    CarelessBelow,

    /// <summary>Ends each month far below the threshold: Breach.</summary>
    Breaching,

    /// <summary>Careless: sells much that nobody mapped. Ends Compliant all the same.</summary>
    UnmappedTrade,

    /// <summary>Installed and tested, in service, sells nothing: NoData.</summary>
    Idle,

    /// <summary>Installed and tested, then off the net: NoData.</summary>
    Silent,

    /// <summary>Staged aid sales of one product within half an hour, at night where the load has one.</summary>
    ProductBurst,

    /// <summary>One payer makes many aid purchases over the month.</summary>
    BuyerBurst,

    /// <summary>
    /// Aid sales late in the month lift the share, and are refunded on the first two days of the next: Breach, because
    /// standings net a refund against the month of its sale.
    /// </summary>
    RefundedAfterWindow,

    /// <summary>Sales with made-up transaction numbers for which nobody paid.</summary>
    InventedSales,

    /// <summary>Ordinary sales that never reach the agent, although the customer paid.</summary>
    HiddenSales,

    /// <summary>Aid goods in a quantity, or at a price, that no cabinet sells.</summary>
    AbsurdSale,

    /// <summary>Many pieces leave as tests, gifts and the like.</summary>
    NonSaleExcess,

    /// <summary>The sales program claims ordinary goods to be aid.</summary>
    FalseClaim,

    /// <summary>A few sales of an aid product at several times its usual price.</summary>
    PriceOutlier,

    /// <summary>Aid sales recorded with more than what was paid.</summary>
    WrongAmount,

    /// <summary>Ordinary sales that are told to the agent as tests, although the customer paid.</summary>
    PaidTest,
}

/// <summary>What follows from a behaviour. Pure.</summary>
internal static class BehaviourTraits
{
    /// <summary>The operators that such a cabinet may have.</summary>
    public static Honesty OperatorOf(Behaviour behaviour) => behaviour switch
    {
        Behaviour.Honest or Behaviour.Idle or Behaviour.Silent => Honesty.Honest,
        Behaviour.CarelessAbove or Behaviour.CarelessBelow or Behaviour.UnmappedTrade => Honesty.Careless,
        Behaviour.Breaching => Honesty.Breaching,
        _ => Honesty.Cheating,
    };

    /// <summary>True for a cabinet that nobody may accuse of anything.</summary>
    public static bool IsBlameless(Behaviour behaviour) => behaviour is Behaviour.Honest or Behaviour.Idle;

    /// <summary>True for a cabinet with sales.</summary>
    public static bool Sells(Behaviour behaviour) => behaviour is not (Behaviour.Idle or Behaviour.Silent);

    /// <summary>The standing in which each month with sales ends.</summary>
    public static ExpectedStanding EndsAs(Behaviour behaviour) => behaviour switch
    {
        Behaviour.Idle or Behaviour.Silent => ExpectedStanding.NoData,
        Behaviour.CarelessAbove => ExpectedStanding.AtRisk,
        Behaviour.CarelessBelow or Behaviour.Breaching or Behaviour.RefundedAfterWindow => ExpectedStanding.Breach,
        _ => ExpectedStanding.Compliant,
    };
}
