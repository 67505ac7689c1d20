namespace KioskFleet.Agent.LocalApi;

/// <summary>Asks whether a vend may go on: one slot, or several lines that are paid and judged together.</summary>
/// <param name="Id">The caller's vend id, 1 to 64 UTF-8 bytes; the same request may be repeated with it.</param>
/// <param name="Slot">Slot of the cabinet.</param>
/// <param name="Sku">The operator's SKU.</param>
/// <param name="PriceFen">What the customer will pay, in fen.</param>
/// <param name="Lines">In place of slot, SKU and price: 1 to 100 lines of one basket.</param>
internal sealed record VendBody(
    string? Id, string? Slot, string? Sku, long? PriceFen, IReadOnlyList<VendLineBody>? Lines = null);

/// <summary>One line of a basket.</summary>
/// <param name="Slot">Slot of the cabinet.</param>
/// <param name="Sku">The operator's SKU.</param>
/// <param name="Quantity">Pieces; 1 when missing.</param>
/// <param name="PriceFen">What the customer will pay for the line, in fen.</param>
internal sealed record VendLineBody(string? Slot, string? Sku, int? Quantity, long? PriceFen);

/// <summary>One line of goods.</summary>
/// <param name="Slot">Slot; may be missing.</param>
/// <param name="Sku">SKU; may be missing.</param>
/// <param name="Name">Name as shown; may be missing.</param>
/// <param name="Quantity">Pieces; 1 when missing.</param>
/// <param name="UnitPriceFen">Price of one piece, in fen; paid amount by quantity when missing.</param>
/// <param name="PaidFen">What was paid for the line, in fen. Needed for a sale; not read for a non-sale.</param>
/// <param name="Claim">
/// aid or ordinary, as the sales program holds it; may be missing. It is kept with the sale and counts for nothing.
/// </param>
internal sealed record LineBody(
    string? Slot, string? Sku, string? Name, int? Quantity, long? UnitPriceFen, long? PaidFen,
    string? Claim = null);

/// <summary>How it was paid.</summary>
/// <param name="Method">wechat, alipay, unionpay, cash, card or other; other when missing or unknown.</param>
/// <param name="MerchantOrderNumber">The merchant's order number.</param>
/// <param name="TransactionNumber">The provider's transaction number.</param>
internal sealed record PaymentBody(string? Method, string? MerchantOrderNumber, string? TransactionNumber);

/// <summary>Goods delivered and paid: the whole sale.</summary>
/// <param name="Lines">1 to 100 lines.</param>
/// <param name="Payment">How it was paid.</param>
/// <param name="Source">hand for a sale that a person recorded; a vend when missing.</param>
internal sealed record SaleRequestBody(IReadOnlyList<LineBody>? Lines, PaymentBody? Payment, string? Source = null);

/// <summary>A session's end: lines and payment, or an amount that is owed.</summary>
/// <param name="Lines">Lines taken and paid.</param>
/// <param name="Payment">How they were paid.</param>
/// <param name="OwedFen">When nothing was paid yet: the amount owed as far as known, in fen.</param>
/// <param name="UnderReview">With an owed amount: true while somebody still decides what was taken.</param>
/// <param name="Detail">Free words.</param>
internal sealed record SettleBody(
    IReadOnlyList<LineBody>? Lines, PaymentBody? Payment, long? OwedFen, bool? UnderReview, string? Detail);

/// <summary>A vend that ended otherwise than delivered.</summary>
/// <param name="State">failed (when missing) or cannotStart; at unknown: unknown (when missing) or underReview.</param>
/// <param name="Payment">
/// notPaid, success, refundInExecution, refundSuccess or owed; notPaid when missing without an amount, else success.
/// </param>
/// <param name="AmountFen">The amount paid or owed, in fen; 0 when missing.</param>
/// <param name="Slot">Slot; from the request when missing.</param>
/// <param name="Sku">SKU; from the request when missing.</param>
/// <param name="Detail">The machine's own words.</param>
internal sealed record OutcomeRequestBody(
    string? State, string? Payment, long? AmountFen, string? Slot, string? Sku, string? Detail);

/// <summary>Opens an open-door session.</summary>
/// <param name="Id">The caller's session id, of the same namespace as vend ids.</param>
/// <param name="Door">The door that is to open, as the plan's slots name it; missing where there is one door.</param>
internal sealed record SessionBody(string? Id, string? Door = null);

/// <summary>One line given back by an adjustment.</summary>
/// <param name="Line">The settled sale's line, from 0.</param>
/// <param name="AmountFen">What was given back, in fen.</param>
/// <param name="Quantity">Pieces given back; 0 when missing.</param>
/// <param name="TransactionNumber">The provider's refund transaction.</param>
/// <param name="Reason">Why.</param>
internal sealed record RefundedLineBody(
    int? Line, long? AmountFen, int? Quantity, string? TransactionNumber, string? Reason);

/// <summary>What a review changed.</summary>
/// <param name="Number">The caller's number of this adjustment in its session, 1 to 999.</param>
/// <param name="Added">Lines paid in addition.</param>
/// <param name="Payment">How these were paid.</param>
/// <param name="Refunded">Lines given back.</param>
internal sealed record AdjustBody(
    int? Number, IReadOnlyList<LineBody>? Added, PaymentBody? Payment, IReadOnlyList<RefundedLineBody>? Refunded);

/// <summary>Money given back. The sale is named by vend id, or by journal and seq.</summary>
/// <param name="RefundNumber">The refund's own number.</param>
/// <param name="VendId">The sale's vend or session id.</param>
/// <param name="Journal">The journal that recorded the sale, 32 hex digits.</param>
/// <param name="Seq">The sale's number there.</param>
/// <param name="Line">The line, from 0; 0 when missing.</param>
/// <param name="AmountFen">What was given back, in fen.</param>
/// <param name="Quantity">Pieces given back; 0 when missing.</param>
/// <param name="TransactionNumber">The provider's refund transaction.</param>
/// <param name="Reason">Why.</param>
internal sealed record RefundRequestBody(
    string? RefundNumber, string? VendId, string? Journal, ulong? Seq, int? Line, long? AmountFen, int? Quantity,
    string? TransactionNumber, string? Reason);

/// <summary>Goods that left without being sold.</summary>
/// <param name="Id">The caller's id, of the same namespace as vend ids.</param>
/// <param name="Purpose">test, free, maintenance or promotion.</param>
/// <param name="Lines">1 to 100 lines.</param>
/// <param name="Reason">Free words.</param>
internal sealed record NonSaleRequestBody(
    string? Id, string? Purpose, IReadOnlyList<LineBody>? Lines, string? Reason);
