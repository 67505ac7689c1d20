using System.Collections.Frozen;
using System.Collections.Immutable;

namespace KioskFleet.Service.Catalogue;

/// <summary>The timelines of one SKU: an operator's own, else the one for any operator.</summary>
/// <param name="AnyOperator">For every operator without a mapping of its own.</param>
/// <param name="OwnByOperator">By operator; null when none has one.</param>
internal sealed record SkuTimelines(SkuTimeline AnyOperator, FrozenDictionary<string, SkuTimeline>? OwnByOperator)
{
    /// <summary>Nobody mapped the SKU.</summary>
    public static SkuTimelines Nothing { get; } = new(SkuTimeline.Nothing, null);

    /// <summary>The timeline that holds for an operator.</summary>
    public SkuTimeline For(string operatorId) =>
        OwnByOperator is { } own && own.TryGetValue(operatorId, out var timeline) ? timeline : AnyOperator;
}

/// <summary>
/// A catalogue with its listings, suspensions and mappings found by product and SKU: where timelines come from.
/// Immutable; thread-safe.
/// </summary>
internal sealed class CatalogueIndex
{
    private readonly ILookup<string, Listing> _listings;
    private readonly ILookup<string, ProductBlock> _blocks;
    private readonly ILookup<string, SkuMapping> _bySku;
    private readonly Lazy<ILookup<string, string>> _skusOfProduct;
    private readonly Lazy<Dictionary<string, Product>> _products;
    private readonly ImmutableArray<CountingTerms> _counting;

    /// <summary>Indexes a state.</summary>
    public CatalogueIndex(CatalogueState state)
    {
        State = state;
        _listings = state.Listings.ToLookup(l => l.ProductId, StringComparer.Ordinal);
        _blocks = state.Blocks.ToLookup(b => b.ProductId, StringComparer.Ordinal);
        _bySku = state.Mappings.ToLookup(m => m.Sku, StringComparer.Ordinal);
        _skusOfProduct = new Lazy<ILookup<string, string>>(
            () => state.Mappings.ToLookup(m => m.ProductId, m => m.Sku, StringComparer.Ordinal));
        _products = new Lazy<Dictionary<string, Product>>(
            () => state.Products.ToDictionary(p => p.ProductId, StringComparer.Ordinal));
        _counting = state.Counting.IsDefaultOrEmpty ? [CountingTerms.Anything] : state.Counting;
    }

    /// <summary>The catalogue.</summary>
    public CatalogueState State { get; }

    /// <summary>Every SKU that anybody ever mapped.</summary>
    public IEnumerable<string> Skus => _bySku.Select(group => group.Key);

    /// <summary>The SKUs that are mapped to a product, whenever and for whomever; some more than once.</summary>
    public IEnumerable<string> SkusOf(string productId) => _skusOfProduct.Value[productId];

    /// <summary>The product with an id, or null.</summary>
    public Product? ProductOf(string productId) => _products.Value.GetValueOrDefault(productId);

    /// <summary>All listings of a product.</summary>
    public IEnumerable<Listing> ListingsOf(string productId) => _listings[productId];

    /// <summary>All suspensions of a product for its quality.</summary>
    public IEnumerable<ProductBlock> BlocksOf(string productId) => _blocks[productId];

    /// <summary>A product's listings and suspensions by one recogniser.</summary>
    public (IReadOnlyList<Listing> Listings, IReadOnlyList<ProductBlock> Blocks) LaneOf(
        string productId, string recogniser) =>
        ([.. _listings[productId].Where(l => l.RecognisedBy == recogniser)],
            [.. _blocks[productId].Where(b => b.SuspendedBy == recogniser)]);

    /// <summary>The mappings of a SKU by its owner; null is any operator.</summary>
    public IReadOnlyList<SkuMapping> MappingsOf(string? operatorId, string sku) =>
        [.. _bySku[sku].Where(m => m.OperatorId == operatorId)];

    /// <summary>The terms by which a sale at a moment is counted.</summary>
    public CountingTerms CountingAt(long utcMs)
    {
        var terms = _counting[0];
        foreach (var later in _counting)
        {
            terms = later.FromUtcMs <= utcMs ? later : terms;
        }

        return terms;
    }

    /// <summary>The timelines of a SKU.</summary>
    public SkuTimelines TimelinesOf(string sku)
    {
        var mappings = _bySku[sku];
        var any = mappings.Where(m => m.OperatorId is null).ToList();
        var own = mappings.Where(m => m.OperatorId is not null).GroupBy(m => m.OperatorId!, StringComparer.Ordinal)
            .Select(group => KeyValuePair.Create(group.Key, Timeline([.. group, .. any])))
            .ToList();
        return any.Count == 0 && own.Count == 0
            ? SkuTimelines.Nothing
            : new SkuTimelines(Timeline(any), own.Count == 0 ? null : own.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>What is true of a product at a moment, as if a SKU were mapped to it then.</summary>
    public SkuFacts FactsOf(string productId, long at)
    {
        var terms = CountingAt(at);
        var isBlocked = _blocks[productId].Any(b => b.InForce.Contains(at));
        var (isCounted, isOfCity) = (false, false);
        foreach (var listing in _listings[productId])
        {
            if (!isBlocked && listing.InForce.Contains(at))
            {
                isCounted |= terms.Counts(listing);
                isOfCity |= terms.IsOfCity(listing);
            }
        }

        return new SkuFacts(productId, isCounted ? ProductClass.Aid : ProductClass.Ordinary, isOfCity, isBlocked);
    }

    /// <summary>What is true of a product over time, as if a SKU were mapped to it always.</summary>
    public SkuTimeline TimelineOfProduct(string productId) =>
        SkuTimeline.From(Moments(SpansOf(productId)), at => FactsOf(productId, at));

    private IEnumerable<InForce> SpansOf(string productId) =>
        _listings[productId].Select(l => l.InForce).Concat(_blocks[productId].Select(b => b.InForce));

    /// <summary>Every moment at which something may change: edges of spans, and changes of what counts.</summary>
    private IEnumerable<long> Moments(IEnumerable<InForce> spans) => spans
        .SelectMany(s => s.ToUtcMs is { } to ? [s.FromUtcMs, to] : new[] { s.FromUtcMs })
        .Concat(_counting.Skip(1).Select(t => t.FromUtcMs));

    /// <summary>Mappings in the order of precedence: the first in force decides.</summary>
    private SkuTimeline Timeline(List<SkuMapping> mappings)
    {
        if (mappings.Count == 0)
        {
            return SkuTimeline.Nothing;
        }

        var moments = Moments(mappings.SelectMany(m => SpansOf(m.ProductId).Append(m.InForce)));
        return SkuTimeline.From(moments, at => mappings.FirstOrDefault(m => m.InForce.Contains(at)) is { } mapping
            ? FactsOf(mapping.ProductId, at)
            : SkuFacts.Unmapped);
    }
}
