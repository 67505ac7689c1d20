using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// Something that happens at a cabinet. The closed set is <see cref="SaleIntent"/>, <see cref="RefundIntent"/>,
/// <see cref="NonSaleIntent"/>, <see cref="FailedVendIntent"/> and <see cref="UnknownDeliveryIntent"/>, which are told
/// to the agent, and <see cref="HiddenSaleIntent"/>, which is not. All are immutable.
/// </summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Sequence">1, 2, 3 … in the order of time of this cabinet; it is not the journal's seq.</param>
/// <param name="AtUtc">When it happens, UTC, in whole milliseconds.</param>
internal abstract record LoadEvent(CabinetId Cabinet, long Sequence, DateTimeOffset AtUtc)
{
    /// <summary>
    /// What payment providers know of it, in the order of time; empty for cash, and for what nobody paid.
    /// </summary>
    public IReadOnlyList<BillEntry> Bill { get; init; } = [];
}

/// <summary>Goods delivered and paid.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Sequence">The place in the cabinet's own order.</param>
/// <param name="AtUtc">The moment of sale, UTC.</param>
/// <param name="VendId">The caller's id of the vend; unique in the fleet.</param>
/// <param name="Lines">1 to 10 lines; the paid sum is above zero, a single line may be zero (a gift).</param>
/// <param name="Payment">How it was paid.</param>
internal sealed record SaleIntent(
    CabinetId Cabinet,
    long Sequence,
    DateTimeOffset AtUtc,
    string VendId,
    IReadOnlyList<SaleLine> Lines,
    Payment Payment) : LoadEvent(Cabinet, Sequence, AtUtc)
{
    /// <summary>The sum actually paid, in fen.</summary>
    public long PaidFen => Lines.Sum(static line => line.PaidFen);
}

/// <summary>Money given back for one line of an earlier sale of the same cabinet.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Sequence">The place in the cabinet's own order.</param>
/// <param name="AtUtc">When the money is given back, UTC; its own business day.</param>
/// <param name="RefundNumber">The caller's id of the refund; unique in the fleet.</param>
/// <param name="Of">The line of the sale that it reverses.</param>
/// <param name="AmountFen">The amount given back in fen, above zero and not above what the line has left.</param>
internal sealed record RefundIntent(
    CabinetId Cabinet,
    long Sequence,
    DateTimeOffset AtUtc,
    string RefundNumber,
    RefundedLine Of,
    long AmountFen) : LoadEvent(Cabinet, Sequence, AtUtc)
{
    /// <summary>The provider's number of the refund; empty when no provider had a part in it.</summary>
    public string ProviderNumber => Bill is [var entry] ? entry.RefundNumber : "";
}

/// <summary>Goods that left the cabinet without a sale; they count for stock alone.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Sequence">The place in the cabinet's own order.</param>
/// <param name="AtUtc">When, UTC.</param>
/// <param name="VendId">The caller's id of the vend; unique in the fleet.</param>
/// <param name="Purpose">Why no sale.</param>
/// <param name="Lines">The goods.</param>
internal sealed record NonSaleIntent(
    CabinetId Cabinet,
    long Sequence,
    DateTimeOffset AtUtc,
    string VendId,
    NonSalePurpose Purpose,
    IReadOnlyList<NonSaleLine> Lines) : LoadEvent(Cabinet, Sequence, AtUtc);

/// <summary>Paid, not delivered: the money goes back to the customer and there is no sale.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Sequence">The place in the cabinet's own order.</param>
/// <param name="AtUtc">When, UTC.</param>
/// <param name="VendId">The caller's id of the vend; unique in the fleet.</param>
/// <param name="Lines">The goods that stayed in the cabinet and what had been paid for them.</param>
/// <param name="Payment">How it had been paid.</param>
internal sealed record FailedVendIntent(
    CabinetId Cabinet,
    long Sequence,
    DateTimeOffset AtUtc,
    string VendId,
    IReadOnlyList<SaleLine> Lines,
    Payment Payment) : LoadEvent(Cabinet, Sequence, AtUtc);

/// <summary>Paid, and nobody knows whether the goods came out: a state of its own, outside every total.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Sequence">The place in the cabinet's own order.</param>
/// <param name="AtUtc">When, UTC.</param>
/// <param name="VendId">The caller's id of the vend; unique in the fleet.</param>
/// <param name="Lines">The goods asked for and what had been paid for them.</param>
/// <param name="Payment">How it had been paid.</param>
internal sealed record UnknownDeliveryIntent(
    CabinetId Cabinet,
    long Sequence,
    DateTimeOffset AtUtc,
    string VendId,
    IReadOnlyList<SaleLine> Lines,
    Payment Payment) : LoadEvent(Cabinet, Sequence, AtUtc);

/// <summary>Goods delivered and paid, and the agent is not told: the ledger never hears of it.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Sequence">The place in the cabinet's own order.</param>
/// <param name="AtUtc">The moment of sale, UTC.</param>
/// <param name="Lines">The goods.</param>
internal sealed record HiddenSaleIntent(
    CabinetId Cabinet, long Sequence, DateTimeOffset AtUtc, IReadOnlyList<SaleLine> Lines)
    : LoadEvent(Cabinet, Sequence, AtUtc);
