using KioskFleet.Protocol.Entries;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// Gives the events of one cabinet their numbers and ids. Ids carry a mark of seed and start, so that two different
/// loads into the same fleet do not claim each other's vends, and the same load again does. Not thread-safe.
/// </summary>
internal sealed class EventFactory
{
    private readonly PlannedCabinet _cabinet;
    private readonly Chance _chance;
    private readonly string _mark;
    private long _sequence;

    /// <summary>A factory for one cabinet of a load.</summary>
    public EventFactory(PlannedCabinet cabinet, CityPlanOptions options, Chance chance)
    {
        _cabinet = cabinet;
        _chance = chance;
        var load = Chance.Mix(options.Seed ^ Chance.Mix((ulong)options.StartUtc.ToUnixTimeSeconds()));
        _mark = $"{(uint)load:x8}-{cabinet.Number:000000}";
    }

    /// <summary>A sale of the lines.</summary>
    public SaleIntent Sale(DateTimeOffset at, IReadOnlyList<SaleLine> lines)
    {
        var number = ++_sequence;
        return new SaleIntent(_cabinet.Id, number, at, VendId(number), lines, Pay(number));
    }

    /// <summary>A vend that was paid and failed.</summary>
    public FailedVendIntent Failed(DateTimeOffset at, IReadOnlyList<SaleLine> lines)
    {
        var number = ++_sequence;
        return new FailedVendIntent(_cabinet.Id, number, at, VendId(number), lines, Pay(number));
    }

    /// <summary>A vend that was paid and of whose delivery nobody knows.</summary>
    public UnknownDeliveryIntent Unknown(DateTimeOffset at, IReadOnlyList<SaleLine> lines)
    {
        var number = ++_sequence;
        return new UnknownDeliveryIntent(_cabinet.Id, number, at, VendId(number), lines, Pay(number));
    }

    /// <summary>One piece from the slot without a sale.</summary>
    public NonSaleIntent NonSale(DateTimeOffset at, NonSalePurpose purpose, PlannedSlot slot)
    {
        var number = ++_sequence;
        var product = slot.Product;
        var line = new NonSaleLine(slot.Name, product.Sku, product.Name, 1, product.UnitPriceFen);
        return new NonSaleIntent(_cabinet.Id, number, at, VendId(number), purpose, [line]);
    }

    /// <summary>A refund that was decided when its sale was made.</summary>
    public RefundIntent Refund(PlannedRefund refund)
    {
        var number = ++_sequence;
        return new RefundIntent(_cabinet.Id, number, refund.AtUtc,
            $"R{_mark}-{number:0000000}", refund.Of, refund.AmountFen);
    }

    private string VendId(long number) => $"V{_mark}-{number:0000000}";

    private Payment Pay(long number)
    {
        var roll = _chance.Below(100);
        var method = roll < 58 ? PaymentMethod.WeChat
            : roll < 88 ? PaymentMethod.Alipay
            : roll < 94 ? PaymentMethod.UnionPay
            : roll < 97 ? PaymentMethod.Cash
            : roll < 99 ? PaymentMethod.Card
            : PaymentMethod.Other;
        var transaction = method is PaymentMethod.Cash or PaymentMethod.Other
            ? ""
            : $"42{_chance.NextBits():00000000000000000000}";
        return new Payment(method, $"M{_mark}-{number:0000000}", transaction);
    }
}
