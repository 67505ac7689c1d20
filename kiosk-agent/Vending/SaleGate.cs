using KioskFleet.Agent.Gate;
using KioskFleet.Protocol.Configs;

namespace KioskFleet.Agent.Vending;

/// <summary>What the gate is asked about the share.</summary>
/// <param name="View">The rule and the figures, open approvals reserved already.</param>
/// <param name="Basket">What would be sold.</param>
/// <param name="CanRefuse">False for a door behind which the goods cannot be told apart: there it only warns.</param>
internal sealed record ShareQuestion(ShareView View, Basket Basket, bool CanRefuse);

/// <summary>Everything the gate looks at.</summary>
/// <param name="Slots">The slots asked for; none for an open-door session.</param>
/// <param name="Plan">The plan; null when the cabinet has none: then no slot is unknown.</param>
/// <param name="IsStopped">True when the cabinet was stopped.</param>
/// <param name="HasRoom">True when the disk has room for one more outcome.</param>
/// <param name="OpenVends">Approved vends and sessions without an outcome.</param>
/// <param name="MaxOpenVends">Most of these.</param>
internal readonly record struct GateQuestion(
    IReadOnlyList<string> Slots, CabinetPlan? Plan, bool IsStopped, bool HasRoom, int OpenVends, int MaxOpenVends)
{
    /// <summary>False when a session names a door that the plan does not have.</summary>
    public bool IsKnownDoor { get; init; } = true;

    /// <summary>True for a session where goods come out piece by piece: restrict asks for a vend instead.</summary>
    public bool NeedsVend { get; init; }

    /// <summary>True while the rule that restricted the cabinet is lost: nobody knows what is aid.</summary>
    public bool WaitsForRule { get; init; }

    /// <summary>The share; null while there is no config: then nothing is asked about it.</summary>
    public ShareQuestion? Share { get; init; }
}

/// <summary>What the gate says.</summary>
/// <param name="Denial">Null when approved.</param>
/// <param name="HeadroomFen">
/// Ordinary product that may still be sold, in fen, allowance included; when approved, with this one sold. Null: no
/// rule sets one.
/// </param>
/// <param name="Warning">What a screen is warned of; null when nothing is.</param>
internal readonly record struct GateDecision(DenialReason? Denial, long? HeadroomFen, ShareWarning? Warning = null);

/// <summary>
/// Decides whether a vend may begin. Pure: only a request can be denied, and only by this; what was delivered is always
/// recorded. The reasons are asked in a fixed order, those first that no customer's choice can change.
/// </summary>
internal static class SaleGate
{
    /// <summary>Decides.</summary>
    public static GateDecision Decide(in GateQuestion question)
    {
        var denial = question.IsStopped ? DenialReason.CabinetStopped
            : !question.HasRoom ? DenialReason.DiskFull
            : question.OpenVends >= question.MaxOpenVends ? DenialReason.TooManyOpenVends
            : !IsKnown(question.Slots, question.Plan) ? DenialReason.UnknownSlot
            : !question.IsKnownDoor ? DenialReason.UnknownDoor
            : question.WaitsForRule ? DenialReason.RuleLost
            : (DenialReason?)null;
        return question.Share is not { } share ? new GateDecision(denial, null)
            : denial is null && question.NeedsVend && share.View.Mode == GateMode.Restrict
                ? new GateDecision(DenialReason.VendNeeded, share.View.RoomFen)
            : denial is null ? Judge(share)
            : new GateDecision(denial, share.View.RoomFen);
    }

    /// <summary>
    /// True when the basket may be sold: it costs no margin, or every window to keep has it. A basket costs its net
    /// effect; but in a window that lives on its allowance and in which aid did not fall that an approval had counted
    /// on, it costs what it does when its aid does not fall either: one delivery in part is never repeated. Aid
    /// products alone never cost margin.
    /// </summary>
    public static bool Fits(ShareView view, Basket basket) => view.Windows.All(window =>
    {
        var effect = window.MissesAid && window.BareMargin < 0
            ? basket.WorstAt(window.ThresholdBasisPoints)
            : basket.EffectAt(window.ThresholdBasisPoints);
        return effect >= 0 || window.Margin + effect >= 0;
    });

    private static GateDecision Judge(ShareQuestion share)
    {
        var (view, basket) = (share.View, share.Basket);
        if (basket.BlockedSku is not null)
        {
            return new GateDecision(DenialReason.ProductBlocked, view.RoomFen);
        }

        var fits = Fits(view, basket);
        if (!fits && view.Mode == GateMode.Restrict && share.CanRefuse)
        {
            return new GateDecision(DenialReason.OrdinaryLimit, view.RoomFen);
        }

        var left = view.Reserving(basket).RoomFen;
        ShareWarning? warning = view.Mode == GateMode.Observe ? null
            : !fits ? ShareWarning.BeyondLimit
            : IsNear(view, basket) ? ShareWarning.NearLimit
            : null;
        return new GateDecision(null, left, warning);
    }

    /// <summary>True when the basket costs margin and leaves the share within the policy's warning margin.</summary>
    private static bool IsNear(ShareView view, Basket basket) => view.Windows.Any(window =>
        basket.EffectAt(window.WarningBasisPoints) is var effect && effect < 0 && window.WarningMargin + effect < 0);

    private static bool IsKnown(IReadOnlyList<string> slots, CabinetPlan? plan) =>
        plan is null || slots.All(slot => plan.Find(slot) is not null);
}
