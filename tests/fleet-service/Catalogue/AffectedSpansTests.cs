using System.Text;
using CsCheck;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Catalogue;

public sealed class AffectedSpansTests
{
    // Operators beside those that own mappings: "" stands for them.
    private static readonly string[] Operators = [.. CatalogueOnPaper.Operators, "op-stranger"];

    [Fact]
    public void The_affected_spans_are_exactly_the_moments_whose_class_differs() =>
        Gen.Select(CatalogueOnPaper.State, CatalogueOnPaper.State).Sample((before, after) =>
        {
            var (old, next) = (new CatalogueIndex(before), new CatalogueIndex(after));
            var spans = AffectedSpans.Between(old, next, old.Skus.Union(next.Skus));
            return AreExact(before, after, spans) && AreShort(spans);
        }, iter: 400);

    [Fact]
    public void A_version_affects_exactly_what_its_changes_judge_otherwise() =>
        Gen.Select(CatalogueOnPaper.State, Changes).Sample((before, pick) =>
        {
            var changes = pick(before);
            if (changes.Count == 0)
            {
                return true;
            }

            var edition = CatalogueEdition.Of(new CatalogueIndex(before), changes);
            return edition.Next.State.Version == before.Version + 1
                && AreExact(before, edition.Next.State, edition.Affected)
                && AreShort(edition.Affected);
        }, iter: 1_500);

    [Fact]
    public void An_operator_that_gets_its_first_own_mapping_is_affected_by_itself()
    {
        var before = new CatalogueIndex(new CatalogueState(
            1, [new("tea", "Tea"), new("cola", "Cola")], [new("tea", "341125", InForce.Always)],
            [new(null, "S", "tea", InForce.Always)]));
        var own = new SkuMapping("op-a", "S", "cola", new InForce(10, 20));
        var edition = CatalogueEdition.Of(before, [new CatalogueChange.MappingAdded(own)]);
        Assert.Equal([new AffectedSpan("op-a", "S", 10, 20)], edition.Affected);
        var back = CatalogueEdition.Of(edition.Next, [new CatalogueChange.MappingRemoved(own)]);
        Assert.Equal(edition.Affected, back.Affected);
    }

    private static Gen<Func<CatalogueState, IReadOnlyList<CatalogueChange>>> Changes { get; } = Gen.Select(
        Gen.Int[0, 7], Gen.Int[0, 7], Gen.Long[0, 30], Gen.Long[1, 12].Nullable())
        .Select((kind, at, from, length) => (Func<CatalogueState, IReadOnlyList<CatalogueChange>>)(state =>
        {
            var span = new InForce(from, from + length);
            var listing = state.Listings.ElementAtOrDefault(at);
            var mapping = state.Mappings.ElementAtOrDefault(at);
            CatalogueChange? change = kind switch
            {
                0 when listing is not null => new CatalogueChange.ListingRemoved(listing),
                1 when listing is not null => new CatalogueChange.ListingEndMoved(
                    listing with { InForce = listing.InForce with { ToUtcMs = listing.InForce.FromUtcMs + length } },
                    listing.InForce.ToUtcMs),
                2 => new CatalogueChange.ListingAdded(new Listing("p1", "341126", span)),
                3 when mapping is not null => new CatalogueChange.MappingRemoved(mapping),
                4 when mapping is not null => new CatalogueChange.MappingEndMoved(
                    mapping with { InForce = mapping.InForce with { ToUtcMs = mapping.InForce.FromUtcMs + length } },
                    mapping.InForce.ToUtcMs),
                5 => new CatalogueChange.MappingAdded(new SkuMapping("op-c", "1", "p2", span)),
                6 => new CatalogueChange.BlockBegun(new ProductBlock("p2", "341126", span)),
                7 => new CatalogueChange.CountingChanged(new CountingTerms(41, CountedListings.National, [])),
                _ => null,
            };
            return change is null ? [] : [change];
        }));

    /// <summary>By brute force: every operator, SKU and moment.</summary>
    private static bool AreExact(
        CatalogueState before, CatalogueState after, IReadOnlyList<AffectedSpan> spans)
    {
        var (old, next) = (CatalogueSnapshot.From(before), CatalogueSnapshot.From(after));
        foreach (var sku in CatalogueOnPaper.Skus)
        {
            var owners = before.Mappings.Concat(after.Mappings).Where(m => m.Sku == sku && m.OperatorId is not null)
                .Select(m => m.OperatorId!).ToHashSet();
            var bytes = Encoding.UTF8.GetBytes(sku);
            foreach (var owner in Operators)
            {
                var key = owners.Contains(owner) ? owner : AffectedSpans.AnyOperator;
                for (var at = -1L; at < CatalogueOnPaper.End; at++)
                {
                    var differs = old.Classify(owner, bytes, at) != next.Classify(owner, bytes, at);
                    var isAffected = spans.Any(s => s.OperatorId == key && s.Sku == sku
                        && new InForce(s.FromUtcMs, s.ToUtcMs).Contains(at));
                    if (differs != isAffected)
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    /// <summary>No two spans of one operator and SKU meet: they would be one.</summary>
    private static bool AreShort(IReadOnlyList<AffectedSpan> spans) => spans
        .GroupBy(s => (s.OperatorId, s.Sku))
        .All(g => g.Zip(g.Skip(1)).All(pair => pair.First.ToUtcMs < pair.Second.FromUtcMs));
}
