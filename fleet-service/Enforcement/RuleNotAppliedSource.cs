using System.Text.Json.Nodes;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Enforcement;

/// <summary>
/// Finds restricted cabinets that sold ordinary products beyond headroom and allowance after their config acted: it
/// was applied, or should have been, since the cabinet was heard. Totals say where to look; the single sales, by the
/// classes that the cabinet itself was told, say whether it is so. A cabinet whose door opens to all goods cannot
/// refuse: it is found likewise, and the evidence says so. Thread-safe.
/// </summary>
internal sealed class RuleNotAppliedSource(
    EnforcementSources sources, EnforcementStore store, FiguresStore figures) : IFindingSource
{
    /// <inheritdoc/>
    public IReadOnlyList<FindingKind> Kinds { get; } = [FindingKind.RuleNotApplied];

    /// <inheritdoc/>
    public FindingCheck Check(
        CheckMoment moment, IReadOnlyList<OpenFinding> open, CancellationToken cancellationToken)
    {
        var found = new List<FindingDraft>();
        var looked = new HashSet<(string Cabinet, string Subject)>();
        foreach (var state in store.ReadStates().Values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (state is { Ladder: { Rung: Rung.Restricted, ActsFromUtcMs: { } acts }, InformedUtcMs: { } informed }
                && CabinetId.TryParse(state.CabinetId, out var id) && sources.Fleet.TryGet(id, out var cabinet)
                && TermsOf(cabinet, moment.Today) is { Policy: not null } terms)
            {
                var from = BeyondLimitRule.JudgedFrom(acts, informed, terms.Gate);
                foreach (var window in WindowsOf(terms, moment.Today).Where(window => window.Last >= from))
                {
                    looked.Add((state.CabinetId, SubjectOf(window)));
                    found.AddRange(CheckWindow(new RestrictedWindow(state, cabinet, terms, window, from)));
                }
            }
        }

        // A window that was looked at and is within its limit again: aid was sold since.
        var subjects = found.Select(draft => (draft.About.CabinetId, draft.Subject)).ToHashSet();
        return new FindingCheck(found, [.. open.Where(finding =>
            looked.Contains((finding.CabinetId, finding.Subject))
            && !subjects.Contains((finding.CabinetId, finding.Subject)))]);
    }

    private sealed record RestrictedWindow(
        EnforcementState State, CabinetModel Cabinet, PolicyTerms Terms, BusinessWindow Window, DateOnly From)
    {
        public PlanSubject Subject { get; } = new(Cabinet, Terms, "", State);
    }

    private sealed class ToldSales
    {
        public long AidFen { get; set; }

        public long OrdinaryFen { get; set; }

        public long ExemptFen { get; set; }
    }

    private PolicyTerms TermsOf(CabinetModel cabinet, DateOnly today) => PolicyTerms.Of(sources.Policies,
        new PolicySubject(cabinet.Id.Value, cabinet.CurrentAssignment.OperatorId,
            cabinet.CurrentAssignment.County.Value), sources.Zone.UtcOffsetMinutes, today);

    /// <summary>The running window, and the one before it while its figures still come in.</summary>
    private static IEnumerable<BusinessWindow> WindowsOf(PolicyTerms terms, DateOnly today)
    {
        var running = terms.Gate.WindowOf(today);
        yield return running;
        if (!BusinessWindow.IsRolling(terms.Gate.Window)
            && terms.Gate.WindowOf(running.First.AddDays(-1)) is var before
            && today <= before.Last.AddDays(terms.Policy!.ProvisionalDays))
        {
            yield return before;
        }
    }

    private IEnumerable<FindingDraft> CheckWindow(RestrictedWindow at)
    {
        var allowance = AllowanceOf(at);
        var days = figures.ByDay(at.State.CabinetId, at.Subject.AssignmentIds, at.Window);
        var (before, after) = (days.Where(d => d.Day < at.From).ToList(), days.Where(d => d.Day >= at.From).ToList());

        // Aid of these days may have been given back since: the gate cannot undo what it let through before.
        var aidBack = Math.Max(0, before.Sum(d => d.AidRefundsFen) - after.Sum(d => d.AidRefundsMadeFen));
        var (ordinaryBack, ordinaryBackSince) =
            (before.Sum(d => d.OrdinaryRefundsFen), after.Sum(d => d.OrdinaryRefundsFen));
        var aid = before.Sum(d => d.AidFen) - aidBack;
        var sales = new RestrictedSales(
            aid, aid + before.Sum(d => d.OrdinaryFen) - ordinaryBack,
            after.Sum(d => d.AidFen), after.Sum(d => d.OrdinaryFen) - ordinaryBackSince, allowance,
            at.Terms.Gate.ThresholdOf(at.Window));
        if (BeyondLimitRule.ExcessFen(sales) == 0)
        {
            yield break;
        }

        var known = figures.Read(
            [new FiguresRequest(at.State.CabinetId, [], at.Terms.Gate.Window)], at.Window.Last)[at.State.CabinetId];
        var (past, since) = AsToldToTheCabinet(at, known.Hello?.AppliedVersion ?? "");
        var told = sales with
        {
            AfterAidFen = since.AidFen, AfterOrdinaryFen = since.OrdinaryFen - ordinaryBackSince,
        };
        var toldBefore = told with
        {
            BeforeAidFen = past.AidFen - aidBack,
            BeforeTotalFen = past.AidFen - aidBack + past.OrdinaryFen + past.ExemptFen - ordinaryBack,
        };

        // What was sold before is judged by the ledger now or by what the cabinet was told, whatever is kinder: a
        // catalogue that changed since is not the cabinet's doing.
        var kinder = BeyondLimitRule.ExcessFen(toldBefore) < BeyondLimitRule.ExcessFen(told) ? toldBefore : told;
        if (BeyondLimitRule.ExcessFen(kinder) is > 0 and var excess)
        {
            yield return new FindingDraft(FindingKind.RuleNotApplied,
                new FindingAbout(at.State.CabinetId, at.Subject.OperatorId, at.Subject.CountyCode),
                SubjectOf(at.Window), EvidenceOf(at, kinder, known, (since.ExemptFen, excess)), excess);
        }
    }

    private long AllowanceOf(RestrictedWindow at)
    {
        if (at.State.Credit is { } credit)
        {
            // Of an earlier window of a group nobody knows the parts any more: what the policy gives at most.
            return credit.WindowFirst == at.Window.First ? credit.AllowanceFen : at.Terms.Gate.AllowanceFen;
        }

        if (BusinessWindow.IsRolling(at.Terms.Gate.Window))
        {
            return at.Terms.Gate.AllowanceFen;
        }

        var before = at.Terms.Gate.WindowOf(at.Window.First.AddDays(-1));
        return at.Terms.Gate.AllowanceAfter(
            figures.ByDay(at.State.CabinetId, at.Subject.AssignmentIds, before).Sum(d => d.TurnoverFen));
    }

    /// <summary>What was sold before and since, by the classes of the config that the cabinet works by.</summary>
    private (ToldSales Before, ToldSales Since) AsToldToTheCabinet(RestrictedWindow at, string applied)
    {
        var payload = store.ReadConfig(at.State.CabinetId, applied)
            ?? store.ReadConfig(at.State.CabinetId, at.State.WantedVersion);
        var config = payload is not null && VersionedConfig.TryParse(payload, out var versioned)
            ? versioned.Config
            : null;
        var classes = (config?.Skus ?? []).ToDictionary(sku => sku.Sku, StringComparer.Ordinal);
        var exempted = (config?.ExemptSkus ?? []).ToDictionary(sku => sku.Sku, StringComparer.Ordinal);
        var fromUtcMs = sources.Zone.StartOfUtcMs(at.From);
        var (before, since) = (new ToldSales(), new ToldSales());
        figures.ReadSales(at.State.CabinetId, at.Window, sources.Zone.StartOfUtcMs(at.Window.First), (utcMs, body) =>
        {
            var sums = utcMs < fromUtcMs ? before : since;
            var sale = new SaleView(body);
            while (sale.NextLine(out var line))
            {
                var sku = System.Text.Encoding.UTF8.GetString(line.Sku);
                if (classes.GetValueOrDefault(sku)?.At(utcMs).Class == GateClass.Aid)
                {
                    sums.AidFen = checked(sums.AidFen + line.PaidFen);
                }
                else if (exempted.TryGetValue(sku, out var essential) && essential.HoldsAt(utcMs))
                {
                    sums.ExemptFen = checked(sums.ExemptFen + line.PaidFen);
                }
                else
                {
                    sums.OrdinaryFen = checked(sums.OrdinaryFen + line.PaidFen);
                }
            }
        });
        return (before, since);
    }

    private static string SubjectOf(BusinessWindow window) => $"{window.First:yyyy-MM-dd}/{window.Last:yyyy-MM-dd}";

    private static string EvidenceOf(
        RestrictedWindow at, RestrictedSales sales, CabinetFigures known, (long ExemptFen, long ExcessFen) beyond) =>
        new JsonObject
        {
            ["windowFirst"] = at.Window.First.ToString("O"),
            ["windowLast"] = at.Window.Last.ToString("O"),
            ["judgedFrom"] = at.From.ToString("O"),
            ["kind"] = at.Cabinet.Kind.ToString(),
            ["canRefuse"] = CabinetKindView.CanRefuseEach(at.Cabinet.Kind),
            ["wantedVersion"] = at.State.WantedVersion,
            ["appliedVersion"] = known.Hello?.AppliedVersion ?? "",
            ["policyId"] = at.Terms.Policy!.Id,
            ["policyVersion"] = at.Terms.Policy.Version,
            ["thresholdBasisPoints"] = sales.ThresholdBasisPoints,
            ["allowanceFen"] = sales.AllowanceFen,
            ["beforeAidFen"] = sales.BeforeAidFen,
            ["beforeTotalFen"] = sales.BeforeTotalFen,
            ["aidFen"] = sales.AfterAidFen,
            ["ordinaryFen"] = sales.AfterOrdinaryFen,
            ["exemptFen"] = beyond.ExemptFen,
            ["beyondLimitFen"] = beyond.ExcessFen,
            ["journal"] = known.Journal?.Journal.ToString(),
            ["headSeq"] = known.Journal?.Head.Seq,
            ["headHash"] = known.Journal?.Head.Hash.ToString(),
        }.ToJsonString();
}
