using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Enforcement;

/// <summary>What a plan is made from, as it stands in memory. Thread-safe.</summary>
internal sealed class EnforcementSources(
    FleetRegister register, CurrentPolicies policies, CurrentCatalogue catalogue, StandingsQuery standings,
    ExemptionStore exemptions, BusinessZone zone)
{
    /// <summary>The zone of business days.</summary>
    public BusinessZone Zone => zone;

    /// <summary>The register.</summary>
    public FleetSnapshot Fleet => register.Current;

    /// <summary>All policies.</summary>
    public PolicyBook Policies => policies.Book;

    /// <summary>The catalogue in force.</summary>
    public CatalogueSnapshot Catalogue => catalogue.Snapshot;

    /// <summary>What holds of exemptions and essential SKUs.</summary>
    public ExemptionsInForce Exemptions(long nowUtcMs) => exemptions.InForce(nowUtcMs);

    /// <summary>The policy of a cabinet under its present operator.</summary>
    public PolicyTerms TermsOf(CabinetModel cabinet, DateOnly today) => PolicyTerms.Of(Policies, new PolicySubject(
        cabinet.Id.Value, cabinet.CurrentAssignment.OperatorId, cabinet.CurrentAssignment.County.Value),
        zone.UtcOffsetMinutes, today);

    /// <summary>What people excused at a cabinet at any time, also what they ended since.</summary>
    public Excused Excused(PlanSubject subject) => new(
        [
            .. exemptions.ReadExemptions().Where(e => e.IsFor(subject.Id, subject.OperatorId))
                .Select(e => new ExcusedTime(e.FromUtcMs, e.EndedUtcMs ?? e.UntilUtcMs)),
        ],
        exemptions.ReadEssentials().Where(e => e.IsFor(subject.CountyCode, subject.OperatorId)).ToLookup(
            e => e.Sku, e => new ExcusedTime(e.FromUtcMs, e.EndedUtcMs ?? e.UntilUtcMs ?? long.MaxValue),
            StringComparer.Ordinal));

    /// <summary>The standings of the running windows of some kinds: by kind, and there by cabinet under its present
    /// operator.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, StandingRow>> Standings(
        IEnumerable<string> windowKinds, DateOnly today) => windowKinds.Distinct().ToDictionary(
            kind => kind,
            kind => (IReadOnlyDictionary<string, StandingRow>)standings.All(JudgingWindow.Of(kind, today))
                .Where(row => row.CurrentOperator).ToDictionary(row => row.CabinetId, StringComparer.Ordinal),
            StringComparer.Ordinal);
}
