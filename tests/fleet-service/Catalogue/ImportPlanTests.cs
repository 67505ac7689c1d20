using System.Text;
using CsCheck;
using KioskFleet.Service.Catalogue;
using Xunit;

namespace KioskFleet.Service.Tests.Catalogue;

[RunsOnce]
public sealed class ImportPlanTests
{
    [Fact]
    public void Any_rows_after_any_catalogue_change_nothing_when_they_come_again() =>
        Gen.Select(Rows, Rows, Gen.Long[0, 40], Gen.Long[0, 40], Gen.Bool).Sample((before, rows, now, at, isNew) =>
        {
            var guards = PlanningGuards.None with { IsSettingUp = isNew };
            var state = Apply(CatalogueState.Empty, CataloguePlanner.Plan(
                CatalogueState.Empty, before, PlanningGuards.None, 0));
            var first = CataloguePlanner.Plan(state, rows, guards, now);
            var next = Apply(state, first);
            var again = CataloguePlanner.Plan(next, rows, guards, now);
            return again.Changes.Count == 0
                && again.ChangedRows == 0
                && again.Refused.Select(r => r.Line).SequenceEqual(first.Refused.Select(r => r.Line))
                && again.UnchangedRows + again.Refused.Count == rows.Count
                && NothingOverlaps(next)
                && first.ChangedRows + first.UnchangedRows + first.Refused.Count == rows.Count
                && (isNew || at >= now || WhatIsSoldIsKept(state, next, at));
        }, iter: 20_000);

    private static Gen<IReadOnlyList<CatalogueRow>> Rows { get; } = Gen.Select(
            Gen.OneOf<string?>(null, "a"), Gen.OneOf("S", "T"), Gen.OneOf("p", "q"),
            Gen.Select(Gen.Long[0, 5], Gen.Long[1, 20].Nullable()),
            Gen.Select(Gen.Long[0, 5], Gen.Long[1, 20].Nullable()),
            Gen.Bool)
        .Select((owner, sku, product, mapped, listed, aid) => (
            new SkuMapping(owner, sku, product, Span(mapped)),
            aid ? new Listing(product, "341125", Span(listed)) : null))
        .Array[0, 8]
        .Select(pairs => (IReadOnlyList<CatalogueRow>)[.. pairs.Select((p, i) =>
            new CatalogueRow(i + 2, new Product(p.Item1.ProductId, "Name"), p.Item1, p.Item2))]);

    private static InForce Span((long From, long? Length) of) => new(of.From * 5, (of.From * 5) + of.Length);

    private static CatalogueState Apply(CatalogueState state, CataloguePlan plan) =>
        CatalogueEdition.Of(new CatalogueIndex(state), plan.Changes).Next.State;

    private static bool NothingOverlaps(CatalogueState state) =>
        state.Mappings.All(m => state.Mappings.Count(o =>
            o.OperatorId == m.OperatorId && o.Sku == m.Sku && o.InForce.Overlaps(m.InForce)) == 1)
        && state.Listings.All(l => state.Listings.Count(o =>
            o.ProductId == l.ProductId && o.InForce.Overlaps(l.InForce)) == 1);

    private static bool WhatIsSoldIsKept(CatalogueState before, CatalogueState after, long sold)
    {
        var (old, next) = (CatalogueSnapshot.From(before), CatalogueSnapshot.From(after));
        return new[] { "a", "b" }.All(owner => new[] { "S", "T" }.All(sku =>
            old.Classify(owner, Encoding.UTF8.GetBytes(sku), sold)
            == next.Classify(owner, Encoding.UTF8.GetBytes(sku), sold)));
    }
}
