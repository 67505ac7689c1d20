namespace KioskFleet.Service.Compliance;

/// <summary>Reads a window's sales with what payment bills prove of them. Thread-safe.</summary>
internal sealed class ProvenSales(StandingsStore store, IBilledFigures bills)
{
    /// <summary>Reads whole days, of one cabinet or of all.</summary>
    public WindowSales Read(JudgingWindow window, string? cabinetId = null)
    {
        var sales = store.Read(window, cabinetId);
        return bills.Of(window, cabinetId) is { } billed
            ? sales with { Proof = FiguresProof.Of(sales.Assignments, billed) }
            : sales;
    }

    /// <summary>Reads sales that are a part of what somebody makes of them: no bill proves that.</summary>
    public WindowSales ReadUnproven(JudgingWindow window, string? cabinetId = null) => store.Read(window, cabinetId);
}
