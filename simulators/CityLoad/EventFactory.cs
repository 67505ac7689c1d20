using KioskFleet.Protocol.Entries;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>How what a sale's record says of its payment differs from what the provider knows.</summary>
internal enum PaymentTwist
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Nobody paid: the transaction number is made up.</summary>
    NotPaid,

    /// <summary>A tenth of the recorded amount was paid.</summary>
    PaidLess,
}

/// <summary>
/// Gives the events of one cabinet their numbers, ids and payments. Ids carry a mark of seed and start, so that two
/// different loads into the same fleet do not claim each other's vends, and the same load again does. Not thread-safe.
/// </summary>
internal sealed class EventFactory
{
    private readonly PlannedCabinet _cabinet;
    private readonly Chance _chance;
    private readonly Till _till;
    private readonly string _mark;
    private long _sequence;

    /// <summary>A factory for one cabinet of a load.</summary>
    public EventFactory(PlannedCabinet cabinet, CityPlanOptions options, Chance chance)
    {
        _cabinet = cabinet;
        _chance = chance;
        var load = Chance.Mix(options.Seed ^ Chance.Mix((ulong)options.StartUtc.ToUnixTimeSeconds()));
        _mark = $"{(uint)load:x8}-{cabinet.Number:000000}";
        _till = new Till(chance, _mark);
    }

    /// <summary>A sale of the lines.</summary>
    public SaleIntent Sale(
        DateTimeOffset at, IReadOnlyList<SaleLine> lines, Payer payer, PaymentTwist twist = PaymentTwist.None)
    {
        var number = ++_sequence;
        var fen = PaidFor(lines);
        var (payment, entry) = _till.Take(
            payer, number, at, twist == PaymentTwist.PaidLess ? Math.Max(1, fen / 10) : fen, lines[0].Name);
        return new SaleIntent(_cabinet.Id, number, at, VendId(number), lines, payment)
        {
            Bill = entry is null || twist == PaymentTwist.NotPaid ? [] : [entry],
        };
    }

    /// <summary>A sale of the lines of which the agent is not told.</summary>
    public HiddenSaleIntent Hidden(DateTimeOffset at, IReadOnlyList<SaleLine> lines, Payer payer)
    {
        var number = ++_sequence;
        return new HiddenSaleIntent(_cabinet.Id, number, at, lines) { Bill = Paid(at, number, lines, payer) };
    }

    /// <summary>A vend that was paid and failed: the money goes back within minutes.</summary>
    public FailedVendIntent Failed(DateTimeOffset at, IReadOnlyList<SaleLine> lines, Payer payer)
    {
        var number = ++_sequence;
        var fen = PaidFor(lines);
        var (payment, entry) = _till.Take(payer, number, at, fen, lines[0].Name);
        return new FailedVendIntent(_cabinet.Id, number, at, VendId(number), lines, payment)
        {
            Bill = PaidAndGivenBack(entry, at.AddSeconds(_chance.Between(20, 180)), number),
        };
    }

    /// <summary>
    /// A vend that was paid and of whose delivery nobody knows: after a day the operator gives the money back.
    /// </summary>
    public UnknownDeliveryIntent Unknown(DateTimeOffset at, IReadOnlyList<SaleLine> lines, Payer payer)
    {
        var number = ++_sequence;
        var fen = PaidFor(lines);
        var (payment, entry) = _till.Take(payer, number, at, fen, lines[0].Name);
        return new UnknownDeliveryIntent(_cabinet.Id, number, at, VendId(number), lines, payment)
        {
            Bill = PaidAndGivenBack(entry, at.AddMinutes(_chance.Between(20 * 60, 28 * 60)), number),
        };
    }

    /// <summary>One piece from the slot without a sale.</summary>
    /// <param name="at">When.</param>
    /// <param name="purpose">What is said of it.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="payer">Who paid for it all the same; null for nobody.</param>
    public NonSaleIntent NonSale(DateTimeOffset at, NonSalePurpose purpose, PlannedSlot slot, Payer? payer = null)
    {
        var number = ++_sequence;
        var product = slot.Product;
        var line = new NonSaleLine(slot.Name, product.Sku, product.Name, 1, product.UnitPriceFen);
        return new NonSaleIntent(_cabinet.Id, number, at, VendId(number), purpose, [line])
        {
            Bill = payer is null
                ? []
                : Paid(at, number, [slot.Line(1, product.UnitPriceFen, AidClaim.None)], payer),
        };
    }

    /// <summary>A refund that was decided when its sale was made.</summary>
    public RefundIntent Refund(PlannedRefund refund)
    {
        var number = ++_sequence;
        var refundNumber = $"R{_mark}-{number:0000000}";
        return new RefundIntent(_cabinet.Id, number, refund.AtUtc, refundNumber, refund.Of, refund.AmountFen)
        {
            Bill = refund.Payment is { } payment
                ? [_till.GiveBack(payment, refund.AtUtc, refundNumber, refund.AmountFen)]
                : [],
        };
    }

    private IReadOnlyList<BillEntry> Paid(
        DateTimeOffset at, long number, IReadOnlyList<SaleLine> lines, Payer payer) =>
        _till.Take(payer, number, at, PaidFor(lines), lines[0].Name).Entry is { } entry ? [entry] : [];

    private IReadOnlyList<BillEntry> PaidAndGivenBack(BillEntry? entry, DateTimeOffset at, long number) =>
        entry is null ? [] : [entry, _till.GiveBack(entry, at, $"B{_mark}-{number:0000000}", entry.AmountFen)];

    private static long PaidFor(IReadOnlyList<SaleLine> lines) => lines.Sum(static line => line.PaidFen);

    private string VendId(long number) => $"V{_mark}-{number:0000000}";
}
