using System.Text.Json.Nodes;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Fleet;

namespace KioskFleet.Service.Enforcement;

/// <summary>
/// Finds restricted cabinets that sold ordinary products beyond headroom and allowance of the config that they worked
/// by, or that their gate had denied. Each is judged by what it certainly heard, from the moment on at which it said
/// so. A cabinet whose door opens to all goods cannot refuse: it is found likewise, and the evidence says so.
/// Thread-safe.
/// </summary>
internal sealed class RuleNotAppliedSource(
    EnforcementSources sources, EnforcementStore store, ToldConfigStore told, SoldLineStore sold) : IFindingSource
{
    /// <inheritdoc/>
    public IReadOnlyList<FindingKind> Kinds { get; } = [FindingKind.RuleNotApplied];

    /// <inheritdoc/>
    public FindingCheck Check(
        CheckMoment moment, IReadOnlyList<OpenFinding> open, CancellationToken cancellationToken)
    {
        var found = new List<FindingDraft>();
        var within = new HashSet<(string Cabinet, string Subject)>();
        foreach (var state in store.ReadStates().Values.Where(state => state.Ladder.Rung == Rung.Restricted))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (CabinetId.TryParse(state.CabinetId, out var id) && sources.Fleet.TryGet(id, out var cabinet)
                && sources.TermsOf(cabinet, moment.Today) is { Policy: not null } terms
                && new PlanSubject(cabinet, terms, "", state, moment.NowUtcMs) is { Began: null } subject)
            {
                Check(subject, moment.Today, found, within);
            }
        }

        // A window that was looked at and is within its limit again: aid was sold since.
        return new FindingCheck(
            found, [.. open.Where(finding => within.Contains((finding.CabinetId, finding.Subject)))]);
    }

    private void Check(
        PlanSubject subject, DateOnly today, List<FindingDraft> found, HashSet<(string, string)> within)
    {
        var days = subject.Terms.Policy!.ProvisionalDays;
        var since = JudgedWindows.Of(subject.Terms.Gate, today, days).Min(window => window.First);
        var configs = told.Read(subject.Id, sources.Zone.StartOfUtcMs(since));
        var stretches = RestrictionRule.StretchesOf(configs, subject.CountFromUtcMs);
        var windows = stretches.Select(stretch => stretch.Configs[0].Config.Policy).DistinctBy(policy => policy.Window)
            .SelectMany(policy => JudgedWindows.Of(policy, today, days).Select(window => (policy.Window, Days: window)))
            .Where(window => stretches.Any(stretch => Reaches(stretch, window.Window, window.Days)))
            .ToList();
        if (windows.Count == 0)
        {
            return;
        }

        var first = windows.Min(window => window.Days.First);
        var version = sources.Catalogue.Version;
        var sales = sold.Read(subject, new BusinessWindow(first, windows.Max(window => window.Days.Last)),
            windows.Min(window => BusinessWindow.IsRolling(window.Window)
                ? first
                : BusinessWindow.Of(window.Window, window.Days.First.AddDays(-1)).First));
        var excused = sources.Excused(subject);
        foreach (var (kind, window) in windows)
        {
            var verdict = stretches.Where(stretch => Reaches(stretch, kind, window))
                .Select(stretch => RestrictionRule.Judge(stretch, window, sales, excused))
                .MaxBy(verdict => verdict.AgainstFen(subject.Terms.Policy!.Checks.DeniedSales))!;
            if (verdict.AgainstFen(subject.Terms.Policy!.Checks.DeniedSales) is > 0 and var weight)
            {
                found.Add(new FindingDraft(FindingKind.RuleNotApplied,
                    new FindingAbout(subject.Id, subject.OperatorId, subject.CountyCode), SubjectOf(window),
                    EvidenceOf(subject, (window, verdict), sales, version), weight));
            }
            else if (IsComplete(configs, sources.Zone.StartOfUtcMs(window.First)))
            {
                within.Add((subject.Id, SubjectOf(window)));
            }
        }
    }

    private bool Reaches(Stretch stretch, string kind, BusinessWindow window) =>
        stretch.Configs[0].Config.Policy.Window == kind
        && stretch.FromUtcMs < sources.Zone.StartOfUtcMs(window.Last.AddDays(1));

    /// <summary>True when no config by which the window could be judged is gone: else nothing is known to have ended.
    /// </summary>
    private static bool IsComplete(IReadOnlyList<ToldConfig> configs, long fromUtcMs) =>
        configs[0].BindsUtcMs <= fromUtcMs || configs.Count < EnforcementLimits.KeptConfigs;

    private static string SubjectOf(BusinessWindow window) => $"{window.First:yyyy-MM-dd}/{window.Last:yyyy-MM-dd}";

    private static string EvidenceOf(
        PlanSubject subject, (BusinessWindow Days, RestrictionVerdict Verdict) of, SoldLines sold,
        long catalogueVersion)
    {
        var (stretch, sales) = (of.Verdict.Stretch, of.Verdict.Sales);
        var policy = stretch.Configs[0].Config.Policy;
        return new JsonObject
        {
            ["windowFirst"] = of.Days.First.ToString("O"),
            ["windowLast"] = of.Days.Last.ToString("O"),
            ["judgedFromUtc"] = Utc(stretch.FromUtcMs),
            ["judgedThroughUtc"] = stretch.ThroughUtcMs == long.MaxValue ? null : Utc(stretch.ThroughUtcMs),
            ["kind"] = subject.Model.Kind.ToString(),
            ["canRefuse"] = CabinetKindView.CanRefuseEach(subject.Model.Kind),
            ["wantedVersion"] = subject.State.WantedVersion,
            ["appliedVersion"] = sold.Hello?.AppliedVersion ?? "",
            ["judgedByVersions"] = new JsonArray([.. stretch.Configs.Select(config => config.Version)]),
            ["policyId"] = policy.PolicyId,
            ["policyVersion"] = policy.PolicyVersion,
            ["catalogueVersion"] = catalogueVersion,
            ["thresholdBasisPoints"] = sales.ThresholdBasisPoints,
            ["allowanceFen"] = sales.AllowanceFen,
            ["beforeAidFen"] = sales.BeforeAidFen,
            ["beforeTotalFen"] = sales.BeforeTotalFen,
            ["aidFen"] = sales.AfterAidFen,
            ["ordinaryFen"] = sales.AfterOrdinaryFen,
            ["exemptFen"] = of.Verdict.ExemptFen,
            ["beyondLimitFen"] = of.Verdict.ExcessFen,
            ["deniedSales"] = of.Verdict.DeniedSales,
            ["deniedFen"] = of.Verdict.DeniedFen,
            ["deniedSalesAllowed"] = subject.Terms.Policy!.Checks.DeniedSales,
            ["heads"] = HeadsOf(sold),
        }.ToJsonString();
    }

    /// <summary>The heads that amounts rest on.</summary>
    internal static JsonArray HeadsOf(SoldLines sold) => [.. sold.Heads.Select(head => new JsonObject
    {
        ["journal"] = head.Journal.ToString(),
        ["seq"] = head.Head.Seq,
        ["hash"] = head.Head.Hash.ToString(),
    })];

    private static string Utc(long utcMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(utcMs).UtcDateTime.ToString("O");
}
