using System.Text.Json.Nodes;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Fleet;

namespace KioskFleet.Service.Enforcement;

/// <summary>
/// Finds products that were blocked for quality and sold all the same, at cabinets whose config blocked them at that
/// moment: this month and the one before, a finding for each SKU and month. Only a person closes one: what was handed
/// out stays so. Looks only at cabinets that were told of a block. Thread-safe.
/// </summary>
internal sealed class BlockedProductSource(EnforcementSources sources, ToldConfigStore told, SoldLineStore sold)
    : IFindingSource
{
    private const string Month = "month";

    /// <inheritdoc/>
    public IReadOnlyList<FindingKind> Kinds { get; } = [FindingKind.BlockedProductSold];

    /// <inheritdoc/>
    public FindingCheck Check(
        CheckMoment moment, IReadOnlyList<OpenFinding> open, CancellationToken cancellationToken)
    {
        var found = new List<FindingDraft>();
        var running = BusinessWindow.Of(Month, moment.Today);
        var days = new BusinessWindow(BusinessWindow.Of(Month, running.First.AddDays(-1)).First, running.Last);
        foreach (var cabinetId in told.ReadBlocking())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (CabinetId.TryParse(cabinetId, out var id) && sources.Fleet.TryGet(id, out var cabinet))
            {
                found.AddRange(Check(new PlanSubject(
                    cabinet, sources.TermsOf(cabinet, moment.Today), "", null, moment.NowUtcMs), days));
            }
        }

        return new FindingCheck(found, []);
    }

    private IEnumerable<FindingDraft> Check(PlanSubject subject, BusinessWindow days)
    {
        var configs = told.Read(subject.Id, sources.Zone.StartOfUtcMs(days.First));
        var blocked = configs.SelectMany(config => BlockedSaleRule.BlockedIn(config.Config))
            .ToHashSet(StringComparer.Ordinal);
        if (blocked.Count == 0)
        {
            yield break;
        }

        var version = sources.Catalogue.Version;
        var sales = sold.Read(subject, days, days.First);
        var lines = sales.Lines.Where(line => blocked.Contains(line.Sku))
            .Select(line => (Line: line, By: BlockedSaleRule.BlockedBy(line, configs)!))
            .Where(of => of.By is not null);
        foreach (var of in lines.GroupBy(of => (of.Line.Sku, Month: BusinessWindow.Of(Month, of.Line.Day))))
        {
            yield return new FindingDraft(FindingKind.BlockedProductSold,
                new FindingAbout(subject.Id, subject.OperatorId, subject.CountyCode),
                $"{of.Key.Sku} {of.Key.Month.First:yyyy-MM-dd}/{of.Key.Month.Last:yyyy-MM-dd}",
                EvidenceOf(subject, [.. of], sales, version), of.Sum(sale => (long)sale.Line.Quantity));
        }
    }

    private static string EvidenceOf(
        PlanSubject subject, IReadOnlyList<(SoldLine Line, ToldConfig By)> of, SoldLines sold, long catalogueVersion)
    {
        var policy = of[^1].By.Config.Policy;
        return new JsonObject
        {
            ["sku"] = of[0].Line.Sku,
            ["sales"] = of.Select(sale => sale.Line.Sale).Distinct().Count(),
            ["pieces"] = of.Sum(sale => (long)sale.Line.Quantity),
            ["amountFen"] = of.Sum(sale => sale.Line.PaidFen),
            ["firstUtc"] = Utc(of.Min(sale => sale.Line.UtcMs)),
            ["lastUtc"] = Utc(of.Max(sale => sale.Line.UtcMs)),
            ["deniedSales"] = of.Where(sale => sale.Line.WasDenied).Select(sale => sale.Line.Sale).Distinct().Count(),
            ["kind"] = subject.Model.Kind.ToString(),
            ["canRefuse"] = CabinetKindView.CanRefuseEach(subject.Model.Kind),
            ["blockedByVersions"] = new JsonArray([.. of.Select(sale => sale.By.Version).Distinct()]),
            ["appliedVersion"] = sold.Hello?.AppliedVersion ?? "",
            ["policyId"] = policy.PolicyId,
            ["policyVersion"] = policy.PolicyVersion,
            ["catalogueVersion"] = catalogueVersion,
            ["heads"] = RuleNotAppliedSource.HeadsOf(sold),
        }.ToJsonString();
    }

    private static string Utc(long utcMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(utcMs).UtcDateTime.ToString("O");
}
