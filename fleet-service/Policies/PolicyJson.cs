using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Policies;

/// <summary>
/// Writes a policy in the JSON shape of the data set, so that what the interface shows can be changed and sent back,
/// and reads what it wrote. Pure.
/// </summary>
internal static class PolicyJson
{
    /// <summary>Writes Chinese as it is read.</summary>
    public static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    /// <summary>The policy as JSON; amounts in fen, shares in basis points, days as yyyy-mm-dd.</summary>
    public static JsonObject Write(Policy policy) => new()
    {
        ["id"] = policy.Id,
        ["version"] = policy.Version,
        ["venueKind"] = policy.VenueKind,
        ["scope"] = new JsonObject { ["kind"] = Name(policy.Scope.Kind), ["id"] = policy.Scope.Id },
        ["judged"] = Name(policy.Judged),
        ["thresholdBasisPoints"] = policy.Threshold.BasisPoints,
        ["thresholdSteps"] = new JsonArray([.. policy.Threshold.Steps.Select(s => new JsonObject
        {
            ["from"] = Day(s.From),
            ["basisPoints"] = s.BasisPoints,
        })]),
        ["window"] = policy.Window,
        ["from"] = Day(policy.From),
        ["to"] = Day(policy.To),
        ["minimumTurnoverFen"] = policy.MinimumTurnoverFen,
        ["warningMarginBasisPoints"] = policy.WarningMarginBasisPoints,
        ["openingAllowance"] = new JsonObject
        {
            ["fen"] = policy.OpeningAllowance.Fen,
            ["basisPointsOfPreviousWindow"] = policy.OpeningAllowance.BasisPointsOfPreviousWindow,
        },
        ["enforcement"] = new JsonObject
        {
            ["mode"] = Name(policy.Enforcement.Mode),
            ["breachDays"] = policy.Enforcement.BreachDays,
            ["hysteresisBasisPoints"] = policy.Enforcement.HysteresisBasisPoints,
            ["noticeDays"] = policy.Enforcement.NoticeDays,
        },
        ["checks"] = Write(policy.Checks),
        ["provisionalDays"] = policy.ProvisionalDays,
        ["clause"] = policy.Clause,
    };

    /// <summary>
    /// Reads terms that were stored. A check term that was added to the product after them has the default of
    /// <see cref="CheckTerms"/>: a default is never changed, so that the past stays judged as it was.
    /// </summary>
    /// <exception cref="InvalidDataException">They are not what <see cref="Write(Policy)"/> writes.</exception>
    public static Policy Read(string json)
    {
        var stored = JsonNode.Parse(json);
        if (stored?["checks"] is JsonObject checks)
        {
            foreach (var (name, value) in Write(new CheckTerms()))
            {
                checks.TryAdd(name, value?.DeepClone());
            }
        }

        using var document = JsonDocument.Parse(stored?.ToJsonString() ?? "null");
        var findings = new List<DataSetFinding>();
        var policy = PolicyReader.Read(new DataNode(document.RootElement, "$", findings));
        return findings.Count == 0
            ? policy
            : throw new InvalidDataException($"A stored policy cannot be read: {string.Join("; ", findings)}");
    }

    /// <summary>A day as the interface writes it, or null.</summary>
    public static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The interface's word for a member of an enum.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private static JsonObject Write(CheckTerms checks) => new()
    {
        ["unmappedShareBasisPoints"] = checks.UnmappedShareBasisPoints,
        ["aidClaimMinimumLines"] = checks.AidClaimMinimumLines,
        ["silentHours"] = checks.SilentHours,
        ["mappingOverdueDays"] = checks.MappingOverdueDays,
        ["nonSaleShareBasisPoints"] = checks.NonSaleShareBasisPoints,
        ["maintenanceShareBasisPoints"] = checks.MaintenanceShareBasisPoints,
        ["nonSaleMinimumPieces"] = checks.NonSaleMinimumPieces,
        ["priceOutlierPercent"] = checks.PriceOutlierPercent,
        ["priceMinimumSales"] = checks.PriceMinimumSales,
        ["priceMinimumCabinets"] = checks.PriceMinimumCabinets,
        ["productBurstSales"] = checks.ProductBurstSales,
        ["productBurstShareBasisPoints"] = checks.ProductBurstShareBasisPoints,
        ["productBurstUsualPercent"] = checks.ProductBurstUsualPercent,
        ["productBurstAidBasisPoints"] = checks.ProductBurstAidBasisPoints,
        ["burstMinutes"] = checks.BurstMinutes,
        ["burstPayersBasisPoints"] = checks.BurstPayersBasisPoints,
        ["buyerBurstSales"] = checks.BuyerBurstSales,
        ["buyerBurstShareBasisPoints"] = checks.BuyerBurstShareBasisPoints,
        ["lateRefundShareBasisPoints"] = checks.LateRefundShareBasisPoints,
        ["lateRefundMinimumSales"] = checks.LateRefundMinimumSales,
        ["deniedSales"] = checks.DeniedSales,
        ["absurdQuantity"] = checks.AbsurdQuantity,
        ["absurdUnitPriceFen"] = checks.AbsurdUnitPriceFen,
        ["buyerWindowSales"] = checks.BuyerWindowSales,
        ["buyerWindowShareBasisPoints"] = checks.BuyerWindowShareBasisPoints,
        ["notByBillBasisPoints"] = checks.NotByBillBasisPoints,
        ["notByBillMinimumFen"] = checks.NotByBillMinimumFen,
        ["commissioningPiecesPerSlot"] = checks.CommissioningPiecesPerSlot,
        ["commissioningDays"] = checks.CommissioningDays,
        ["reconciliationDays"] = checks.ReconciliationDays,
    };
}
