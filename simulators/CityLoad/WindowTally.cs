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

    /// <summary>Adds an amount in fen; negative for a refund.</summary>
    public void Add(bool isAid, long fen)
    {
        AidFen += isAid ? fen : 0;
        TotalFen += fen;
    }
}
