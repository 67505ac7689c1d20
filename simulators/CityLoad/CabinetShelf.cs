using KioskFleet.Protocol.Entries;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>What a product is on a day.</summary>
internal enum ShelfClass
{
    /// <summary>An aid product.</summary>
    Aid,

    /// <summary>A mapped product that is none.</summary>
    Ordinary,

    /// <summary>A product whose SKU nobody mapped.</summary>
    Unmapped,
}

/// <summary>Chooses what a customer takes out of one cabinet. Not thread-safe.</summary>
internal sealed class CabinetShelf
{
    /// <summary>The most pieces of one line, but for what is bought for many.</summary>
    public const int MaxQuantity = 5;

    /// <summary>The most pieces of one product that a customer buys for many.</summary>
    public const int MaxBulkQuantity = 20;

    /// <summary>The most lines of one sale.</summary>
    public const int MaxLines = 5;

    private readonly Chance _chance;
    private readonly PlannedCabinet _cabinet;
    private DateOnly _day;
    private PlannedSlot[] _aid = [];
    private PlannedSlot[] _ordinary = [];
    private PlannedSlot[] _unmapped = [];

    /// <summary>A cabinet's shelf.</summary>
    public CabinetShelf(PlannedCabinet cabinet, Chance chance)
    {
        _cabinet = cabinet;
        _chance = chance;
    }

    /// <summary>True when it holds a product that nobody mapped.</summary>
    public bool HasUnmapped => _unmapped.Length > 0;

    /// <summary>The slots with an aid product today.</summary>
    public IReadOnlyList<PlannedSlot> Aid => _aid;

    /// <summary>Sets the business day on which the next choices are made.</summary>
    public void Open(DateOnly day)
    {
        if (day != _day)
        {
            _day = day;
            var sold = _cabinet.Slots.Where(slot => slot.Product.IsSoldOn(day))
                .ToLookup(slot => slot.Product.Recognition is null ? ShelfClass.Unmapped
                    : slot.Product.IsAidOn(day) ? ShelfClass.Aid
                    : ShelfClass.Ordinary);
            _aid = [.. sold[ShelfClass.Aid]];
            _ordinary = [.. sold[ShelfClass.Ordinary]];
            _unmapped = [.. sold[ShelfClass.Unmapped]];
        }
    }

    /// <summary>What a product is today.</summary>
    public ShelfClass ClassOf(string sku) =>
        _aid.Any(slot => slot.Product.Sku == sku) ? ShelfClass.Aid
        : _unmapped.Any(slot => slot.Product.Sku == sku) ? ShelfClass.Unmapped
        : ShelfClass.Ordinary;

    /// <summary>A slot with a product of the wanted class; there must be one.</summary>
    public PlannedSlot Pick(ShelfClass wanted) => _chance.Pick(wanted switch
    {
        ShelfClass.Aid => _aid,
        ShelfClass.Ordinary => _ordinary,
        _ => _unmapped,
    });

    /// <summary>A line as the cabinet's sales program tells it, with its claim where it makes any.</summary>
    public SaleLine Line(PlannedSlot slot, int quantity, long paidFen) => slot.Line(quantity, paidFen,
        !_cabinet.ClaimsAid ? AidClaim.None : ClassOf(slot.Product.Sku) switch
        {
            ShelfClass.Aid => AidClaim.Aid,
            ShelfClass.Ordinary => AidClaim.Ordinary,
            _ => AidClaim.None,
        });

    /// <summary>Some pieces of a slot's product at their full price.</summary>
    public SaleLine FullPrice(PlannedSlot slot, int quantity) =>
        Line(slot, quantity, slot.Product.UnitPriceFen * quantity);

    /// <summary>Pieces of a slot's product that bring in an amount, rounded up, at most five.</summary>
    public static int QuantityToward(PlannedSlot slot, long missingFen)
    {
        var price = slot.Product.UnitPriceFen;
        return (int)Math.Clamp((missingFen + price - 1) / price, 1, MaxQuantity);
    }

    /// <summary>
    /// The next line of a sale that is to bring in the given amount of one class: some pieces of one product, the last
    /// piece at a discount when <paramref name="exact"/>, else rounded up to whole pieces.
    /// </summary>
    public SaleLine LineToward(ShelfClass wanted, long missingFen, bool exact)
    {
        var slot = Pick(wanted);
        var line = FullPrice(slot, QuantityToward(slot, missingFen));
        return exact && line.PaidFen > missingFen ? line with { PaidFen = missingFen } : line;
    }
}
