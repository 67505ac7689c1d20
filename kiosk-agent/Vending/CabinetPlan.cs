#pragma warning disable CA1822
namespace KioskFleet.Agent.Vending;

/// <summary>A slot of the cabinet's plan.</summary>
internal sealed record PlanSlot(string Slot, string Sku, string Name, long PriceFen, int Capacity, int Stock);

/// <summary>shape</summary>
internal sealed record CabinetPlan(IReadOnlyList<PlanSlot> Slots, long StockAsOfWallUtcMs)
{
    public static CabinetPlan? Load(string path, out IReadOnlyList<string> problems) => throw null!;
}
