using System.Collections.Immutable;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Policies;

/// <summary>Whose policy is asked for.</summary>
/// <param name="CabinetId">The cabinet, or the venue of another kind.</param>
/// <param name="OperatorId">Its operator.</param>
/// <param name="CountyCode">Its county.</param>
internal readonly record struct PolicySubject(string CabinetId, string OperatorId, string CountyCode);

/// <summary>All policies at one moment, shipped and made. Immutable; thread-safe.</summary>
internal sealed class PolicyBook
{
    /// <summary>The venue kind of every cabinet.</summary>
    public const string CabinetVenue = "cabinet";

    /// <summary>Holds the policies.</summary>
    public PolicyBook(IEnumerable<Policy> all) => All = [.. all];

    /// <summary>All policies; among equally specific ones the earlier wins.</summary>
    public ImmutableArray<Policy> All { get; }

    /// <summary>
    /// The most specific policy of a venue kind in force on a day: cabinet before operator before county before city.
    /// Null when none is.
    /// </summary>
    public Policy? For(string venueKind, PolicySubject subject, DateOnly day)
    {
        Policy? chosen = null;
        foreach (var policy in All)
        {
            if (policy.VenueKind == venueKind && policy.InForceOn(day) && IsFor(policy.Scope, subject)
                && (chosen is null || policy.Scope.Kind > chosen.Scope.Kind))
            {
                chosen = policy;
            }
        }

        return chosen;
    }

    /// <summary>The policy of a cabinet.</summary>
    public Policy? ForCabinet(PolicySubject subject, DateOnly day) => For(CabinetVenue, subject, day);

    private static bool IsFor(PolicyScope scope, PolicySubject subject) => scope.Kind switch
    {
        ScopeKind.City => true,
        ScopeKind.County => scope.Id == subject.CountyCode,
        ScopeKind.Operator => scope.Id == subject.OperatorId,
        ScopeKind.Cabinet => scope.Id == subject.CabinetId,
        _ => throw new ArgumentOutOfRangeException(nameof(scope), scope.Kind, "is no kind of scope."),
    };
}

/// <summary>The policies in force now. A change replaces the book as a whole. Thread-safe.</summary>
internal sealed class CurrentPolicies(PolicyBook first)
{
    private PolicyBook _book = first;

    /// <summary>The newest book. Take it once and judge everything that belongs together by it.</summary>
    public PolicyBook Book => Volatile.Read(ref _book);

    /// <summary>Puts a newer book in force.</summary>
    public void Replace(PolicyBook next) => Volatile.Write(ref _book, next);
}
