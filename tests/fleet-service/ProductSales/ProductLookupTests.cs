using System.Text;
using CsCheck;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;
using KioskFleet.Service.ProductSales;
using Xunit;

namespace KioskFleet.Service.Tests.ProductSales;

[RunsOnce]
public sealed class ProductLookupTests
{
    private const string OfCity = "341125";
    private const string Foreign = "510100";
    private static readonly CountingTerms City = new(0, CountedListings.Any, [OfCity, "341126"]);
    private static readonly string[] Operators = ["op-a", "op-b", "op-c"];
    private static readonly string[] Skus = ["1", "12345678", "苹果汁-330ml"];
    private static readonly string[] ProductIds = ["p1", "p2", "p3"];

    private static readonly Gen<InForce> Span = Gen.Select(Gen.Long[0, 30], Gen.Long[1, 12].Nullable())
        .Select((from, length) => new InForce(from, from + length));

    private static readonly Gen<CatalogueState> State = Gen.Select(
        Gen.Select(Gen.OneOf(ProductIds), Gen.OneOf(OfCity, Foreign), Span)
            .Select((p, c, s) => new Listing(p, c, s)).Array[0, 6],
        Gen.Select(Gen.OneOf<string?>(null, "op-a", "op-b"), Gen.OneOf(Skus), Gen.OneOf(ProductIds), Span)
            .Select((o, s, p, t) => new SkuMapping(o, s, p, t)).Array[0, 8])
        .Select((listings, mappings) => new CatalogueState(
            1, [], [.. listings], [.. WithoutOverlap(mappings)]) { Counting = [City] });

    [Fact]
    public void The_lookup_agrees_with_a_plain_search_at_every_moment() => State.Sample(state =>
    {
        var lookup = new ProductLookup(CatalogueSnapshot.From(state));
        foreach (var (cabinetOperator, sku, at) in Everything())
        {
            Assert.Equal(Plain(state, cabinetOperator, sku, at),
                lookup.Find(cabinetOperator, Encoding.UTF8.GetBytes(sku), at));
        }
    });

    [Fact]
    public void Two_versions_agree_until_a_moment_exactly_when_they_say_the_same_of_every_sale_until_then() =>
        Gen.Select(State, State, Gen.Long[-1, 50], Gen.Bool).Sample((one, other, last, isVariant) =>
        {
            // Two random catalogues hardly ever agree: half of the time the other differs from the one in a single row.
            var second = isVariant && one.Mappings.Length > 0 ? one with { Mappings = one.Mappings[1..] } : other;
            var a = new ProductLookup(CatalogueSnapshot.From(one));
            var b = new ProductLookup(CatalogueSnapshot.From(second));
            var same = Everything().Where(e => e.At <= last).All(e =>
                Plain(one, e.Operator, e.Sku, e.At) == Plain(second, e.Operator, e.Sku, e.At));
            Assert.Equal(same, a.AgreesUntil(b, last));
            Assert.Equal(same, b.AgreesUntil(a, last));
        }, iter: 2_000);

    private static IEnumerable<(string Operator, string Sku, long At)> Everything() =>
        from cabinetOperator in Operators
        from sku in Skus.Append("unheard-of")
        from at in Enumerable.Range(-1, 46)
        select (cabinetOperator, sku, (long)at);

    private static SoldProduct Plain(CatalogueState state, string cabinetOperator, string sku, long at)
    {
        foreach (var owner in new[] { cabinetOperator, null })
        {
            foreach (var mapping in state.Mappings)
            {
                if (mapping.OperatorId == owner && mapping.Sku == sku && mapping.InForce.Contains(at))
                {
                    return new SoldProduct(mapping.ProductId, state.Listings.Any(l =>
                        l.ProductId == mapping.ProductId && l.RecognisedBy == OfCity && l.InForce.Contains(at)));
                }
            }
        }

        return new SoldProduct("", false);
    }

    private static List<SkuMapping> WithoutOverlap(SkuMapping[] mappings)
    {
        var kept = new List<SkuMapping>();
        foreach (var mapping in mappings)
        {
            if (!kept.Exists(k => k.OperatorId == mapping.OperatorId && k.Sku == mapping.Sku
                && k.InForce.Overlaps(mapping.InForce)))
            {
                kept.Add(mapping);
            }
        }

        return kept;
    }
}
