namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// What a fleet service may accuse a cabinet or its operator of. The names are those of the service's kinds of finding;
/// those that are missing here are not judged: nothing in a load can make them, or they accuse nobody.
/// </summary>
internal enum AccusationKind
{
    /// <summary>The share is below the threshold.</summary>
    BelowThreshold,

    /// <summary>Too much is sold without a mapping.</summary>
    UnmappedShare,

    /// <summary>Ordinary goods are claimed to be aid.</summary>
    AidClaimMismatch,

    /// <summary>An active cabinet is not heard.</summary>
    SilentCabinet,

    /// <summary>A price is far from the usual.</summary>
    PriceOutlier,

    /// <summary>A payment of a bill has no sale.</summary>
    PaidNotRecorded,

    /// <summary>A sale is not on the bill.</summary>
    RecordedNotPaid,

    /// <summary>Bill and sale differ.</summary>
    PaymentDiffers,

    /// <summary>Too much leaves without a sale.</summary>
    NonSaleExcess,

    /// <summary>One buyer makes many aid purchases.</summary>
    BuyerBurst,

    /// <summary>Many aid sales of one product come at once.</summary>
    ProductBurst,

    /// <summary>Aid sales are refunded after their window.</summary>
    RefundedAfterWindow,

    /// <summary>An aid product is sold at an absurd price or quantity.</summary>
    AbsurdSale,

    /// <summary>A journal was lost or damaged. A load plants none.</summary>
    ChainBroken,

    /// <summary>A journal has two histories. A load plants none.</summary>
    Fork,

    /// <summary>Numbers of a journal are gone. A load plants none.</summary>
    SequenceGap,

    /// <summary>
    /// A clock is not believed. A load plants none: its wrong wall clocks are put right by the first receipt of their
    /// boot, and their sales must be dated like all others.
    /// </summary>
    ClockImplausible,

    /// <summary>More is refunded than was paid. A load plants none.</summary>
    RefundAbovePaid,

    /// <summary>A restriction is not applied. A load plants none.</summary>
    RuleNotApplied,

    /// <summary>A product blocked for quality is sold. A load plants none.</summary>
    BlockedProductSold,

    /// <summary>A day's bill was not brought. All bills of a load are.</summary>
    MissingBill,

    /// <summary>Most aid is paid in ways that no bill lists. A load plants none.</summary>
    UncheckablePayments,
}

/// <summary>A deed and who did it.</summary>
/// <param name="Kind">The deed.</param>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Operator">Its operator: some findings can name nobody closer.</param>
internal readonly record struct Accusation(AccusationKind Kind, string Cabinet, string Operator)
    : IComparable<Accusation>
{
    /// <inheritdoc/>
    public int CompareTo(Accusation other) => Kind == other.Kind
        ? string.CompareOrdinal(Cabinet, other.Cabinet)
        : Kind.CompareTo(other.Kind);
}

/// <summary>The accusations that a fleet service must, and may, make after a load. Immutable.</summary>
/// <param name="Expected">What was planted, or is true of the figures: each must be found.</param>
/// <param name="Entailed">What a planted act may look like beside what it is: found or not, both are right.</param>
/// <param name="Blameless">Cabinets that nobody may accuse of anything.</param>
internal sealed record PlantedAccusations(
    IReadOnlyList<Accusation> Expected, IReadOnlyList<Accusation> Entailed, IReadOnlySet<string> Blameless)
{
    /// <summary>The accusations of a load.</summary>
    public static PlantedAccusations Of(CityPlan plan, PlantedTruth truth) => new(
        [
            .. plan.Cabinets.SelectMany(static cabinet => DeedsOf(cabinet.Behaviour)
                .Select(kind => new Accusation(kind, cabinet.Id.Value, cabinet.Operator.Id))),
            .. Figures(plan, truth, AccusationKind.BelowThreshold, sums => ExpectedStanding.Breach == sums.Judge(
                plan.Options.ThresholdBasisPoints, plan.Options.WarningMarginBasisPoints)),
            .. Figures(plan, truth, AccusationKind.UnmappedShare, sums =>
                sums.TotalFen > 0
                && sums.UnmappedFen * 10_000 > sums.TotalFen * plan.Options.Marks.UnmappedShareBasisPoints),
        ],
        [
            .. plan.Cabinets
                .Where(static cabinet =>
                    cabinet.Behaviour == Behaviour.AbsurdSale && !FewActs.IsAbsurdInQuantity(cabinet))
                .Select(static cabinet =>
                    new Accusation(AccusationKind.PriceOutlier, cabinet.Id.Value, cabinet.Operator.Id)),
        ],
        plan.Cabinets.Where(static cabinet => BehaviourTraits.IsBlameless(cabinet.Behaviour))
            .Select(static cabinet => cabinet.Id.Value).ToHashSet(StringComparer.Ordinal));

    /// <summary>What a behaviour is, beside what the figures say of the share.</summary>
    public static IReadOnlyList<AccusationKind> DeedsOf(Behaviour behaviour) => behaviour switch
    {
        Behaviour.Silent => [AccusationKind.SilentCabinet],
        Behaviour.ProductBurst => [AccusationKind.ProductBurst],
        Behaviour.BuyerBurst => [AccusationKind.BuyerBurst],
        Behaviour.RefundedAfterWindow => [AccusationKind.RefundedAfterWindow],
        Behaviour.InventedSales => [AccusationKind.RecordedNotPaid],
        Behaviour.HiddenSales or Behaviour.PaidTest => [AccusationKind.PaidNotRecorded],
        Behaviour.AbsurdSale => [AccusationKind.AbsurdSale],
        Behaviour.NonSaleExcess => [AccusationKind.NonSaleExcess],
        Behaviour.FalseClaim => [AccusationKind.AidClaimMismatch],
        Behaviour.PriceOutlier => [AccusationKind.PriceOutlier],
        Behaviour.WrongAmount => [AccusationKind.PaymentDiffers],
        _ => [],
    };

    private static IEnumerable<Accusation> Figures(
        CityPlan plan, PlantedTruth truth, AccusationKind kind, Func<WindowSums, bool> isSo) =>
        from cabinet in truth.Cabinets
        where truth.Months.Any(month => isSo(cabinet.In(month.Month)))
        select new Accusation(kind, cabinet.Cabinet.Id.Value, cabinet.Cabinet.Operator.Id);
}
