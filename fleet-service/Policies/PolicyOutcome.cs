using KioskFleet.Service.Places;

namespace KioskFleet.Service.Policies;

/// <summary>What became of a wish to change the policies. A closed set.</summary>
internal abstract record PolicyOutcome
{
    private PolicyOutcome()
    {
    }

    /// <summary>The policy is made; others may have ended for it.</summary>
    /// <param name="Policy">The new version.</param>
    /// <param name="Ends">Ends that were set for it, by the same decision.</param>
    public sealed record Made(Policy Policy, IReadOnlyList<PolicyEnd> Ends) : PolicyOutcome;

    /// <summary>The policy ends.</summary>
    /// <param name="Ends">One for each version that the decision reaches.</param>
    public sealed record Ended(IReadOnlyList<PolicyEnd> Ends) : PolicyOutcome;

    /// <summary>The request is not well-formed, or a value is not possible; nothing was changed.</summary>
    public sealed record Invalid(IReadOnlyList<DataSetFinding> Findings) : PolicyOutcome;

    /// <summary>Another policy of the same venue kind and scope is in force on a day that both would have.</summary>
    public sealed record Overlaps(Policy Wanted, Policy Other) : PolicyOutcome;

    /// <summary>There is no policy of this id.</summary>
    public sealed record Unknown(string PolicyId) : PolicyOutcome;

    /// <summary>All versions of the policy are over by then.</summary>
    public sealed record IllegalState(Policy Last, PolicyState State, IReadOnlyList<PolicyState> Allowed)
        : PolicyOutcome;

    /// <summary>The book is full.</summary>
    public sealed record TooMany : PolicyOutcome;
}

/// <summary>The end of one version, decided after its terms were made.</summary>
/// <param name="Policy">The version, with the end it had before.</param>
/// <param name="To">The first business day no longer in force; its first day when it never will be.</param>
internal sealed record PolicyEnd(Policy Policy, DateOnly To);
