using KioskFleet.Protocol;
using KioskFleet.Protocol.Configs;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Enforcement;

/// <summary>The policy of a cabinet as its gate needs it: also what is known of the time to come. Pure.</summary>
/// <param name="Policy">The policy in force today; null when none is.</param>
/// <param name="Gate">The same for the gate.</param>
internal sealed record PolicyTerms(Policy? Policy, GatePolicy Gate)
{
    private const string NoPolicyWindow = "month";

    /// <summary>The enforcement terms; without a policy the gate only observes.</summary>
    public EnforcementTerms Enforcement => Policy?.Enforcement ?? new EnforcementTerms(PolicyMode.Observe, 0, 0, 0);

    /// <summary>The policy of a cabinet.</summary>
    /// <param name="book">All policies.</param>
    /// <param name="subject">The cabinet.</param>
    /// <param name="zoneOffsetMinutes">The zone of business days.</param>
    /// <param name="today">The present business day.</param>
    public static PolicyTerms Of(PolicyBook book, PolicySubject subject, int zoneOffsetMinutes, DateOnly today)
    {
        var policy = book.ForCabinet(subject, today);
        return policy is null
            ? new PolicyTerms(null, new GatePolicy("", 0, NoPolicyWindow, zoneOffsetMinutes, [], 0, 0, 0))
            : new PolicyTerms(policy, new GatePolicy(policy.Id, (uint)policy.Version, policy.Window, zoneOffsetMinutes,
                Thresholds(book, subject, policy, today), policy.OpeningAllowance.Fen,
                policy.OpeningAllowance.BasisPointsOfPreviousWindow, policy.WarningMarginBasisPoints));
    }

    /// <summary>
    /// The opening allowance of one of several cabinets that are judged together, for windows that it opens while
    /// offline: parts that never add up to more than the group's own, which is the larger of amount and turnover part.
    /// </summary>
    public GatePolicy ForMemberOf(int cabinets) => Gate.AllowanceBasisPoints > 0
        ? Gate with { AllowanceFen = 0 }
        : Gate with { AllowanceFen = Gate.AllowanceFen / Math.Max(1, cabinets) };

    /// <summary>
    /// The least share from today on, also by policies that follow, as long as these judge by the same windows: an
    /// offline cabinet then keeps what comes into force meanwhile.
    /// </summary>
    private static List<GateThreshold> Thresholds(
        PolicyBook book, PolicySubject subject, Policy policy, DateOnly today)
    {
        var thresholds = new List<GateThreshold> { new(DateOnly.MinValue, policy.ThresholdOn(today)) };
        var changes = book.All
            .SelectMany(p => p.Threshold.Steps.Select(step => (DateOnly?)step.From).Append(p.From).Append(p.To))
            .Where(day => day > today).Select(day => day!.Value).Distinct().Order();
        foreach (var day in changes)
        {
            var then = book.ForCabinet(subject, day);
            if (then is not null && then.Window != policy.Window)
            {
                break;
            }

            var share = then?.ThresholdOn(day) ?? 0;
            if (share != thresholds[^1].BasisPoints && thresholds.Count < Limits.MaxConfigThresholds)
            {
                thresholds.Add(new GateThreshold(day, share));
            }
        }

        return thresholds;
    }
}
