using System.Text.Json.Nodes;
using KioskFleet.Protocol.Configs;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Enforcement;

/// <summary>A cabinet in a run.</summary>
/// <param name="Model">The cabinet.</param>
/// <param name="Terms">Its policy.</param>
/// <param name="Unit">What is judged together with it; empty when it is judged by itself.</param>
/// <param name="Stored">What was stored; null for a cabinet that was never looked at.</param>
/// <param name="NowUtcMs">Now, Unix milliseconds UTC.</param>
internal sealed record PlanSubject(
    CabinetModel Model, PolicyTerms Terms, string Unit, EnforcementState? Stored, long NowUtcMs)
{
    /// <summary>What the plan goes on from: what was stored under the present operator, or the beginning. The wanted
    /// config stays the one to replace.</summary>
    public EnforcementState State => Stored is { } stored && Began is null
        ? stored
        : new EnforcementState(Id, OperatorId, CountFromUtcMs, LadderState.Start(NowUtcMs),
            Stored?.WantedVersion ?? "", Stored?.Frame ?? "", Stored?.SentUtcMs, null);

    /// <summary>The step of a cabinet that another operator has since; null when it is the same.</summary>
    public LadderStep? Began => Stored is { } stored
        && (stored.OperatorId != OperatorId || stored.CountFromUtcMs != CountFromUtcMs)
            ? new LadderStep(stored.Ladder.Rung, Rung.Observing, LadderReason.OperatorChanged)
            : null;

    /// <summary>The cabinet's id.</summary>
    public string Id => Model.Id.Value;

    /// <summary>Its operator.</summary>
    public string OperatorId => Model.CurrentAssignment.OperatorId;

    /// <summary>Its county.</summary>
    public string CountyCode => Model.CurrentAssignment.County.Value;

    /// <summary>All assignments under the present operator: its figures.</summary>
    public IReadOnlyList<long> AssignmentIds =>
        [.. Model.Assignments.Where(a => a.OperatorId == OperatorId).Select(a => a.AssignmentId)];

    /// <summary>
    /// Since when the present operator has it without a break, Unix milliseconds UTC; 0 from the first assignment on.
    /// </summary>
    public long CountFromUtcMs
    {
        get
        {
            var first = Model.Assignments.Count - 1;
            while (first > 0 && Model.Assignments[first - 1].OperatorId == OperatorId)
            {
                first--;
            }

            return first == 0 ? 0 : Model.Assignments[first].FromUtcMs;
        }
    }
}

/// <summary>
/// One run of the planner: decides for each cabinet its rung and whether it needs another config. Reads, writes
/// nothing. Not thread-safe; made anew for each run.
/// </summary>
internal sealed class PlanRun(EnforcementSources sources, FiguresStore store, KnownFigures known, CheckMoment moment)
{
    private readonly Dictionary<(string Operator, string County, DateOnly From),
        (IReadOnlyList<SkuClass> Skus, IReadOnlyList<ExemptSku> Exempt, string Key)> _skus = [];

    private readonly ExemptionsInForce _exemptions = sources.Exemptions(moment.NowUtcMs);

    /// <summary>Decides.</summary>
    /// <param name="states">What is stored.</param>
    /// <param name="only">Of which cabinets; null for all.</param>
    public IReadOnlyList<PlannedChange> Decide(
        IReadOnlyDictionary<string, EnforcementState> states, IReadOnlySet<string>? only)
    {
        var all = Subjects(states);
        var units = only is null ? null : all.Where(s => only.Contains(s.Id)).Select(s => s.Unit).ToHashSet();
        var subjects = only is null ? all
            : all.FindAll(s => only.Contains(s.Id) || (s.Unit.Length > 0 && units!.Contains(s.Unit)));
        var standings = sources.Standings(subjects.Select(s => s.Terms.Gate.Window), moment.Today);
        var figures = store.Read(
            [.. subjects.Select(s => new FiguresRequest(s.Id, s.AssignmentIds, s.Terms.Gate.Window))], moment.Today);
        var credits = new GroupCredits(known, figures, standings, moment.Today);
        var changes = new List<PlannedChange>();
        foreach (var unit in subjects.GroupBy(s => s.Unit.Length == 0 ? s.Id : s.Unit))
        {
            var members = unit.ToList();
            var split = members[0].Unit.Length == 0 ? null : credits.Split(members);
            changes.AddRange(members
                .Where(member => only is null || only.Contains(member.Id))
                .Select(member => Decide(member, figures[member.Id],
                    standings[member.Terms.Gate.Window].GetValueOrDefault(member.Id),
                    split is null ? null : (split[member.Id], members.Count)))
                .OfType<PlannedChange>());
        }

        return changes;
    }

    private List<PlanSubject> Subjects(IReadOnlyDictionary<string, EnforcementState> states)
    {
        var subjects = new List<PlanSubject>();
        foreach (var cabinet in sources.Fleet.Cabinets)
        {
            // A cabinet that was never enrolled can hear nothing, and one out of service has nothing to keep.
            if (cabinet.Keys.Count == 0 || cabinet.LifeAt(moment.NowUtcMs) == CabinetLife.Retired)
            {
                continue;
            }

            var place = cabinet.CurrentAssignment;
            var terms = sources.TermsOf(cabinet, moment.Today);
            var unit = terms.Policy?.Judged switch
            {
                Judged.OperatorInCounty => $"{terms.Policy.Id}\n{place.OperatorId}\n{place.County}",
                Judged.County => $"{terms.Policy.Id}\n{place.County}",
                _ => "",
            };
            subjects.Add(new PlanSubject(
                cabinet, terms, unit, states.GetValueOrDefault(cabinet.Id.Value), moment.NowUtcMs));
        }

        return subjects;
    }

    private PlannedChange? Decide(
        PlanSubject subject, CabinetFigures figures, StandingRow? standing, (GroupCredit Credit, int Members)? group)
    {
        var exemptUntil = _exemptions.ExemptUntilUtcMs(subject.Id, subject.OperatorId);
        var terms = subject.Terms.Enforcement;
        var (ladder, steps) = LadderRule.Next(subject.State.Ladder, new LadderInput(
            terms, SignalOf(standing, terms), exemptUntil > 0, moment.Today, moment.NowUtcMs,
            LadderRule.ActsFromUtcMs(terms, moment, sources.Zone)));
        steps = subject.Began is { } began ? [began, .. steps] : steps;
        var state = subject.State with { Ladder = ladder, Credit = group?.Credit };
        var config = ConfigOf(subject, figures, ladder, exemptUntil, group, out var skuKey);
        var frame = ConfigRule.FrameOf(config, skuKey);
        PlannedConfig? planned = null;
        if (ReasonFor(subject, figures, config.Figures, (ladder.Rung, group is not null), frame) is { } reason)
        {
            var encoded = config.Encode();
            state = state with { WantedVersion = encoded.Version, Frame = frame };
            planned = encoded.Version == subject.State.WantedVersion ? null : new PlannedConfig(encoded, reason);
        }

        return state == subject.Stored && steps.Count == 0 ? null
            : new PlannedChange(state, steps, EvidenceOf(subject, standing, ladder), planned);
    }

    private CabinetConfig ConfigOf(
        PlanSubject subject, CabinetFigures figures, LadderState ladder, long exemptUntil,
        (GroupCredit Credit, int Members)? group, out string skuKey)
    {
        var policy = group is { } of ? subject.Terms.ForMemberOf(of.Members) : subject.Terms.Gate;
        var lists = SkusOf(subject, figures.Window.First);
        skuKey = lists.Key;
        var mode = ConfigRule.ModeOf(ladder, exemptUntil > 0, moment.NowUtcMs);
        return new CabinetConfig(subject.Model.Id, subject.Model.Kind, mode,
            mode == GateMode.Restrict ? ladder.ActsFromUtcMs ?? 0 : 0, exemptUntil, policy,
            figures.Figures(subject.CountFromUtcMs, group?.Credit.AllowanceFen
                ?? policy.AllowanceAfter(figures.PreviousTurnoverFen(policy))),
            lists.Skus, lists.Exempt);
    }

    private ReplanReason? ReasonFor(
        PlanSubject subject, CabinetFigures figures, GateFigures now, (Rung Rung, bool IsMember) at, string frame)
    {
        if (subject.State.WantedVersion.Length == 0)
        {
            return ReplanReason.First;
        }

        if (subject.State.Frame != frame || known.Of(subject.Id, subject.State.WantedVersion) is not { } stated)
        {
            return ReplanReason.Rule;
        }

        // While a gate neither warns nor refuses, nobody needs to know its figures exactly.
        var isExact = at.Rung > Rung.Observing && figures.Journal is not null;
        var isRolling = BusinessWindow.IsRolling(subject.Terms.Gate.Window);
        return ConfigRule.MustRestate(stated, now, isRolling, at.IsMember, !isExact ? null
            : () => known.OwnSince(subject.Id, subject.State.WantedVersion, figures.Journal!, stated, figures.Window));
    }

    private (IReadOnlyList<SkuClass> Skus, IReadOnlyList<ExemptSku> Exempt, string Key) SkusOf(
        PlanSubject subject, DateOnly from)
    {
        var key = (subject.OperatorId, subject.CountyCode, from);
        if (!_skus.TryGetValue(key, out var lists))
        {
            var skus = SkuListRule.Of(
                sources.Catalogue.SpansOf(subject.OperatorId, Math.Max(0, sources.Zone.StartOfUtcMs(from))),
                () => store.RecentSkus(subject.OperatorId));
            var exempt = _exemptions.SkusOf(subject.CountyCode, subject.OperatorId);
            _skus[key] = lists = (skus, exempt, ConfigRule.SkuKeyOf(skus, exempt));
        }

        return lists;
    }

    private static ShareSignal SignalOf(StandingRow? standing, EnforcementTerms terms) => standing?.Standing switch
    {
        null or Standing.NoData => ShareSignal.NoData,
        Standing.Breach => ShareSignal.Breach,
        _ => AidShareRule.IsMet(standing.JudgedAidFen, standing.JudgedTotalFen, Math.Min(AidShareRule.Whole,
            (standing.ThresholdBasisPoints ?? 0) + terms.HysteresisBasisPoints))
                ? ShareSignal.Recovered
                : ShareSignal.Between,
    };

    private string EvidenceOf(PlanSubject subject, StandingRow? standing, LadderState ladder) => new JsonObject
    {
        ["day"] = moment.Today.ToString("O"),
        ["judged"] = standing?.Judged,
        ["standing"] = standing?.Standing.ToString(),
        ["aidFen"] = standing?.JudgedAidFen,
        ["totalFen"] = standing?.JudgedTotalFen,
        ["thresholdBasisPoints"] = standing?.ThresholdBasisPoints,
        ["hysteresisBasisPoints"] = subject.Terms.Enforcement.HysteresisBasisPoints,
        ["breachDays"] = ladder.BreachDays,
        ["policyId"] = subject.Terms.Policy?.Id,
        ["policyVersion"] = subject.Terms.Policy?.Version,
        ["mode"] = subject.Terms.Enforcement.Mode.ToString(),
        ["actsFromUtc"] = ladder.ActsFromUtcMs is { } acts
            ? DateTimeOffset.FromUnixTimeMilliseconds(acts).UtcDateTime.ToString("O")
            : null,
    }.ToJsonString();
}
