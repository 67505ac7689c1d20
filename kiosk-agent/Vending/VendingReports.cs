using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Vending;

/// <summary>The sales program asks whether it may vend: one slot, or a basket.</summary>
/// <param name="Id">The caller's vend id, 1 to 64 UTF-8 bytes.</param>
/// <param name="Slot">The slot, 1 to 16 UTF-8 bytes; empty for a basket.</param>
/// <param name="Sku">The SKU, 1 to 64 UTF-8 bytes; empty for a basket.</param>
/// <param name="PriceFen">The price the customer will pay, 0 to ten million yuan, in fen; of a basket all of it.
/// </param>
internal sealed record VendRequest(string Id, string Slot, string Sku, long PriceFen)
{
    /// <summary>The lines of a basket, at most 100; empty for one slot.</summary>
    public IReadOnlyList<VendLine> Basket { get; init; } = [];

    /// <summary>Asks for several lines at once, which are judged by their net effect.</summary>
    public static VendRequest For(string id, IReadOnlyList<VendLine> lines) =>
        new(id, "", "", lines.Aggregate(0L, (sum, line) => unchecked(sum + line.AmountFen))) { Basket = lines };
}

/// <summary>Goods were delivered and paid: a vend, a settled session or a sale recorded by hand.</summary>
/// <param name="Id">Vend or session id, 1 to 64 UTF-8 bytes.</param>
/// <param name="Lines">1 to 100 lines; texts that are too long are cut and the sale is marked.</param>
/// <param name="Payment">How it was paid.</param>
/// <param name="Source">Which way of selling.</param>
internal sealed record DeliveredReport(
    string Id, IReadOnlyList<SaleLine> Lines, Payment Payment, SaleSource Source = SaleSource.Vend);

/// <summary>A vend ended otherwise than delivered, or nobody knows how.</summary>
/// <param name="Id">Vend or session id, 1 to 64 UTF-8 bytes.</param>
/// <param name="Delivery">State of the delivery.</param>
/// <param name="Payment">What became of the money.</param>
/// <param name="AmountFen">The amount paid or owed, in fen.</param>
/// <param name="Detail">The machine's own words; may be empty, cut when too long.</param>
internal sealed record OutcomeReport(
    string Id, DeliveryState Delivery, PaymentOutcome Payment, long AmountFen, string Detail)
{
    /// <summary>The slot; empty: taken from the request when there was one.</summary>
    public string Slot { get; init; } = "";

    /// <summary>The SKU; empty: taken from the request when there was one.</summary>
    public string Sku { get; init; } = "";
}

/// <summary>Goods were taken in a session and not paid yet: owed, outside every total until they are.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="AmountFen">The amount owed as far as known, in fen.</param>
/// <param name="UnderReview">True while a person or a vision service still decides what was taken.</param>
/// <param name="Detail">Free words; may be empty.</param>
internal sealed record OwedReport(string SessionId, long AmountFen, bool UnderReview, string Detail);

/// <summary>A review changed what a settled session took.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Number">The caller's number of this adjustment, 1 to 999: makes it idempotent.</param>
/// <param name="Added">Lines paid in addition: a sale of its own with the id <c>{session}#adjN</c>; may be
/// empty.</param>
/// <param name="Payment">How these were paid.</param>
/// <param name="Refunded">Lines of the settled sale that were given back; may be empty.</param>
internal sealed record AdjustReport(
    string SessionId, int Number, IReadOnlyList<SaleLine> Added, Payment Payment,
    IReadOnlyList<RefundedSaleLine> Refunded);

/// <summary>Money given back for a line of a session's sale.</summary>
/// <param name="Line">The line, from 0.</param>
/// <param name="AmountFen">What was given back, in fen; positive.</param>
/// <param name="Quantity">Pieces given back; 0 when only money was.</param>
/// <param name="TransactionNumber">The provider's refund transaction; may be empty.</param>
/// <param name="Reason">Why; may be empty.</param>
internal sealed record RefundedSaleLine(
    int Line, long AmountFen, int Quantity, string TransactionNumber, string Reason);

/// <summary>Which sale is meant. A closed set.</summary>
internal abstract record SaleReference
{
    private SaleReference()
    {
    }

    /// <summary>By the caller's vend or session id.</summary>
    internal sealed record ByVendId(string VendId) : SaleReference;

    /// <summary>By the entry that recorded it first.</summary>
    internal sealed record ByEntry(JournalId Journal, ulong Seq) : SaleReference;
}

/// <summary>Money was given back for one line of a sale.</summary>
/// <param name="RefundNumber">The refund's own number, 1 to 64 UTF-8 bytes: makes it idempotent.</param>
/// <param name="Sale">The sale.</param>
/// <param name="Line">The line, from 0.</param>
/// <param name="AmountFen">What was given back, in fen; positive. May exceed what was paid: the service finds
/// that.</param>
/// <param name="Quantity">Pieces given back; 0 when only money was.</param>
/// <param name="TransactionNumber">The provider's refund transaction; may be empty.</param>
/// <param name="Reason">Why; may be empty.</param>
internal sealed record RefundReport(
    string RefundNumber, SaleReference Sale, int Line, long AmountFen, int Quantity, string TransactionNumber,
    string Reason);

/// <summary>Goods left the cabinet without being sold.</summary>
/// <param name="Id">The caller's id, 1 to 64 UTF-8 bytes, of the same namespace as vend ids.</param>
/// <param name="Purpose">Why.</param>
/// <param name="Lines">1 to 100 lines.</param>
/// <param name="Reason">Free words; may be empty.</param>
internal sealed record NonSaleReport(
    string Id, NonSalePurpose Purpose, IReadOnlyList<NonSaleLine> Lines, string Reason);
