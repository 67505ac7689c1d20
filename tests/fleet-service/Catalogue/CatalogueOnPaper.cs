using CsCheck;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Tests.Catalogue;

/// <summary>Random catalogues, small enough that their spans meet, and the plainest reading of one.</summary>
internal static class CatalogueOnPaper
{
    /// <summary>No span begins or ends after it.</summary>
    public const long End = 45;

    public const string HomeCounty = "341125";

    public const string ForeignCounty = "110101";

    public static readonly string[] Operators = ["op-a", "op-b", "op-c"];

    public static readonly string[] Skus =
        ["1", "12345678", "12345679", "苹果汁-330ml", "a-rather-long-sku-name-0001"];

    public static readonly string[] ProductIds = ["p1", "p2", "p3"];

    private static readonly Gen<InForce> Span = Gen.Select(Gen.Long[0, 30], Gen.Long[1, 12].Nullable())
        .Select((from, length) => new InForce(from, from + length));

    private static readonly Gen<Listing> Listings = Gen.Select(
        Gen.OneOf(ProductIds), Gen.OneOf(HomeCounty, ForeignCounty, Listing.NationalList), Span)
        .Select((p, by, s) => new Listing(p, by, s));

    private static readonly Gen<SkuMapping> Mappings = Gen.Select(
        Gen.OneOf<string?>(null, "op-a", "op-b"), Gen.OneOf(Skus), Gen.OneOf(ProductIds), Span)
        .Select((o, s, p, t) => new SkuMapping(o, s, p, t));

    private static readonly Gen<ProductBlock> Blocks = Gen.Select(Gen.OneOf(ProductIds), Span)
        .Select((p, s) => new ProductBlock(p, HomeCounty, s));

    private static readonly Gen<CountingTerms> Terms = Gen.Select(Gen.Long[0, 40], Gen.Enum<CountedListings>())
        .Select((from, counted) => new CountingTerms(from, counted, ["341100", HomeCounty]));

    /// <summary>Any catalogue.</summary>
    public static Gen<CatalogueState> State { get; } = Gen.Select(
        Listings.Array[0, 8], Mappings.Array[0, 10], Blocks.Array[0, 2], Terms.Array[0, 2])
        .Select((listings, mappings, blocks, terms) => new CatalogueState(
            1,
            [.. ProductIds.Select(p => new Product(p, p))],
            [.. WithoutOverlap(listings, l => (l.ProductId, l.RecognisedBy), l => l.InForce)],
            [.. WithoutOverlap(mappings, m => (m.OperatorId, m.Sku), m => m.InForce)])
        {
            Blocks = [.. WithoutOverlap(blocks, b => b.ProductId, b => b.InForce)],
            Counting = [.. terms.DistinctBy(t => t.FromUtcMs).OrderBy(t => t.FromUtcMs)],
        });

    /// <summary>What is true of a SKU at a moment, by reading everything again.</summary>
    public static SkuFacts Plain(CatalogueState state, string cabinetOperator, string sku, long at)
    {
        foreach (var owner in new[] { cabinetOperator, null })
        {
            foreach (var mapping in state.Mappings)
            {
                if (mapping.OperatorId == owner && mapping.Sku == sku && Holds(mapping.InForce, at))
                {
                    return OfProduct(state, mapping.ProductId, at);
                }
            }
        }

        return new SkuFacts(null, ProductClass.Unmapped, false, false);
    }

    private static SkuFacts OfProduct(CatalogueState state, string product, long at)
    {
        var counted = CountedListings.Any;
        foreach (var terms in state.Counting)
        {
            if (terms == state.Counting[0] || at >= terms.FromUtcMs)
            {
                counted = terms.Counted;
            }
        }

        var blocked = state.Blocks.Any(b => b.ProductId == product && Holds(b.InForce, at));
        var recognisers = state.Listings.Where(l => l.ProductId == product && Holds(l.InForce, at) && !blocked)
            .Select(l => l.RecognisedBy).ToList();
        var isAid = recognisers.Any(by => counted switch
        {
            CountedListings.Any => true,
            CountedListings.City => by == HomeCounty,
            CountedListings.National => by == "national",
            _ => by is HomeCounty or "national",
        });
        return new SkuFacts(
            product, isAid ? ProductClass.Aid : ProductClass.Ordinary,
            state.Counting.Length > 0 && recognisers.Contains(HomeCounty), blocked);
    }

    private static bool Holds(InForce span, long at) =>
        at >= span.FromUtcMs && (span.ToUtcMs is null || at < span.ToUtcMs);

    private static List<T> WithoutOverlap<T, TKey>(T[] all, Func<T, TKey> key, Func<T, InForce> span)
    {
        var kept = new List<T>();
        foreach (var one in all)
        {
            if (!kept.Exists(k => Equals(key(k), key(one)) && span(k).Overlaps(span(one))))
            {
                kept.Add(one);
            }
        }

        return kept;
    }
}
