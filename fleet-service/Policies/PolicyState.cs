using KioskFleet.Service.Places;

namespace KioskFleet.Service.Policies;

/// <summary>Where one version of a policy stands on a business day. It follows from its days alone.</summary>
internal enum PolicyState
{
    /// <summary>Its first day is yet to come.</summary>
    Scheduled,

    /// <summary>It is in force.</summary>
    InForce,

    /// <summary>It was in force.</summary>
    Ended,

    /// <summary>It was taken back before its first day: it never was in force.</summary>
    Withdrawn,
}

/// <summary>The states of a policy version and the changes that people may make. Pure.</summary>
internal static class PolicyStates
{
    /// <summary>The state on a day.</summary>
    public static PolicyState On(Policy policy, DateOnly day) => policy switch
    {
        { From: { } from, To: { } to } when to <= from => PolicyState.Withdrawn,
        { To: { } to } when to <= day => PolicyState.Ended,
        { From: { } from } when from > day => PolicyState.Scheduled,
        _ => PolicyState.InForce,
    };

    /// <summary>What a person may make of it: what is over stays as it was.</summary>
    public static IReadOnlyList<PolicyState> AllowedFrom(PolicyState state) => state switch
    {
        PolicyState.Scheduled => [PolicyState.Withdrawn, PolicyState.Ended],
        PolicyState.InForce => [PolicyState.Ended],
        _ => [],
    };
}
