using KioskFleet.Service.Places;

namespace KioskFleet.Service.Findings;

/// <summary>How much a finding weighs. The names are the API's words.</summary>
internal enum FindingSeverity
{
    /// <summary>To be known.</summary>
    Notice,

    /// <summary>To be answered.</summary>
    Warning,

    /// <summary>The figures or the rule may be violated.</summary>
    Serious,

    /// <summary>The truth of the ledger itself is in question.</summary>
    Critical,
}

/// <summary>Who must answer. The names are the API's words.</summary>
internal enum FindingAnswerer
{
    /// <summary>The operator of the cabinet or venue.</summary>
    Operator,

    /// <summary>The county's aid office.</summary>
    County,

    /// <summary>The city, which runs the service.</summary>
    City,
}

/// <summary>What holds for every finding of a kind.</summary>
/// <param name="Severity">How much it weighs.</param>
/// <param name="Answers">Who must answer.</param>
/// <param name="IsHappening">
/// True when each time is another happening (one more entry kept apart); false for a condition that is seen again while
/// it stands.
/// </param>
internal sealed record FindingFacts(FindingSeverity Severity, FindingAnswerer Answers, bool IsHappening = false)
{
    private static readonly TwoLanguages Texts = new("KioskFleet.Service.Findings.FindingKindText");

    private static readonly Dictionary<FindingKind, FindingFacts> Table = new()
    {
        [FindingKind.ChainBroken] = new(FindingSeverity.Serious, FindingAnswerer.Operator),
        [FindingKind.Fork] = new(FindingSeverity.Serious, FindingAnswerer.Operator),
        [FindingKind.SequenceGap] = new(FindingSeverity.Serious, FindingAnswerer.Operator),
        [FindingKind.ClockImplausible] = new(FindingSeverity.Notice, FindingAnswerer.Operator),
        [FindingKind.RefundAbovePaid] = new(FindingSeverity.Serious, FindingAnswerer.Operator, IsHappening: true),
        [FindingKind.EntryQuarantined] = new(FindingSeverity.Warning, FindingAnswerer.City, IsHappening: true),
        [FindingKind.LedgerProofFailed] = new(FindingSeverity.Critical, FindingAnswerer.City),
        [FindingKind.BelowThreshold] = new(FindingSeverity.Serious, FindingAnswerer.Operator),
        [FindingKind.AtRisk] = new(FindingSeverity.Notice, FindingAnswerer.Operator),
        [FindingKind.RuleNotApplied] = new(FindingSeverity.Serious, FindingAnswerer.Operator),
        [FindingKind.BlockedProductSold] = new(FindingSeverity.Serious, FindingAnswerer.Operator),
        [FindingKind.UnmappedShare] = new(FindingSeverity.Warning, FindingAnswerer.Operator),
        [FindingKind.AidClaimMismatch] = new(FindingSeverity.Warning, FindingAnswerer.Operator),
        [FindingKind.SilentCabinet] = new(FindingSeverity.Warning, FindingAnswerer.Operator),
        [FindingKind.PriceOutlier] = new(FindingSeverity.Warning, FindingAnswerer.Operator),
        [FindingKind.PaidNotRecorded] = new(FindingSeverity.Serious, FindingAnswerer.Operator),
        [FindingKind.RecordedNotPaid] = new(FindingSeverity.Serious, FindingAnswerer.Operator),
        [FindingKind.PaymentDiffers] = new(FindingSeverity.Serious, FindingAnswerer.Operator),
        [FindingKind.MissingBill] = new(FindingSeverity.Warning, FindingAnswerer.Operator),
        [FindingKind.UncheckablePayments] = new(FindingSeverity.Warning, FindingAnswerer.Operator),
        [FindingKind.NonSaleExcess] = new(FindingSeverity.Warning, FindingAnswerer.Operator),
        [FindingKind.MappingOverdue] = new(FindingSeverity.Warning, FindingAnswerer.County),
        [FindingKind.BuyerBurst] = new(FindingSeverity.Serious, FindingAnswerer.Operator),
        [FindingKind.ProductBurst] = new(FindingSeverity.Serious, FindingAnswerer.Operator),
        [FindingKind.RefundedAfterWindow] = new(FindingSeverity.Serious, FindingAnswerer.Operator),
        [FindingKind.AbsurdSale] = new(FindingSeverity.Serious, FindingAnswerer.Operator),
    };

    /// <summary>The facts of a kind.</summary>
    public static FindingFacts Of(FindingKind kind) => Table[kind];

    /// <summary>The kind's name for people.</summary>
    public static Bilingual Title(FindingKind kind) => Texts[kind.ToString()];

    /// <summary>What it says, in one or two sentences.</summary>
    public static Bilingual Meaning(FindingKind kind) => Texts[$"{kind}Meaning"];

    /// <summary>What its evidence holds.</summary>
    public static Bilingual Evidence(FindingKind kind) => Texts[$"{kind}Evidence"];
}
