namespace KioskFleet.Simulators.CityLoad;

/// <summary>A refund that will be given.</summary>
/// <param name="AtUtc">When, UTC.</param>
/// <param name="Order">Keeps refunds of one moment in the order in which they were decided.</param>
/// <param name="Of">What it reverses.</param>
/// <param name="AmountFen">How much in fen, above zero.</param>
/// <param name="Payment">What the provider knows of the sale's payment; null when no provider had a part in it.</param>
internal sealed record PlannedRefund(
    DateTimeOffset AtUtc, int Order, RefundedLine Of, long AmountFen, BillEntry? Payment);

/// <summary>
/// Decides, at the moment of a sale, whether and when money will go back: the whole order or a part of one line, on
/// the same day or days later, always before the load ends. Not thread-safe.
/// </summary>
internal sealed class RefundChooser
{
    private const int RefundBasisPoints = 200;

    private readonly Chance _chance;
    private readonly DateTimeOffset _endUtc;
    private int _order;

    /// <summary>A chooser for one cabinet.</summary>
    public RefundChooser(Chance chance, DateTimeOffset endUtc)
    {
        _chance = chance;
        _endUtc = endUtc;
    }

    /// <summary>The refunds of the sale; mostly none.</summary>
    public IReadOnlyList<PlannedRefund> Choose(SaleIntent sale)
    {
        if (!_chance.Hits(RefundBasisPoints))
        {
            return [];
        }

        var at = _chance.Hits(6_000)
            ? sale.AtUtc.AddSeconds(_chance.Between(60, 5_400))
            : sale.AtUtc.AddSeconds(_chance.Between(86_400, 4 * 86_400));
        if (at >= _endUtc)
        {
            return [];
        }

        if (_chance.Hits(6_000))
        {
            return Whole(sale, at);
        }

        var index = _chance.Below(sale.Lines.Count);
        var half = sale.Lines[index].PaidFen / 2;
        if (half == 0)
        {
            return [];
        }

        // In two steps now and then: a line may be refunded more than once.
        var first = Refund(sale, index, at, half);
        return _chance.Hits(2_000) && at.AddSeconds(90) < _endUtc
            ? [first, Refund(sale, index, at.AddSeconds(90), sale.Lines[index].PaidFen - half)]
            : [first];
    }

    /// <summary>Refunds of every line of a sale at one moment.</summary>
    public IReadOnlyList<PlannedRefund> Whole(SaleIntent sale, DateTimeOffset at) =>
    [
        .. sale.Lines.Index()
            .Where(static line => line.Item.PaidFen > 0)
            .Select(line => Refund(sale, line.Index, at, line.Item.PaidFen)),
    ];

    private PlannedRefund Refund(SaleIntent sale, int index, DateTimeOffset at, long fen) => new(
        at, _order++, new RefundedLine(sale.VendId, sale.AtUtc, index, sale.Lines[index].Sku), fen,
        sale.Bill is [var payment] ? payment : null);
}
