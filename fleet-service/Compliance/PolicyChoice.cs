using KioskFleet.Service.Places;

namespace KioskFleet.Service.Compliance;

/// <summary>Whose policy is asked for.</summary>
internal readonly record struct PolicySubject(string CabinetId, string OperatorId, string CountyCode);

/// <summary>Finds the policy for a cabinet. Pure.</summary>
internal static class PolicyChoice
{
    /// <summary>The venue kind of every cabinet.</summary>
    public const string CabinetVenue = "cabinet";

    /// <summary>
    /// The most specific policy in force on a day (cabinet before operator before county before city; among equals
    /// the one first in the data set), or null when none is.
    /// </summary>
    public static Policy? For(PlacesDataSet places, PolicySubject subject, DateOnly day)
    {
        Policy? chosen = null;
        foreach (var policy in places.Policies)
        {
            if (policy.VenueKind == CabinetVenue && policy.InForceOn(day) && IsFor(policy.Scope, subject)
                && (chosen is null || policy.Scope.Kind > chosen.Scope.Kind))
            {
                chosen = policy;
            }
        }

        return chosen;
    }

    private static bool IsFor(PolicyScope scope, PolicySubject subject) => scope.Kind switch
    {
        ScopeKind.City => true,
        ScopeKind.County => scope.Id == subject.CountyCode,
        ScopeKind.Operator => scope.Id == subject.OperatorId,
        ScopeKind.Cabinet => scope.Id == subject.CabinetId,
        _ => throw new ArgumentOutOfRangeException(nameof(scope), scope.Kind, "is no kind of scope."),
    };
}
