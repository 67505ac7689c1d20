using System.Collections.Frozen;
using KioskFleet.Service.Catalogue;

namespace KioskFleet.Service.ProductSales;

/// <summary>
/// Finds the product behind a SKU at a moment of sale, and whether a county of this city had listed it: one version of
/// the catalogue, ready to read a ledger by. Precedence is the classifier's: an operator's own mapping goes before one
/// for any operator. Immutable; thread-safe.
/// </summary>
internal sealed class ProductLookup
{
    private readonly FrozenDictionary<byte[], SkuTimelines> _skus;
    private readonly FrozenDictionary<byte[], SkuTimelines>.AlternateLookup<ReadOnlySpan<byte>> _bySku;

    private ProductLookup(long version, FrozenDictionary<byte[], SkuTimelines> skus)
    {
        Version = version;
        _skus = skus;
        _bySku = skus.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>The timelines of one SKU: an operator's own, else the one for any operator.</summary>
    private sealed record SkuTimelines(
        ProductTimeline AnyOperator, FrozenDictionary<string, ProductTimeline> OwnByOperator)
    {
        public static SkuTimelines None { get; } =
            new(ProductTimeline.Empty, FrozenDictionary<string, ProductTimeline>.Empty);

        public ProductTimeline Of(string operatorId) =>
            OwnByOperator.TryGetValue(operatorId, out var own) ? own : AnyOperator;
    }

    /// <summary>The catalogue version that this lookup is.</summary>
    public long Version { get; }

    /// <summary>Makes the lookup of a state.</summary>
    /// <param name="state">The catalogue.</param>
    /// <param name="cityCodes">GB/T 2260 codes of the city and its counties: whose listings are the city's.</param>
    public static ProductLookup From(CatalogueState state, IReadOnlySet<string> cityCodes)
    {
        var listings = state.Listings.Where(l => cityCodes.Contains(l.RecognisedBy))
            .ToLookup(l => l.ProductId, l => l.InForce, StringComparer.Ordinal);
        return new ProductLookup(state.Version, state.Mappings
            .GroupBy(m => m.Sku, StringComparer.Ordinal)
            .ToFrozenDictionary(
                group => System.Text.Encoding.UTF8.GetBytes(group.Key),
                group => Timelines(group, listings),
                SkuComparer.Instance));
    }

    /// <summary>The product of a sold line. Allocates nothing.</summary>
    /// <param name="operatorId">The operator of the cabinet's assignment at the moment of sale.</param>
    /// <param name="skuUtf8">The SKU's bytes as received.</param>
    /// <param name="saleTimeUtcMs">The corrected moment of sale, Unix milliseconds.</param>
    public SoldProduct Find(string operatorId, ReadOnlySpan<byte> skuUtf8, long saleTimeUtcMs) =>
        _bySku.TryGetValue(skuUtf8, out var sku) ? sku.Of(operatorId).At(saleTimeUtcMs) : SoldProduct.Unknown;

    /// <summary>
    /// True when this and another version say the same of every sale up to and with a moment: figures made with the one
    /// are the figures of the other.
    /// </summary>
    public bool AgreesUntil(ProductLookup other, long lastUtcMs) =>
        _skus.Keys.Concat(other._skus.Keys).Distinct(SkuComparer.Instance).All(sku =>
        {
            var mine = _skus.GetValueOrDefault(sku, SkuTimelines.None);
            var theirs = other._skus.GetValueOrDefault(sku, SkuTimelines.None);
            return mine.AnyOperator.AgreesUntil(theirs.AnyOperator, lastUtcMs)
                && mine.OwnByOperator.Keys.Concat(theirs.OwnByOperator.Keys)
                    .All(o => mine.Of(o).AgreesUntil(theirs.Of(o), lastUtcMs));
        });

    private static SkuTimelines Timelines(IEnumerable<SkuMapping> mappings, ILookup<string, InForce> listings)
    {
        var byOperator = mappings.ToLookup(m => m.OperatorId, StringComparer.Ordinal);
        var any = byOperator[null].ToList();
        return new SkuTimelines(Timeline(any, listings), byOperator
            .Where(group => group.Key is not null)
            .ToFrozenDictionary(
                group => group.Key!, group => Timeline([.. group, .. any], listings), StringComparer.Ordinal));
    }

    /// <summary>Mappings in the order of precedence: the first in force decides.</summary>
    private static ProductTimeline Timeline(IReadOnlyList<SkuMapping> mappings, ILookup<string, InForce> listings)
    {
        var moments = mappings.SelectMany(m => listings[m.ProductId].Append(m.InForce))
            .SelectMany(span => span.ToUtcMs is { } to ? [span.FromUtcMs, to] : new[] { span.FromUtcMs });
        return ProductTimeline.From(moments, at => mappings.FirstOrDefault(m => m.InForce.Contains(at)) switch
        {
            null => SoldProduct.Unknown,
            { } mapping => new SoldProduct(
                mapping.ProductId, listings[mapping.ProductId].Any(span => span.Contains(at))),
        });
    }
}
