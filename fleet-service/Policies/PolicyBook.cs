using System.Collections.Frozen;
using System.Collections.Immutable;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Policies;

/// <summary>Whose policy is asked for.</summary>
/// <param name="CabinetId">The cabinet, or the venue of another kind; empty for all of an operator or county.</param>
/// <param name="OperatorId">Its operator; empty for all of a county.</param>
/// <param name="CountyCode">Its county; empty for all of an operator, or of the city.</param>
internal readonly record struct PolicySubject(string CabinetId, string OperatorId, string CountyCode);

/// <summary>
/// All policies at one moment, shipped and made. They are found by their scope, so that asking for each of 100,000
/// cabinets costs a look-up or two and no walk through all policies. Immutable; thread-safe.
/// </summary>
internal sealed class PolicyBook
{
    /// <summary>The venue kind of every cabinet.</summary>
    public const string CabinetVenue = "cabinet";

    private readonly FrozenDictionary<string, ByScope> _byVenueKind;

    /// <summary>Holds the policies.</summary>
    /// <param name="all">All policies, those no longer or not yet in force included.</param>
    /// <param name="revision">Raised with each change; a book never gives way to one of a lower revision.</param>
    public PolicyBook(IEnumerable<Policy> all, long revision = 0)
    {
        All = [.. all];
        Revision = revision;
        _byVenueKind = All.GroupBy(p => p.VenueKind, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => new ByScope([.. g]), StringComparer.Ordinal);
    }

    /// <summary>All policies; among equally specific ones the earlier wins.</summary>
    public ImmutableArray<Policy> All { get; }

    /// <summary>Which state of the policies this is.</summary>
    public long Revision { get; }

    /// <summary>
    /// The most specific policy of a venue kind in force on a day: cabinet before operator before county before city.
    /// Null when none is. Allocates nothing.
    /// </summary>
    public Policy? For(string venueKind, in PolicySubject subject, DateOnly day) =>
        _byVenueKind.TryGetValue(venueKind, out var scopes) ? scopes.For(subject, day) : null;

    /// <summary>The policy of a cabinet.</summary>
    public Policy? ForCabinet(in PolicySubject subject, DateOnly day) => For(CabinetVenue, subject, day);

    /// <summary>Every policy in force for a subject on a day, the one that wins first.</summary>
    public IEnumerable<Policy> AllFor(string venueKind, PolicySubject subject, DateOnly day) => All
        .Where(p => p.VenueKind == venueKind && p.InForceOn(day) && IsFor(p.Scope, subject))
        .OrderByDescending(p => p.Scope.Kind);

    /// <summary>True when the scope holds the subject.</summary>
    public static bool IsFor(PolicyScope scope, PolicySubject subject) => scope.Kind switch
    {
        ScopeKind.City => true,
        ScopeKind.County => scope.Id == subject.CountyCode,
        ScopeKind.Operator => scope.Id == subject.OperatorId,
        ScopeKind.Cabinet => scope.Id == subject.CabinetId,
        _ => throw new ArgumentOutOfRangeException(nameof(scope), scope.Kind, "is no kind of scope."),
    };

    /// <summary>The policies of one venue kind by their scope.</summary>
    private sealed class ByScope(IReadOnlyList<Policy> policies)
    {
        private readonly Policy[] _city = [.. policies.Where(p => p.Scope.Kind == ScopeKind.City)];
        private readonly FrozenDictionary<string, Policy[]> _counties = Of(policies, ScopeKind.County);
        private readonly FrozenDictionary<string, Policy[]> _operators = Of(policies, ScopeKind.Operator);
        private readonly FrozenDictionary<string, Policy[]> _cabinets = Of(policies, ScopeKind.Cabinet);

        public Policy? For(in PolicySubject subject, DateOnly day) =>
            InForce(_cabinets, subject.CabinetId, day) ?? InForce(_operators, subject.OperatorId, day)
            ?? InForce(_counties, subject.CountyCode, day) ?? InForce(_city, day);

        private static Policy? InForce(FrozenDictionary<string, Policy[]> scopes, string id, DateOnly day) =>
            scopes.Count > 0 && scopes.TryGetValue(id, out var policies) ? InForce(policies, day) : null;

        private static Policy? InForce(Policy[] policies, DateOnly day)
        {
            foreach (var policy in policies)
            {
                if (policy.InForceOn(day))
                {
                    return policy;
                }
            }

            return null;
        }

        private static FrozenDictionary<string, Policy[]> Of(IEnumerable<Policy> policies, ScopeKind kind) => policies
            .Where(p => p.Scope.Kind == kind)
            .GroupBy(p => p.Scope.Id, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
    }
}

/// <summary>The policies in force now. A change replaces the book as a whole. Thread-safe.</summary>
internal sealed class CurrentPolicies(PolicyBook first)
{
    private PolicyBook _book = first;

    /// <summary>The newest book. Take it once and judge everything that belongs together by it.</summary>
    public PolicyBook Book => Volatile.Read(ref _book);

    /// <summary>Puts a newer book in force; one of a lower revision than the present changes nothing.</summary>
    public void Replace(PolicyBook next)
    {
        var seen = Volatile.Read(ref _book);
        while (next.Revision >= seen.Revision)
        {
            var found = Interlocked.CompareExchange(ref _book, next, seen);
            if (ReferenceEquals(found, seen))
            {
                return;
            }

            seen = found;
        }
    }
}
