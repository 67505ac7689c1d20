namespace KioskFleet.Service.Places;

/// <summary>Reads one policy from JSON, in a data set or in a request. Pure.</summary>
internal static class PolicyReader
{
    private const int MaxDays = 366;
    private const int MaxCount = 1_000_000;
    private const int MaxBurstMinutes = 1_440;

    /// <summary>Reads a policy; what is wrong is noted on the node.</summary>
    public static Policy Read(DataNode node) => new(
        node.Text("id"),
        (int)node.Number("version", 1, int.MaxValue),
        node.Text("venueKind"),
        node.Child("scope", n => new PolicyScope(n.Choice<ScopeKind>("kind"), n.Text("id"))),
        node.Choice<Judged>("judged"),
        new ThresholdSchedule(BasisPoints(node, "thresholdBasisPoints"), node.Children(
            "thresholdSteps", 0, n => new ThresholdStep(n.Day("from"), BasisPoints(n, "basisPoints")))),
        node.Text("window"),
        node.IsNull("from") ? null : node.Day("from"),
        node.IsNull("to") ? null : node.Day("to"),
        node.Number("minimumTurnoverFen", 0, long.MaxValue),
        BasisPoints(node, "warningMarginBasisPoints"),
        node.Child("openingAllowance", n => new OpeningAllowance(
            n.Number("fen", 0, long.MaxValue), BasisPoints(n, "basisPointsOfPreviousWindow"))),
        node.Child("enforcement", n => new EnforcementTerms(
            n.Choice<PolicyMode>("mode"),
            (int)n.Number("breachDays", 0, MaxDays),
            BasisPoints(n, "hysteresisBasisPoints"),
            (int)n.Number("noticeDays", 0, MaxDays))),
        node.Child("checks", Checks),
        (int)node.Number("provisionalDays", 0, MaxDays),
        node.Text("clause"));

    /// <summary>A share, 0–10,000.</summary>
    public static int BasisPoints(DataNode node, string name) => (int)node.Number(name, 0, 10_000);

    private static CheckTerms Checks(DataNode node) => new()
    {
        UnmappedShareBasisPoints = BasisPoints(node, "unmappedShareBasisPoints"),
        AidClaimMinimumLines = (int)node.Number("aidClaimMinimumLines", 1, MaxCount),
        SilentHours = (int)node.Number("silentHours", 1, MaxDays * 24),
        MappingOverdueDays = (int)node.Number("mappingOverdueDays", 0, MaxDays),
        NonSaleShareBasisPoints = BasisPoints(node, "nonSaleShareBasisPoints"),
        MaintenanceShareBasisPoints = BasisPoints(node, "maintenanceShareBasisPoints"),
        NonSaleMinimumPieces = (int)node.Number("nonSaleMinimumPieces", 0, MaxCount),
        PriceOutlierPercent = (int)node.Number("priceOutlierPercent", 101, MaxCount),
        PriceMinimumSales = (int)node.Number("priceMinimumSales", 1, MaxCount),
        PriceMinimumCabinets = (int)node.Number("priceMinimumCabinets", 2, MaxCount),
        ProductBurstSales = (int)node.Number("productBurstSales", 2, MaxCount),
        ProductBurstShareBasisPoints = BasisPoints(node, "productBurstShareBasisPoints"),
        ProductBurstUsualPercent = (int)node.Number("productBurstUsualPercent", 0, MaxCount),
        ProductBurstAidBasisPoints = BasisPoints(node, "productBurstAidBasisPoints"),
        BurstMinutes = (int)node.Number("burstMinutes", 1, MaxBurstMinutes),
        BurstPayersBasisPoints = BasisPoints(node, "burstPayersBasisPoints"),
        BuyerBurstSales = (int)node.Number("buyerBurstSales", 2, MaxCount),
        BuyerBurstShareBasisPoints = BasisPoints(node, "buyerBurstShareBasisPoints"),
        BuyerWindowSales = (int)node.Number("buyerWindowSales", 2, MaxCount),
        BuyerWindowShareBasisPoints = BasisPoints(node, "buyerWindowShareBasisPoints"),
        NotByBillBasisPoints = BasisPoints(node, "notByBillBasisPoints"),
        NotByBillMinimumFen = node.Number("notByBillMinimumFen", 0, long.MaxValue),
        CommissioningPiecesPerSlot = (int)node.Number("commissioningPiecesPerSlot", 0, MaxCount),
        CommissioningDays = (int)node.Number("commissioningDays", 0, MaxDays),
        LateRefundShareBasisPoints = BasisPoints(node, "lateRefundShareBasisPoints"),
        LateRefundMinimumSales = (int)node.Number("lateRefundMinimumSales", 1, MaxCount),
        DeniedSales = (int)node.Number("deniedSales", 0, MaxCount),
        AbsurdQuantity = (int)node.Number("absurdQuantity", 1, MaxCount),
        AbsurdUnitPriceFen = node.Number("absurdUnitPriceFen", 1, long.MaxValue),
        ReconciliationDays = (int)node.Number("reconciliationDays", 0, MaxDays),
    };
}
