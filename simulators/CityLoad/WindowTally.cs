namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// What the generator steers by: one cabinet's month so far, refunds that are already decided included. It is not the
/// truth, which is counted from what was emitted. Not thread-safe.
/// </summary>
internal sealed class WindowTally
{
    /// <summary>Aid products, net, in fen.</summary>
    public long AidFen { get; private set; }

    /// <summary>Everything, net, in fen.</summary>
    public long TotalFen { get; private set; }

    /// <summary>Products that nobody mapped, net, in fen.</summary>
    public long UnmappedFen { get; private set; }

    /// <summary>Aid products before refunds, in fen.</summary>
    public long GrossAidFen { get; private set; }

    /// <summary>Aid refunds that will be made after the month's end, in fen.</summary>
    public long LateAidRefundFen { get; private set; }

    /// <summary>Pieces sold.</summary>
    public long Pieces { get; private set; }

    /// <summary>Pieces that left without a sale.</summary>
    public long FreePieces { get; private set; }

    /// <summary>Counts a line of a sale.</summary>
    public void Sell(ShelfClass shelfClass, int pieces, long fen)
    {
        Add(shelfClass, fen);
        GrossAidFen += shelfClass == ShelfClass.Aid ? fen : 0;
        Pieces += pieces;
    }

    /// <summary>Counts a refund.</summary>
    public void Refund(ShelfClass shelfClass, long fen, bool late)
    {
        Add(shelfClass, -fen);
        LateAidRefundFen += late && shelfClass == ShelfClass.Aid ? fen : 0;
    }

    /// <summary>Counts a piece that left without a sale.</summary>
    public void Free() => FreePieces++;

    private void Add(ShelfClass shelfClass, long fen)
    {
        AidFen += shelfClass == ShelfClass.Aid ? fen : 0;
        UnmappedFen += shelfClass == ShelfClass.Unmapped ? fen : 0;
        TotalFen += fen;
    }
}
