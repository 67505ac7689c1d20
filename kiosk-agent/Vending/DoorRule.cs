using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Configs;

namespace KioskFleet.Agent.Vending;

/// <summary>What is known of the goods behind a door.</summary>
/// <param name="IsKnown">False when the plan has doors and not this one.</param>
/// <param name="Share">What the gate is asked; null before the first config.</param>
/// <param name="Reserve">What is kept in reserve while the door is open; nothing where nothing can be told.</param>
/// <param name="NeedsVend">True where goods come out piece by piece, so that each can be asked for.</param>
internal sealed record DoorGoods(
    bool IsKnown, ShareQuestion? Share, IReadOnlyList<VendLine> Reserve, bool NeedsVend = false);

/// <summary>
/// What opening a door means for the share. Whoever opens it may take whatever is behind it: a compartment that holds
/// only ordinary goods stays shut once its dearest piece no longer fits, and keeps that much in reserve; behind a door
/// with mixed or unknown goods nothing can be refused, so it opens with a warning. A session that names no door may
/// open each of them, the ordinary ones too. Goods that are blocked for quality keep their door shut until they are
/// taken out. Pure.
/// </summary>
internal static class DoorRule
{
    /// <summary>Looks behind a door.</summary>
    /// <param name="view">The rule and the figures; null before the first config.</param>
    /// <param name="plan">The plan; null when there is none.</param>
    /// <param name="door">The door; empty when the caller names none.</param>
    /// <param name="stockOf">Pieces left in a slot.</param>
    public static DoorGoods Of(ShareView? view, CabinetPlan? plan, string door, Func<PlanSlot, int> stockOf)
    {
        var kind = view?.Applied.Config.Kind;
        var hasDoors = plan is not null && plan.HasDoors && kind != CabinetKind.OpenDoor;
        if (hasDoors && door.Length > 0 && !plan!.HasDoor(door))
        {
            return new DoorGoods(false, null, []);
        }

        if (view is null)
        {
            return new DoorGoods(true, null, []);
        }

        bool IsOrdinary(PlanSlot slot) =>
            view.ClassOf(slot.Sku).Class != GateClass.Aid && !view.IsExempt(slot.Sku);
        var slots = (plan?.Slots ?? []).Where(slot => !hasDoors || door.Length == 0 || slot.Door == door)
            .Where(slot => stockOf(slot) > 0).ToList();
        var blocked = slots.Find(slot => view.ClassOf(slot.Sku).IsBlocked)?.Sku;
        var kept = hasDoors && kind == CabinetKind.OpenDoorCompartments
            ? slots.GroupBy(slot => slot.Door).Where(group => group.All(IsOrdinary)).SelectMany(group => group).ToList()
            : [];
        if (kept.Count > 0)
        {
            var dearest = kept.Max(slot => slot.PriceFen);
            return new DoorGoods(true, new ShareQuestion(view, new Basket(0, dearest, 0, blocked), CanRefuse: true),
                [new VendLine("", "", 1, dearest)]);
        }

        // Without a plan one fen stands for whatever is inside.
        var cheapest = plan is null ? 1 : slots.Where(IsOrdinary).Select(slot => slot.PriceFen).DefaultIfEmpty().Min();
        return new DoorGoods(
            true, new ShareQuestion(view, new Basket(0, cheapest, 0, blocked), CanRefuse: false), [],
            kind is CabinetKind.Slot or CabinetKind.Locker);
    }
}
