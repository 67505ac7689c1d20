using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Finds mapping proposals that wait for their county longer than the policy allows. It is the county's finding, not
/// the operator's, and ends when the proposal is decided. Thread-safe.
/// </summary>
internal sealed class MappingOverdueSource(FleetDatabase database, CurrentPolicies policies) : IFindingSource
{
    private const string SubjectPrefix = "mapping-proposal:";

    /// <inheritdoc/>
    public IReadOnlyList<FindingKind> Kinds { get; } = [FindingKind.MappingOverdue];

    /// <inheritdoc/>
    public FindingCheck Check(
        CheckMoment moment, IReadOnlyList<OpenFinding> open, CancellationToken cancellationToken)
    {
        using var connection = database.OpenReader();
        var waiting = MappingProposalStore.Waiting(connection);
        var found = new List<FindingDraft>();
        foreach (var proposal in waiting)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var days = DaysAllowed(proposal, moment.Today);
            if (MappingOverdueRule.IsOverdue(proposal.Persons.ProposedUtcMs, moment.NowUtcMs, days))
            {
                found.Add(new FindingDraft(
                    FindingKind.MappingOverdue, new FindingAbout(CountyCode: proposal.County), Subject(proposal),
                    Evidence(proposal, days),
                    MappingOverdueRule.DaysOverdue(proposal.Persons.ProposedUtcMs, moment.NowUtcMs, days)));
            }
        }

        var stillWaiting = waiting.Select(Subject).ToHashSet(StringComparer.Ordinal);
        return new FindingCheck(found, [.. open.Where(f => !stillWaiting.Contains(f.Subject))]);
    }

    private int DaysAllowed(MappingProposal proposal, DateOnly today) =>
        (policies.Book.ForCabinet(new PolicySubject("", proposal.OperatorId, proposal.County), today)?.Checks
            ?? new CheckTerms()).MappingOverdueDays;

    private static string Subject(MappingProposal proposal) => $"{SubjectPrefix}{proposal.ProposalId}";

    private static string Evidence(MappingProposal proposal, int days) => CatalogueJson.Text(new
    {
        proposal.ProposalId,
        proposal.OperatorId,
        proposal.Sku,
        proposal.ProductId,
        proposal.County,
        proposal.Persons.ProposedBy,
        ProposedUtc = CatalogueJson.Utc(proposal.Persons.ProposedUtcMs),
        AllowedDays = days,
        DueUtc = CatalogueJson.Utc(MappingOverdueRule.DueUtcMs(proposal.Persons.ProposedUtcMs, days)),
    });
}

/// <summary>When a proposal has waited too long. Pure.</summary>
internal static class MappingOverdueRule
{
    private const long DayMs = 86_400_000;

    /// <summary>Until when a proposal may wait, Unix milliseconds UTC.</summary>
    public static long DueUtcMs(long proposedUtcMs, int days) => proposedUtcMs + days * DayMs;

    /// <summary>True when it has waited longer than the days that it may.</summary>
    public static bool IsOverdue(long proposedUtcMs, long nowUtcMs, int days) =>
        nowUtcMs > DueUtcMs(proposedUtcMs, days);

    /// <summary>Days that an overdue proposal waits too long, begun ones counted.</summary>
    public static long DaysOverdue(long proposedUtcMs, long nowUtcMs, int days) =>
        (nowUtcMs - DueUtcMs(proposedUtcMs, days) + DayMs - 1) / DayMs;
}
