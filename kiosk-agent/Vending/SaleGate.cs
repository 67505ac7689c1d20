namespace KioskFleet.Agent.Vending;

/// <summary>Everything the gate looks at.</summary>
/// <param name="Slot">The slot asked for; null for an open-door session.</param>
/// <param name="Plan">The plan; null when the cabinet has none: then no slot is unknown.</param>
/// <param name="IsStopped">True when the cabinet was stopped.</param>
/// <param name="HasRoom">True when the disk has room for one more outcome.</param>
/// <param name="OpenVends">Approved vends and sessions without an outcome.</param>
/// <param name="MaxOpenVends">Most of these.</param>
internal readonly record struct GateQuestion(
    string? Slot, CabinetPlan? Plan, bool IsStopped, bool HasRoom, int OpenVends, int MaxOpenVends);

/// <summary>What the gate says.</summary>
/// <param name="Denial">Null when approved.</param>
/// <param name="HeadroomFen">
/// Ordinary product that may still be sold, in fen. Null: no rule sets one; without a config from the service the
/// gate only observes the share.
/// </param>
internal readonly record struct GateDecision(DenialReason? Denial, long? HeadroomFen);

/// <summary>
/// Decides whether a vend may begin. Pure: only a request can be denied, and only by this; what was delivered is always
/// recorded. The reasons are asked in a fixed order, those first that no customer's choice can change.
/// </summary>
internal static class SaleGate
{
    /// <summary>Decides.</summary>
    public static GateDecision Decide(in GateQuestion question) => new(
        question.IsStopped ? DenialReason.CabinetStopped
        : !question.HasRoom ? DenialReason.DiskFull
        : question.OpenVends >= question.MaxOpenVends ? DenialReason.TooManyOpenVends
        : question.Slot is { } slot && question.Plan is { } plan && plan.Find(slot) is null ? DenialReason.UnknownSlot
        : null,
        null);
}
