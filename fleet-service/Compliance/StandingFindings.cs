using KioskFleet.Service.Findings;

namespace KioskFleet.Service.Compliance;

/// <summary>
/// Finds what stands below or near its threshold, and too large a part without a mapping: in the present windows of all
/// policies, in those that are over and still provisional, and in those whose final edition was corrected lately.
/// Writes nothing; thread-safe.
/// </summary>
internal sealed class StandingFindings(StandingsReader reader, EditionStore editions, HeadsStore heads) : IFindingSource
{
    /// <inheritdoc/>
    public IReadOnlyList<FindingKind> Kinds { get; } =
        [FindingKind.BelowThreshold, FindingKind.AtRisk, FindingKind.UnmappedShare];

    /// <inheritdoc/>
    public FindingCheck Check(CheckMoment moment, IReadOnlyList<OpenFinding> open, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(moment.NowUtcMs);
        var before = heads.All();
        var found = new List<StandingFound>();
        foreach (var (window, kind) in StandingFindingRule.Windows(
            reader.Policies, editions.NewestOfEach(), reader.Zone, now))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var answer = reader.ReadWhole(window, now) with { OwnKind = kind };
            found.AddRange(StandingFindingRule.Found(answer, reader.Places));
        }

        var after = found.Count == 0 ? before : heads.All();
        return new FindingCheck(
            [.. found.Select(f => new FindingDraft(
                f.Kind, f.About, f.Subject, StandingEvidence.Of(f, before, after), StandingFindingRule.WeightOf(f)))],
            Ended(moment, open, found));
    }

    private List<OpenFinding> Ended(
        CheckMoment moment, IReadOnlyList<OpenFinding> open, IReadOnlyList<StandingFound> found)
    {
        var present = found.Select(f => (f.Kind, f.About.CabinetId, f.Subject)).ToHashSet();
        var sealedWindows = new Dictionary<JudgingWindow, EditionVerdicts?>();
        var ended = new List<OpenFinding>();
        foreach (var finding in open.Where(f => !present.Contains((f.Kind, f.CabinetId, f.Subject))))
        {
            if (StandingFindingRule.WindowOf(finding.Subject, moment.Today) is not { } window)
            {
                continue;
            }

            var isRunning = window.IsRolling || window.To > moment.Today;
            if (isRunning || Sealed(window)?.Clears(finding, reader.Policies) == true)
            {
                ended.Add(finding);
            }
        }

        return ended;

        EditionVerdicts? Sealed(JudgingWindow window)
        {
            if (!sealedWindows.TryGetValue(window, out var verdicts))
            {
                verdicts = editions.Newest(window) is { Provisional: false } edition
                    ? EditionVerdicts.Read(window.Name, editions.Content(edition.EditionId)!)
                    : null;
                sealedWindows[window] = verdicts;
            }

            return verdicts;
        }
    }
}
