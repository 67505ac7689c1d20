using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Patterns;

/// <summary>
/// The check of all rules over sales: one reading of the ledger for all of them. A rule is one more line in
/// <see cref="Rules"/>, one more kind, and its two sentences.
/// </summary>
internal sealed class SalesPatterns(
    FleetDatabase database, FleetRegister register, CurrentPolicies policies, CurrentCatalogue catalogue,
    DayMapStore days, BusinessZone zone) : IFindingSource
{
    /// <inheritdoc/>
    public IReadOnlyList<FindingKind> Kinds { get; } =
        [.. Rules(new SkuNumbers(), Articles.None).Select(rule => rule.Kind)];

    /// <inheritdoc/>
    public FindingCheck Check(
        CheckMoment moment, IReadOnlyList<OpenFinding> open, CancellationToken cancellationToken)
    {
        using var store = new PatternStore(database);
        var skus = new SkuNumbers();
        var fleet = new WatchedFleet(
            register.Current, policies.Book, (zone, moment.Today), store, Rules(skus, store.Articles()));
        using var reading = new SalesReading(store, skus);
        if (fleet.Days() is { } span)
        {
            var ranges = days.Ranges(store.Connection, span.From, span.To, cancellationToken);
            reading.Read(ranges, span.From, fleet, cancellationToken);
        }

        reading.ReadLate(fleet, cancellationToken);

        var version = catalogue.Snapshot.Version;
        var found = fleet.Units.SelectMany(unit => unit.Watches)
            .SelectMany(watch => watch.Found().Select(told => Draft(store, watch, told, version))).ToList();
        return new FindingCheck(found, Ended(open, found, fleet));
    }

    /// <summary>The rules, new for each reading.</summary>
    public static IReadOnlyList<ISalesRule> Rules(SkuNumbers skus, Articles articles) =>
    [
        new PriceRule(skus, articles),
        new NonSaleRule(),
        new AbsurdSaleRule(),
        new ProductBurstRule(skus),
        new BuyerBurstRule(),
        new LateRefundRule(),
        new AidClaimRule(skus),
        new NotByBillRule(),
    ];

    private static FindingDraft Draft(
        PatternStore store, WindowWatch watch, (ISalesRule Rule, PatternFound Found) told, long catalogueVersion)
    {
        var (window, found) = (watch.Window, told.Found);
        var ground = new EvidenceGround(
            catalogueVersion, store.Entries(found.Examples.Positions()), store.Heads(window.CabinetId));
        return new FindingDraft(
            told.Rule.Kind,
            new FindingAbout(window.CabinetId, window.OperatorId, window.CountyCode),
            found.Detail.Length == 0 ? window.Subject : $"{window.Subject}/{found.Detail}",
            PatternEvidence.Of(told.Rule.Kind, window, found, watch.Amounts, ground),
            found.Weight);
    }

    /// <summary>
    /// Open findings about a window that is looked at and does not show it any more. One about a window that is final
    /// stays until a person closes it: nothing is known of it that was not known before.
    /// </summary>
    private static List<OpenFinding> Ended(
        IReadOnlyList<OpenFinding> open, List<FindingDraft> found, WatchedFleet fleet)
    {
        var standing = found.Select(draft => (draft.Kind, draft.About.CabinetId, draft.Subject)).ToHashSet();
        return [.. open.Where(finding => !standing.Contains((finding.Kind, finding.CabinetId, finding.Subject))
            && fleet.WindowsOf(finding.CabinetId).Any(window => finding.Subject == window.Subject
                || finding.Subject.StartsWith($"{window.Subject}/", StringComparison.Ordinal)))];
    }
}
