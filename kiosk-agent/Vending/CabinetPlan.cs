using System.Text.Json;
using KioskFleet.Protocol;

namespace KioskFleet.Agent.Vending;

/// <summary>A slot of the cabinet's plan.</summary>
/// <param name="Slot">The slot, at most 16 UTF-8 bytes.</param>
/// <param name="Sku">What it holds, at most 64 UTF-8 bytes.</param>
/// <param name="Name">Name as shown.</param>
/// <param name="PriceFen">Price of one piece, in fen.</param>
/// <param name="Capacity">Pieces it can hold.</param>
/// <param name="Stock">Pieces that were in it when the plan's stock was counted.</param>
/// <param name="Door">The door it lies behind, at most 16 UTF-8 bytes; empty when the cabinet has one or none.</param>
internal sealed record PlanSlot(
    string Slot, string Sku, string Name, long PriceFen, int Capacity, int Stock, string Door = "");

/// <summary>
/// What the cabinet should hold. A JSON file: <c>{"stockAsOf": "2020-09-30T08:00:00+08:00", "slots": [{"slot": "A1",
/// "sku": "…", "name": "…", "priceFen": 500, "capacity": 10, "stock": 8, "door": "left"}]}</c>; name and door may be
/// missing. Immutable.
/// </summary>
/// <param name="Slots">The slots; each name once.</param>
/// <param name="StockAsOfWallUtcMs">
/// When the stock was counted, by the cabinet's wall clock, Unix milliseconds UTC; what left since is subtracted.
/// </param>
internal sealed record CabinetPlan(IReadOnlyList<PlanSlot> Slots, long StockAsOfWallUtcMs)
{
    /// <summary>Most slots of a cabinet.</summary>
    public const int MaxSlots = 1_000;

    /// <summary>Most pieces in a slot.</summary>
    public const int MaxPieces = 10_000;

    /// <summary>The slot of that name; null when there is none.</summary>
    public PlanSlot? Find(string slot) => Slots.FirstOrDefault(s => s.Slot == slot);

    /// <summary>True when some slot says which door it lies behind.</summary>
    public bool HasDoors => Slots.Any(s => s.Door.Length > 0);

    /// <summary>True when a slot lies behind the door.</summary>
    public bool HasDoor(string door) => Slots.Any(s => s.Door == door);

    /// <summary>True when some slot is planned to hold the SKU.</summary>
    public bool HasSku(string sku) => Slots.Any(s => s.Sku == sku);

    /// <summary>Reads a plan file; null with the problems, each naming the field, when it is not one.</summary>
    public static CabinetPlan? Load(string path, out IReadOnlyList<string> problems)
    {
        try
        {
            return Parse(File.ReadAllBytes(path), out problems);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problems = [$"The plan file '{path}' cannot be read: {error.Message}"];
            return null;
        }
    }

    /// <summary>Reads a plan from UTF-8 JSON.</summary>
    public static CabinetPlan? Parse(ReadOnlyMemory<byte> json, out IReadOnlyList<string> problems)
    {
        var found = new List<string>();
        problems = found;
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var asOf = root.TryGetProperty("stockAsOf", out var stated) ? stated.GetDateTimeOffset() : default;
            var slots = root.GetProperty("slots").EnumerateArray().Select(ReadSlot).ToList();
            Check(slots, found);
            return found.Count == 0 ? new CabinetPlan(slots, asOf.ToUnixTimeMilliseconds()) : null;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or FormatException
            or InvalidOperationException)
        {
            found.Add($"The plan is not readable: {error.Message}");
            return null;
        }
    }

    private static PlanSlot ReadSlot(JsonElement slot) => new(
        slot.GetProperty("slot").GetString() ?? "", slot.GetProperty("sku").GetString() ?? "",
        slot.TryGetProperty("name", out var name) ? name.GetString() ?? "" : "",
        slot.GetProperty("priceFen").GetInt64(), slot.GetProperty("capacity").GetInt32(),
        slot.GetProperty("stock").GetInt32(), slot.TryGetProperty("door", out var door) ? door.GetString() ?? "" : "");

    private static void Check(List<PlanSlot> slots, List<string> problems)
    {
        if (slots.Count > MaxSlots)
        {
            problems.Add($"slots: {slots.Count} slots, at most {MaxSlots}.");
        }

        var names = new HashSet<string>();
        for (var i = 0; i < slots.Count; i++)
        {
            var slot = slots[i];
            if (InputCheck.Id(slot.Slot, "slot", Limits.MaxSlotBytes) is not null || !names.Add(slot.Slot))
            {
                problems.Add(
                    $"slots[{i}].slot is '{slot.Slot}': it takes 1 to {Limits.MaxSlotBytes} bytes, each name once.");
            }

            if (InputCheck.Id(slot.Sku, "sku", Limits.MaxIdBytes) is not null)
            {
                problems.Add($"slots[{i}].sku is '{slot.Sku}': it takes 1 to {Limits.MaxIdBytes} bytes.");
            }

            if (InputCheck.Door(slot.Door) is not null)
            {
                problems.Add($"slots[{i}].door is '{slot.Door}': it takes up to {Limits.MaxSlotBytes} bytes.");
            }

            if (slot.PriceFen is < 0 or > Limits.MaxLineFen)
            {
                problems.Add($"slots[{i}].priceFen is {slot.PriceFen}: it takes 0 to {Limits.MaxLineFen}.");
            }

            if (slot.Capacity is < 0 or > MaxPieces || slot.Stock < 0 || slot.Stock > slot.Capacity)
            {
                problems.Add(
                    $"slots[{i}].stock is {slot.Stock} of {slot.Capacity}: it takes 0 to capacity, to {MaxPieces}.");
            }
        }
    }
}
