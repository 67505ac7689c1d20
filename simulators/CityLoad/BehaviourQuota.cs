namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// How many cabinets of a load are planted with a behaviour. The most important are there from 12 cabinets on, all of
/// them from 40 on; what a load cannot show, because it is too small or meets no end of a month, is left out. Pure.
/// </summary>
internal static class BehaviourQuota
{
    /// <summary>Cabinets times days from which every product has a usual price.</summary>
    private const int CabinetDaysOfUsualPrice = 48;

    /// <summary>Aid goods and those that nobody mapped must both find room in the total.</summary>
    private const int MostShareBesideUnmapped = 6_500;

    private static readonly (Behaviour Behaviour, int FromCabinets, int Percent)[] Quotas =
    [
        (Behaviour.Breaching, 2, 8),
        (Behaviour.CarelessAbove, 4, 6),
        (Behaviour.CarelessBelow, 6, 4),
        (Behaviour.Silent, 12, 2),
        (Behaviour.ProductBurst, 12, 2),
        (Behaviour.BuyerBurst, 12, 2),
        (Behaviour.RefundedAfterWindow, 12, 2),
        (Behaviour.InventedSales, 12, 2),
        (Behaviour.HiddenSales, 12, 2),
        (Behaviour.AbsurdSale, 20, 2),
        (Behaviour.NonSaleExcess, 20, 2),
        (Behaviour.FalseClaim, 20, 2),
        (Behaviour.UnmappedTrade, 24, 2),
        (Behaviour.PriceOutlier, 24, 2),
        (Behaviour.WrongAmount, 30, 2),
        (Behaviour.Idle, 30, 2),
        (Behaviour.PaidTest, 40, 2),
    ];

    /// <summary>Cabinets with the behaviour; the honest ones are what is left.</summary>
    public static int Of(Behaviour behaviour, CityPlanOptions options)
    {
        if (behaviour == Behaviour.Honest)
        {
            return options.Cabinets - Quotas.Sum(quota => Of(quota.Behaviour, options));
        }

        var (_, from, percent) = Quotas.Single(quota => quota.Behaviour == behaviour);
        return options.Cabinets >= from && Fits(behaviour, options)
            ? Math.Max(1, options.Cabinets * percent / 100)
            : 0;
    }

    private static bool Fits(Behaviour behaviour, CityPlanOptions options) => behaviour switch
    {
        Behaviour.RefundedAfterWindow => options.FirstMonthEndUtc is not null,
        Behaviour.PriceOutlier => options.Cabinets * options.Days >= CabinetDaysOfUsualPrice,
        Behaviour.UnmappedTrade =>
            options.ThresholdBasisPoints + options.WarningMarginBasisPoints <= MostShareBesideUnmapped,
        _ => true,
    };
}
