using System.Text.Json.Nodes;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Patterns;

/// <summary>
/// The check for active cabinets that were not heard. Each silence is a finding of its own; it ends when the cabinet is
/// heard, closed or retired. Thread-safe.
/// </summary>
internal sealed class SilentCabinets(
    FleetDatabase database, FleetRegister register, CurrentPolicies policies, TimeProvider time) : IFindingSource
{
    private readonly long _listeningSinceUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public IReadOnlyList<FindingKind> Kinds { get; } = [FindingKind.SilentCabinet];

    /// <inheritdoc/>
    public FindingCheck Check(
        CheckMoment moment, IReadOnlyList<OpenFinding> open, CancellationToken cancellationToken)
    {
        using var store = new PatternStore(database);
        var (signs, book) = (store.Signs(), policies.Book);
        var expected = 0;
        var silent = new List<FindingDraft>();
        foreach (var cabinet in register.Current.Cabinets)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (cabinet.LifeAt(moment.NowUtcMs) == CabinetLife.Active && PolicyOf(book, cabinet, moment) is { } policy
                && signs.TryGetValue(cabinet.Id.Value, out var sign))
            {
                expected++;
                var since = SilentCabinetRule.SilentSince(sign.HeardUtcMs, sign.ChangedUtcMs, cabinet.ClosedUntilUtcMs);
                if (SilentCabinetRule.IsSilent(moment.NowUtcMs, since, policy.Checks.SilentHours))
                {
                    silent.Add(Draft(
                        cabinet, policy, moment.NowUtcMs, (since, sign.HeardUtcMs), store.Heads(cabinet.Id.Value)));
                }
            }
        }

        var standing = silent.Select(draft => (draft.About.CabinetId, draft.Subject)).ToHashSet();
        var canTell = SilentCabinetRule.CanTell(moment.NowUtcMs, _listeningSinceUtcMs, expected, silent.Count);
        return new FindingCheck(
            canTell ? silent : [],
            [.. open.Where(finding => !standing.Contains((finding.CabinetId, finding.Subject)))]);
    }

    private static Policy? PolicyOf(PolicyBook book, CabinetModel cabinet, CheckMoment moment) => book.ForCabinet(
        new PolicySubject(
            cabinet.Id.Value, cabinet.CurrentAssignment.OperatorId, cabinet.CurrentAssignment.County.Value),
        moment.Today);

    private static FindingDraft Draft(
        CabinetModel cabinet, Policy policy, long nowUtcMs, (long SinceUtcMs, long? HeardUtcMs) silence,
        IReadOnlyList<JournalHead> heads)
    {
        var (sinceUtcMs, heardUtcMs) = silence;
        var since = PatternEvidence.Utc(sinceUtcMs);
        var words = PatternWords.Found(
            FindingKind.SilentCabinet, [since, PatternWords.Number(policy.Checks.SilentHours)]);
        var evidence = new JsonObject
        {
            ["words"] = new JsonObject { ["zh"] = words.Zh, ["en"] = words.En },
            ["silentSinceUtc"] = since,
            ["heardUtc"] = heardUtcMs is { } heard ? PatternEvidence.Utc(heard) : null,
            ["thresholds"] = PatternEvidence.Thresholds(
                PatternThresholds.Of(FindingKind.SilentCabinet, policy.Checks)),
            ["policy"] = new JsonObject { ["id"] = policy.Id, ["version"] = policy.Version },
            ["heads"] = PatternEvidence.Heads(heads),
        };
        var assignment = cabinet.CurrentAssignment;
        return new FindingDraft(
            FindingKind.SilentCabinet,
            new FindingAbout(cabinet.Id.Value, assignment.OperatorId, assignment.County.Value),
            $"since {since}", PatternEvidence.Text(evidence),
            SilentCabinetRule.HoursSilent(nowUtcMs, sinceUtcMs));
    }
}
