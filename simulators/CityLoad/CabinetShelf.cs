using KioskFleet.Protocol.Entries;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>Chooses what a customer takes out of one cabinet. Not thread-safe.</summary>
internal sealed class CabinetShelf
{
    /// <summary>The most pieces of one line.</summary>
    public const int MaxQuantity = 10;

    /// <summary>The most lines of one sale.</summary>
    public const int MaxLines = 10;

    private readonly Chance _chance;
    private readonly IReadOnlyList<PlannedSlot> _slots;
    private DateOnly _day;
    private PlannedSlot[] _aid = [];
    private PlannedSlot[] _other = [];

    /// <summary>A shelf of the given slots.</summary>
    public CabinetShelf(IReadOnlyList<PlannedSlot> slots, Chance chance)
    {
        _slots = slots;
        _chance = chance;
    }

    /// <summary>Sets the business day on which the next choices are made.</summary>
    public void Open(DateOnly day)
    {
        if (day != _day)
        {
            _day = day;
            _aid = [.. _slots.Where(slot => slot.Product.IsSoldOn(day) && slot.Product.IsAidOn(day))];
            _other = [.. _slots.Where(slot => slot.Product.IsSoldOn(day) && !slot.Product.IsAidOn(day))];
        }
    }

    /// <summary>True when the slot's product is an aid product today.</summary>
    public bool IsAid(string sku) => _aid.Any(slot => slot.Product.Sku == sku);

    /// <summary>A slot with a product of the wanted class.</summary>
    public PlannedSlot Pick(bool aid) => _chance.Pick(aid ? _aid : _other);

    /// <summary>
    /// The next line of a sale that is to bring in the given amount of one class: at most ten pieces of one product,
    /// the last piece at a discount when <paramref name="exact"/>, else rounded up to whole pieces.
    /// </summary>
    public SaleLine LineToward(bool aid, long missingFen, bool exact)
    {
        var slot = Pick(aid);
        var price = slot.Product.UnitPriceFen;
        var quantity = (int)Math.Min((missingFen + price - 1) / price, MaxQuantity);
        var full = price * quantity;
        return slot.Line(quantity, exact ? Math.Min(full, missingFen) : full);
    }
}
