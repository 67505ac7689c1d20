namespace KioskFleet.Service.Places;

/// <summary>
/// The thresholds of the checks beside the share itself. Every check compares a figure of a cabinet and a window with
/// one of these and shows both in its evidence. All are settings of this system where the plan is silent. Immutable.
/// </summary>
internal sealed record CheckTerms
{
    /// <summary>Unmapped sales above this part of the total are a finding, in basis points.</summary>
    public int UnmappedShareBasisPoints { get; init; } = 1_000;

    /// <summary>
    /// Lines of a window that a cabinet claims to be aid and that are ordinary, at least, for a finding.
    /// </summary>
    public int AidClaimMinimumLines { get; init; } = 3;

    /// <summary>An active cabinet that was not heard for this long is silent, in hours.</summary>
    public int SilentHours { get; init; } = 72;

    /// <summary>A proposed mapping waits this long at most, in days; then it is the county's finding.</summary>
    public int MappingOverdueDays { get; init; } = 14;

    /// <summary>
    /// Tests, gifts and promotions above this part of all pieces that left are a finding, in basis points.
    /// </summary>
    public int NonSaleShareBasisPoints { get; init; } = 500;

    /// <summary>Pieces that maintenance took out above this part of all are a finding, in basis points.</summary>
    public int MaintenanceShareBasisPoints { get; init; } = 2_000;

    /// <summary>Non-sales in a window below which their part is not looked at, in pieces.</summary>
    public int NonSaleMinimumPieces { get; init; } = 10;

    /// <summary>Pieces that each slot of a new cabinet may lose to tests before its first sale.</summary>
    public int CommissioningPiecesPerSlot { get; init; } = 3;

    /// <summary>… within this many days of its enrolment, or of its operator's taking it over.</summary>
    public int CommissioningDays { get; init; } = 30;

    /// <summary>
    /// A unit price above this part of the SKU's usual price is an outlier, or one below the usual price divided by it,
    /// in percent.
    /// </summary>
    public int PriceOutlierPercent { get; init; } = 300;

    /// <summary>Sales of a SKU that make a usual price, and sales that make a low one, at least.</summary>
    public int PriceMinimumSales { get; init; } = 8;

    /// <summary>
    /// Cabinets whose prices make the city's usual price of a SKU, at least; with fewer a cabinet is compared with
    /// itself.
    /// </summary>
    public int PriceMinimumCabinets { get; init; } = 5;

    /// <summary>Aid sales of one product in one cabinet within the burst's time that are a burst, at least.</summary>
    public int ProductBurstSales { get; init; } = 12;

    /// <summary>… and the part of all the cabinet's sales within that time that they make, in basis points.</summary>
    public int ProductBurstShareBasisPoints { get; init; } = 6_000;

    /// <summary>
    /// … and how they compare with the product's usual peak on other days, in percent: below it they are ordinary.
    /// </summary>
    public int ProductBurstUsualPercent { get; init; } = 200;

    /// <summary>
    /// … and the part of the cabinet's aid amount that they make, in basis points: less lifts no share.
    /// </summary>
    public int ProductBurstAidBasisPoints { get; init; } = 500;

    /// <summary>The burst's time, in minutes, up to a day.</summary>
    public int BurstMinutes { get; init; } = 60;

    /// <summary>
    /// With at least this many different payers among the known payers of a burst, in basis points of its sales, it is
    /// demand and no burst.
    /// </summary>
    public int BurstPayersBasisPoints { get; init; } = 7_500;

    /// <summary>Aid sales to one buyer in one cabinet on one business day that are a burst, at least.</summary>
    public int BuyerBurstSales { get; init; } = 8;

    /// <summary>… and the part of the cabinet's aid amount that such days make, in basis points.</summary>
    public int BuyerBurstShareBasisPoints { get; init; } = 2_000;

    /// <summary>
    /// Aid sales to one buyer in one cabinet and window, however they are spread over its days, that are a burst, at
    /// least: more than somebody buys who comes twice a day.
    /// </summary>
    public int BuyerWindowSales { get; init; } = 60;

    /// <summary>… and the part of the cabinet's aid amount that they make, in basis points.</summary>
    public int BuyerWindowShareBasisPoints { get; init; } = 3_300;

    /// <summary>
    /// Aid sales paid in ways that no provider's bill lists, such as cash, above this part of the cabinet's aid amount
    /// in a window are a finding, in basis points: nobody can check them.
    /// </summary>
    public int NotByBillBasisPoints { get; init; } = 6_000;

    /// <summary>… and the amount below which that part is not looked at, in fen.</summary>
    public long NotByBillMinimumFen { get; init; } = 100_000;

    /// <summary>
    /// Aid refunded after the window closed above this part of the window's aid sales is a finding, in basis points.
    /// </summary>
    public int LateRefundShareBasisPoints { get; init; } = 1_000;

    /// <summary>
    /// Refunded sales below which that part is not looked at, unless the window stood only by them.
    /// </summary>
    public int LateRefundMinimumSales { get; init; } = 3;

    /// <summary>Pieces of an aid product in one sale above which the sale is absurd.</summary>
    public int AbsurdQuantity { get; init; } = 30;

    /// <summary>What was paid for one piece of an aid product above which the sale is absurd, in fen.</summary>
    public long AbsurdUnitPriceFen { get; init; } = 100_000;

    /// <summary>
    /// Sales of a restricted cabinet that its gate had denied and that were made all the same, above which there is a
    /// finding.
    /// </summary>
    public int DeniedSales { get; init; }

    /// <summary>Days after a bill's day that a payment may wait for its sale, or a sale for its payment.</summary>
    public int ReconciliationDays { get; init; } = 3;
}
