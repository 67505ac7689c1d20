namespace KioskFleet.Service.Policies;

/// <summary>Every limit of the policies' interface, named in one place.</summary>
internal static class PolicyLimits
{
    /// <summary>Largest request, in bytes.</summary>
    public const int MaxRequestBytes = 64 * 1024;

    /// <summary>Most versions of policies, shipped ones included: the book is held in memory.</summary>
    public const int MaxPolicies = 10_000;

    /// <summary>Longest reason of an end, in characters.</summary>
    public const int MaxReasonLength = 500;
}
