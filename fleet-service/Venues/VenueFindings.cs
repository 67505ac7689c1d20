using KioskFleet.Service.Findings;

namespace KioskFleet.Service.Venues;

/// <summary>
/// The check of the share of halls and other venues, from the reports as taken. A finding of a window that is still
/// looked at ends when the venue stands well there; one of a final window stays until a person closes it. Thread-safe.
/// </summary>
internal sealed class VenueFindings(VenueStandings standings) : IFindingSource
{
    /// <inheritdoc/>
    public IReadOnlyList<FindingKind> Kinds { get; } = [FindingKind.BelowThreshold, FindingKind.AtRisk];

    /// <inheritdoc/>
    public bool AboutVenues => true;

    /// <inheritdoc/>
    public FindingCheck Check(
        CheckMoment moment, IReadOnlyList<OpenFinding> open, CancellationToken cancellationToken)
    {
        var looked = new HashSet<string>(StringComparer.Ordinal);
        var found = standings.Drafts(moment, looked);
        var standing = found.Select(draft => (draft.Kind, draft.Subject)).ToHashSet();
        return new FindingCheck(
            found, [.. open.Where(f => looked.Contains(f.Subject) && !standing.Contains((f.Kind, f.Subject)))]);
    }
}
