namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// Where the service's checks turn, as the shipped policy has them. The load plants acts that are well beyond them, and
/// keeps ordinary life well within. Immutable.
/// </summary>
internal sealed record CheckMarks
{
    /// <summary>Unmapped sales above this part of the total are found, in basis points. Default 1,000.</summary>
    public int UnmappedShareBasisPoints { get; init; } = 1_000;

    /// <summary>A cabinet not heard for this long is found, in hours. Default 72.</summary>
    public int SilentHours { get; init; } = 72;

    /// <summary>Non-sales above this part of all pieces that left are found, in basis points. Default 500.</summary>
    public int NonSaleShareBasisPoints { get; init; } = 500;

    /// <summary>Non-sales of a window below which their part is not looked at, in pieces. Default 10.</summary>
    public int NonSaleMinimumPieces { get; init; } = 10;

    /// <summary>A unit price this far above the usual one is found, in percent of it. Default 300.</summary>
    public int PriceOutlierPercent { get; init; } = 300;

    /// <summary>Sales of a SKU that make a usual price. Default 8.</summary>
    public int PriceMinimumSales { get; init; } = 8;

    /// <summary>Aid sales of one product within the burst's time that are found. Default 12.</summary>
    public int ProductBurstSales { get; init; } = 12;

    /// <summary>The burst's time, in minutes. Default 60.</summary>
    public int BurstMinutes { get; init; } = 60;

    /// <summary>Aid sales of a window to one buyer that are found. Default 8.</summary>
    public int BuyerBurstSales { get; init; } = 8;

    /// <summary>… when they are this part of the window's aid amount, in basis points. Default 2,000.</summary>
    public int BuyerBurstShareBasisPoints { get; init; } = 2_000;

    /// <summary>
    /// Aid refunded after the window's end above this part of its aid sales is found, in basis points. Default 1,000.
    /// </summary>
    public int LateRefundShareBasisPoints { get; init; } = 1_000;

    /// <summary>Pieces of an aid product in one line above which it is absurd. Default 30.</summary>
    public int AbsurdQuantity { get; init; } = 30;

    /// <summary>Unit price of an aid product above which it is absurd, in fen. Default 100,000.</summary>
    public long AbsurdUnitPriceFen { get; init; } = 100_000;

    /// <summary>
    /// Days after its day for which a line of a bill may wait for its sale, and a sale for it. Default 3.
    /// </summary>
    public int ReconciliationDays { get; init; } = 3;
}
