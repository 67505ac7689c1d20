using KioskFleet.Protocol.Entries;

namespace KioskFleet.Service.Reconciliation;

/// <summary>Where and by whom a counted sale was made.</summary>
/// <param name="Position">Its position in the ledger: serves cursors and pages, and decides nothing.</param>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="OperatorId">The operator of the assignment it was sold under.</param>
/// <param name="CountyCode">That assignment's county.</param>
/// <param name="VendId">The cabinet's own id of it.</param>
internal sealed record SalePlace(
    long Position, string CabinetId, string OperatorId, string CountyCode, string VendId);

/// <summary>When a counted sale was made. Days are yyyymmdd.</summary>
/// <param name="BusinessDay">Its business day.</param>
/// <param name="UtcMs">Its corrected moment, Unix milliseconds UTC.</param>
/// <param name="Edge">
/// -1 or 1 when it is so near midnight that its payment may be on that neighbour's bill, else 0.
/// </param>
/// <param name="LastDay">The newest of its day and its refunds' days.</param>
internal sealed record SaleTime(int BusinessDay, long UtcMs, int Edge, int LastDay);

/// <summary>What a counted sale brought, in fen; refunds positive, whatever their own day.</summary>
internal sealed record SaleAmounts(long PaidFen, long AidFen, long RefundedFen, long RefundedAidFen)
{
    /// <summary>Paid less refunded.</summary>
    public long NetFen => checked(PaidFen - RefundedFen);

    /// <summary>The aid part of it.</summary>
    public long NetAidFen => checked(AidFen - RefundedAidFen);
}

/// <summary>A counted sale as far as bills are concerned.</summary>
internal sealed record RecordedSale(SalePlace Place, Payment Payment, SaleTime Time, SaleAmounts Amounts);

/// <summary>A payment of a bill with what was given back of it.</summary>
/// <param name="Provider">Whose bill.</param>
/// <param name="Transaction">The provider's number, or what stands for it.</param>
/// <param name="MerchantOrder">The merchant's number; may be empty.</param>
/// <param name="OperatorId">Whose bill it is.</param>
/// <param name="AmountFen">Paid.</param>
/// <param name="RefundedFen">Given back by all refunds on bills, positive.</param>
/// <param name="AtUtcMs">When it was paid, Unix milliseconds UTC.</param>
/// <param name="LastDay">The newest day of the bills that speak of it, yyyymmdd.</param>
internal sealed record BillPayment(
    PaymentMethod Provider, string Transaction, string MerchantOrder, string OperatorId, long AmountFen,
    long RefundedFen, long AtUtcMs, int LastDay)
{
    /// <summary>What the merchant kept, in fen.</summary>
    public long KeptFen => checked(AmountFen - RefundedFen);

    /// <summary>True when the bill has a number of the provider's.</summary>
    public bool HasNumber => BillNumbers.IsNumber(Transaction);
}

/// <summary>What the bills say of a counted sale. The numbers are stored and never change.</summary>
internal enum SaleOutcome
{
    /// <summary>No bill has its payment (yet).</summary>
    NoPayment = 0,

    /// <summary>A bill has it, and the amounts are equal: reconciled.</summary>
    Matched = 1,

    /// <summary>A bill has it with another amount.</summary>
    Differs = 2,

    /// <summary>Paid in a way that no bill lists, such as cash.</summary>
    NotByBill = 3,
}

/// <summary>What the bills say of one of their payments. The numbers are stored and never change.</summary>
internal enum BillOutcome
{
    /// <summary>No counted sale belongs to it (yet).</summary>
    NoSale = 0,

    /// <summary>Its sales have its amount.</summary>
    Matched = 1,

    /// <summary>Its sales have another amount.</summary>
    Differs = 2,

    /// <summary>No counted sale, and all of it was given back: such as a delivery that failed.</summary>
    GivenBack = 3,
}

/// <summary>Why an outcome is as it is. The numbers are stored and never change.</summary>
internal enum MatchCause
{
    /// <summary>Nothing to add.</summary>
    None = 0,

    /// <summary>Paid and recorded amounts differ.</summary>
    Amount = 1,

    /// <summary>The provider gave back more than was recorded: the sale still counts.</summary>
    RefundNotRecorded = 2,

    /// <summary>More refunds were recorded than the provider paid out.</summary>
    RefundNotPaidOut = 3,

    /// <summary>The payment it names is that of another sale.</summary>
    PaymentTaken = 4,

    /// <summary>No bill has it, and all of it was refunded: nothing was kept on either side.</summary>
    NothingKept = 5,

    /// <summary>The payment it names is on another operator's bill.</summary>
    OtherOperator = 6,
}

/// <summary>What was decided of a sale.</summary>
/// <param name="Outcome">What.</param>
/// <param name="Cause">Why.</param>
/// <param name="BillFen">What the bills hold for it, refunds taken off, in fen.</param>
/// <param name="SettleDay">The newest day of all that decided it, yyyymmdd.</param>
internal sealed record SaleSettlement(SaleOutcome Outcome, MatchCause Cause, long BillFen, int SettleDay)
{
    /// <summary>The number of the payment that was found for it, the first of several; empty without one.</summary>
    public string Transaction { get; init; } = "";
}

/// <summary>What was decided of a payment.</summary>
/// <param name="Outcome">What.</param>
/// <param name="CabinetId">The cabinet of its sale, or empty.</param>
internal sealed record BillSettlement(BillOutcome Outcome, string CabinetId);

/// <summary>Sales and payments that numbers tie together, and nothing else: they are decided together.</summary>
internal sealed record MatchCase(IReadOnlyList<RecordedSale> Sales, IReadOnlyList<BillPayment> Payments);

/// <summary>What was decided of a case, in its order.</summary>
internal sealed record MatchResult(
    IReadOnlyList<SaleSettlement> Sales, IReadOnlyList<BillSettlement> Payments);
