using KioskFleet.Protocol.Entries;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>What a line of a payment bill is about.</summary>
internal enum BillEntryKind
{
    /// <summary>A customer paid.</summary>
    Payment,

    /// <summary>Money went back to a customer.</summary>
    Refund,
}

/// <summary>
/// What a payment provider knows of a payment or refund and will write into the bill of its day. Immutable.
/// </summary>
internal sealed record BillEntry
{
    /// <summary>WeChat, Alipay or UnionPay: the others have no bill.</summary>
    public required PaymentMethod Provider { get; init; }

    /// <summary>Payment or refund.</summary>
    public required BillEntryKind Kind { get; init; }

    /// <summary>When, UTC: a customer pays some seconds before the goods fall.</summary>
    public required DateTimeOffset AtUtc { get; init; }

    /// <summary>The provider's number of the payment, of a refund too.</summary>
    public required string TransactionNumber { get; init; }

    /// <summary>The merchant's number of the order, of a refund too.</summary>
    public required string MerchantOrderNumber { get; init; }

    /// <summary>The provider's number of the refund; empty for a payment.</summary>
    public string RefundNumber { get; init; } = "";

    /// <summary>The merchant's number of the refund; empty for a payment.</summary>
    public string MerchantRefundNumber { get; init; } = "";

    /// <summary>The amount in fen, above zero.</summary>
    public required long AmountFen { get; init; }

    /// <summary>The provider's name for the payer: always the same for a customer, and nobody's real one.</summary>
    public required string Buyer { get; init; }

    /// <summary>The goods as the order named them.</summary>
    public required string Goods { get; init; }

    /// <summary>
    /// The day (Asia/Shanghai) whose bill has the line: of UnionPay the settlement day, which ends at 23:00.
    /// </summary>
    public DateOnly Day => BusinessMonth.DayOf(Provider == PaymentMethod.UnionPay ? AtUtc.AddHours(1) : AtUtc);
}
