using KioskFleet.Protocol.Amounts;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>One line of what left, or should have left, a cabinet.</summary>
/// <param name="Slot">The slot's name, such as <c>A01</c>.</param>
/// <param name="Sku">The operator's stock keeping unit.</param>
/// <param name="Name">The name as shown to the customer.</param>
/// <param name="Quantity">Pieces, 1 to 10.</param>
/// <param name="UnitPrice">The price of one piece.</param>
/// <param name="Paid">What was actually paid for the line: zero up to quantity × unit price.</param>
internal sealed record SaleLine(string Slot, string Sku, string Name, int Quantity, Money UnitPrice, Money Paid);

/// <summary>Names the line of a sale that a refund reverses.</summary>
/// <param name="SaleVendId">The vend id of the sale.</param>
/// <param name="SoldAtUtc">The moment of the sale, UTC: standings net the refund against its window.</param>
/// <param name="LineIndex">The line, counted from 0.</param>
/// <param name="Sku">The line's SKU.</param>
internal sealed record RefundedLine(string SaleVendId, DateTimeOffset SoldAtUtc, int LineIndex, string Sku);

/// <summary>How a vend was paid.</summary>
/// <param name="Method">The means of payment.</param>
/// <param name="MerchantOrderNumber">The merchant's order number; never empty.</param>
/// <param name="TransactionNumber">The payment provider's number; null where there is none (cash, old records).</param>
internal sealed record Payment(PaymentMethod Method, string MerchantOrderNumber, string? TransactionNumber);

/// <summary>The means of payment of the protocol.</summary>
internal enum PaymentMethod
{
    /// <summary>微信支付.</summary>
    Wechat,

    /// <summary>支付宝.</summary>
    Alipay,

    /// <summary>银联.</summary>
    Unionpay,

    /// <summary>Coins and notes.</summary>
    Cash,

    /// <summary>A bank or company card.</summary>
    Card,

    /// <summary>Anything else, and not known.</summary>
    Other,
}

/// <summary>Why goods left a cabinet without a sale.</summary>
internal enum NonSaleKind
{
    /// <summary>A test vend by a technician.</summary>
    Test,

    /// <summary>Given away by the operator.</summary>
    Free,

    /// <summary>Taken out during maintenance.</summary>
    Maintenance,

    /// <summary>A wholly free order of a customer.</summary>
    Promotion,
}
