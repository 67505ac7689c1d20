namespace KioskFleet.Protocol.Entries;

/// <summary>How a sale was paid. The number is on the wire.</summary>
public enum PaymentMethod : byte
{
    /// <summary>Another way, or not stated.</summary>
    Other = 0,

    /// <summary>WeChat Pay 微信支付.</summary>
    WeChat = 1,

    /// <summary>Alipay 支付宝.</summary>
    Alipay = 2,

    /// <summary>UnionPay 银联.</summary>
    UnionPay = 3,

    /// <summary>Cash in the cabinet.</summary>
    Cash = 4,

    /// <summary>A card of any other kind.</summary>
    Card = 5,
}

/// <summary>The payment behind a sale, as the payment provider names it; bills are matched by these numbers.</summary>
/// <param name="Method">How it was paid.</param>
/// <param name="MerchantOrderNumber">The merchant's order number; empty when there is none (cash).</param>
/// <param name="TransactionNumber">The provider's transaction number; empty when there is none.</param>
public sealed record Payment(PaymentMethod Method, string MerchantOrderNumber, string TransactionNumber);
