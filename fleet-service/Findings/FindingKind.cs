namespace KioskFleet.Service.Findings;

/// <summary>What can be found wrong. A closed set; the names are stored and are the API's words.</summary>
internal enum FindingKind
{
    /// <summary>
    /// A journal was corrupt or lost and got a successor. Evidence: both journals, last common head, counts.
    /// </summary>
    ChainBroken,

    /// <summary>
    /// Two histories at the same numbers of a journal: an older disk image was restored, or an identity runs twice.
    /// Evidence: both journals, last common head.
    /// </summary>
    Fork,

    /// <summary>Numbers of a journal are gone from the cabinet and not in the ledger. Evidence: the range.</summary>
    SequenceGap,

    /// <summary>
    /// A boot never heard the service and its wall clock was not believed: its entries are dated between their
    /// neighbours. Evidence: the boot, wall clock and date given of the first such entry.
    /// </summary>
    ClockImplausible,

    /// <summary>Refunds of a line exceed what was paid for it. They count. Evidence: paid and refunded.</summary>
    RefundAbovePaid,

    /// <summary>An entry is kept apart. Evidence: journal, number, reason.</summary>
    EntryQuarantined,

    /// <summary>
    /// A stored entry or total contradicts the others: the proof names it. Evidence: the proof's words.
    /// </summary>
    LedgerProofFailed,

    /// <summary>
    /// What a policy judges as one stands below the threshold in a window. Evidence: window, amounts, policy and
    /// catalogue version, heads.
    /// </summary>
    BelowThreshold,

    /// <summary>It stands above the threshold, within the warning margin. Evidence: likewise.</summary>
    AtRisk,

    /// <summary>
    /// A restricted cabinet sold ordinary products beyond headroom and allowance of the config that it worked by, or
    /// that its gate had denied. Evidence: window, configs wanted, applied and judged by, amounts, denied sales, policy
    /// and catalogue version, heads.
    /// </summary>
    RuleNotApplied,

    /// <summary>
    /// A product that was blocked for quality was sold while the cabinet's config blocked it. Evidence: SKU, sales,
    /// pieces, amount, first and last time, the configs that blocked it, policy and catalogue version, heads.
    /// </summary>
    BlockedProductSold,

    /// <summary>Sales without a mapping are above the policy's part of the total. Evidence: window, amounts.</summary>
    UnmappedShare,

    /// <summary>
    /// Cabinets claimed lines to be aid that the catalogue says are none. The claims counted for nothing. Evidence:
    /// window, number and amount of such lines, the SKUs.
    /// </summary>
    AidClaimMismatch,

    /// <summary>An active cabinet was not heard for longer than the policy allows. Evidence: when last.</summary>
    SilentCabinet,

    /// <summary>A SKU was sold far above or below its usual price. Evidence: prices and sales.</summary>
    PriceOutlier,

    /// <summary>A payment of a provider's bill has no sale. Evidence: bill and line, transaction, amount.</summary>
    PaidNotRecorded,

    /// <summary>A sale paid by a provider is not on its bill. Evidence: journal, number, transaction, amount.</summary>
    RecordedNotPaid,

    /// <summary>Bill and sale name the same transaction with different amounts. Evidence: both.</summary>
    PaymentDiffers,

    /// <summary>
    /// Cabinets recorded payments of a provider on a day whose bill was not brought, or not complete. Evidence:
    /// provider, day, merchant numbers, count and amount.
    /// </summary>
    MissingBill,

    /// <summary>
    /// Most of a cabinet's aid amount was paid in ways that no bill lists. Evidence: window, amounts, sales.
    /// </summary>
    UncheckablePayments,

    /// <summary>
    /// More pieces left as tests, gifts and the like than the policy allows. Evidence: window, pieces.
    /// </summary>
    NonSaleExcess,

    /// <summary>
    /// A proposed mapping waits for the county longer than the policy allows. Evidence: the proposal.
    /// </summary>
    MappingOverdue,

    /// <summary>
    /// One buyer made a large part of a cabinet's aid sales. Pattern of staged sales. Evidence: buyer's digest, sales.
    /// </summary>
    BuyerBurst,

    /// <summary>
    /// Many aid sales of one product in a short time. Pattern of staged sales. Evidence: product, times, sales.
    /// </summary>
    ProductBurst,

    /// <summary>
    /// Aid sales were refunded after their window closed, by more than the policy allows. Pattern of staged sales.
    /// Evidence: window, amounts.
    /// </summary>
    RefundedAfterWindow,

    /// <summary>
    /// An aid product was sold at an absurd price or in an absurd quantity. Pattern of staged sales. Evidence: the
    /// sales.
    /// </summary>
    AbsurdSale,
}
