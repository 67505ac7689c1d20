using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Patterns;

/// <summary>A threshold of a rule.</summary>
/// <param name="Name">Its name in a policy's checks; the unit is its end.</param>
/// <param name="Value">Its value.</param>
/// <param name="Text">Its value for people.</param>
internal sealed record Threshold(string Name, long Value, string Text);

/// <summary>Which thresholds each rule compares with. Pure.</summary>
internal static class PatternThresholds
{
    /// <summary>The kinds whose rules are told here, in the order in which they are shown.</summary>
    public static IReadOnlyList<FindingKind> Kinds { get; } =
    [
        FindingKind.ProductBurst, FindingKind.BuyerBurst, FindingKind.RefundedAfterWindow, FindingKind.AbsurdSale,
        FindingKind.PriceOutlier, FindingKind.NonSaleExcess, FindingKind.AidClaimMismatch,
        FindingKind.UncheckablePayments, FindingKind.SilentCabinet,
    ];

    /// <summary>The thresholds of a kind's rule, in the order in which its sentence names them.</summary>
    public static IReadOnlyList<Threshold> Of(FindingKind kind, CheckTerms terms) => kind switch
    {
        FindingKind.ProductBurst =>
        [
            Count("productBurstSales", terms.ProductBurstSales), Count("burstMinutes", terms.BurstMinutes),
            Part("productBurstShareBasisPoints", terms.ProductBurstShareBasisPoints),
            Count("productBurstUsualPercent", terms.ProductBurstUsualPercent),
            Part("productBurstAidBasisPoints", terms.ProductBurstAidBasisPoints),
            Part("burstPayersBasisPoints", terms.BurstPayersBasisPoints),
        ],
        FindingKind.BuyerBurst =>
        [
            Count("buyerBurstSales", terms.BuyerBurstSales),
            Part("buyerBurstShareBasisPoints", terms.BuyerBurstShareBasisPoints),
            Count("buyerWindowSales", terms.BuyerWindowSales),
            Part("buyerWindowShareBasisPoints", terms.BuyerWindowShareBasisPoints),
        ],
        FindingKind.RefundedAfterWindow =>
        [
            Part("lateRefundShareBasisPoints", terms.LateRefundShareBasisPoints),
            Count("lateRefundMinimumSales", terms.LateRefundMinimumSales),
        ],
        FindingKind.AbsurdSale =>
        [
            Count("absurdQuantity", terms.AbsurdQuantity),
            new Threshold("absurdUnitPriceFen", terms.AbsurdUnitPriceFen, PatternWords.Yuan(terms.AbsurdUnitPriceFen)),
        ],
        FindingKind.PriceOutlier =>
        [
            Count("priceOutlierPercent", terms.PriceOutlierPercent),
            Count("priceMinimumSales", terms.PriceMinimumSales),
            Count("priceMinimumCabinets", terms.PriceMinimumCabinets),
        ],
        FindingKind.NonSaleExcess =>
        [
            Part("nonSaleShareBasisPoints", terms.NonSaleShareBasisPoints),
            Part("maintenanceShareBasisPoints", terms.MaintenanceShareBasisPoints),
            Count("nonSaleMinimumPieces", terms.NonSaleMinimumPieces),
            Count("commissioningPiecesPerSlot", terms.CommissioningPiecesPerSlot),
            Count("commissioningDays", terms.CommissioningDays),
        ],
        FindingKind.UncheckablePayments =>
        [
            Part("notByBillBasisPoints", terms.NotByBillBasisPoints),
            new Threshold(
                "notByBillMinimumFen", terms.NotByBillMinimumFen, PatternWords.Yuan(terms.NotByBillMinimumFen)),
        ],
        FindingKind.AidClaimMismatch => [Count("aidClaimMinimumLines", terms.AidClaimMinimumLines)],
        FindingKind.SilentCabinet => [Count("silentHours", terms.SilentHours)],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "has no rule here."),
    };

    private static Threshold Count(string name, long value) => new(name, value, PatternWords.Number(value));

    private static Threshold Part(string name, int basisPoints) =>
        new(name, basisPoints, PatternWords.Percent(basisPoints));
}
