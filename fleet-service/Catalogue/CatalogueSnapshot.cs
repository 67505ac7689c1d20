using System.Collections.Frozen;
using System.Text;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// One version of the catalogue, ready to classify sales: ingest takes it once per group of batches and judges all
/// of them by it. Immutable; thread-safe.
/// </summary>
internal sealed class CatalogueSnapshot
{
    private readonly IReadOnlyList<KeyValuePair<string, SkuTimelines>> _all;
    private readonly FrozenDictionary<byte[], SkuTimelines>.AlternateLookup<ReadOnlySpan<byte>> _timelines;

    private CatalogueSnapshot(long version, FrozenDictionary<byte[], SkuTimelines> timelines)
    {
        Version = version;
        SkuCount = timelines.Count;
        _all = [.. timelines.Select(t => KeyValuePair.Create(Encoding.UTF8.GetString(t.Key), t.Value))];
        _timelines = timelines.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>The timelines of one SKU: an operator's own, else the one for any operator.</summary>
    private sealed record SkuTimelines(
        ClassTimeline AnyOperator, FrozenDictionary<string, ClassTimeline>? OwnByOperator);

    /// <summary>The catalogue version that this snapshot is.</summary>
    public long Version { get; }

    /// <summary>How many SKUs are mapped, for any operator or one.</summary>
    public int SkuCount { get; }

    /// <summary>Makes the snapshot of a state.</summary>
    public static CatalogueSnapshot From(CatalogueState state)
    {
        var listings = state.Listings.ToLookup(l => l.ProductId, l => l.InForce, StringComparer.Ordinal);
        return new CatalogueSnapshot(state.Version, state.Mappings
            .GroupBy(m => m.Sku, StringComparer.Ordinal)
            .ToFrozenDictionary(
                group => Encoding.UTF8.GetBytes(group.Key), group => Timelines(group, listings), SkuComparer.Instance));
    }

    /// <summary>
    /// What a line counts as: an operator's own mapping goes before one for any operator; no mapping in force is
    /// Unmapped; a mapped product is Aid while a listing of it is in force and Ordinary else. Allocates nothing.
    /// </summary>
    /// <param name="operatorId">The operator of the cabinet's assignment at the moment of sale.</param>
    /// <param name="skuUtf8">The SKU's bytes as received.</param>
    /// <param name="saleTimeUtcMs">The corrected moment of sale, Unix milliseconds.</param>
    public ProductClass Classify(string operatorId, ReadOnlySpan<byte> skuUtf8, long saleTimeUtcMs)
    {
        if (!_timelines.TryGetValue(skuUtf8, out var sku))
        {
            return ProductClass.Unmapped;
        }

        return sku.OwnByOperator is { } own && own.TryGetValue(operatorId, out var timeline)
            ? timeline.At(saleTimeUtcMs)
            : sku.AnyOperator.At(saleTimeUtcMs);
    }

    /// <summary>
    /// What every SKU counts as for an operator from a moment on, by SKU and then by time: what a gate works by.
    /// </summary>
    public IEnumerable<SkuSpan> SpansOf(string operatorId, long fromUtcMs)
    {
        foreach (var (sku, timelines) in _all.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            var timeline = timelines.OwnByOperator is { } own && own.TryGetValue(operatorId, out var ownLine)
                ? ownLine
                : timelines.AnyOperator;
            foreach (var (from, productClass) in timeline.From(fromUtcMs))
            {
                yield return new SkuSpan(sku, from, productClass, IsBlocked: false);
            }
        }
    }

    private static SkuTimelines Timelines(IEnumerable<SkuMapping> mappings, ILookup<string, InForce> listings)
    {
        var byOperator = mappings.ToLookup(m => m.OperatorId, StringComparer.Ordinal);
        var any = byOperator[null].ToList();
        var own = byOperator
            .Where(group => group.Key is not null)
            .Select(group => KeyValuePair.Create(group.Key!, Timeline([.. group, .. any], listings)))
            .ToFrozenDictionary(StringComparer.Ordinal);
        return new SkuTimelines(Timeline(any, listings), own.Count == 0 ? null : own);
    }

    /// <summary>Mappings in the order of precedence: the first in force decides.</summary>
    private static ClassTimeline Timeline(IReadOnlyList<SkuMapping> mappings, ILookup<string, InForce> listings)
    {
        var moments = mappings.SelectMany(m => listings[m.ProductId].Append(m.InForce))
            .SelectMany(span => span.ToUtcMs is { } to ? [span.FromUtcMs, to] : new[] { span.FromUtcMs });
        return ClassTimeline.From(moments, at => mappings.FirstOrDefault(m => m.InForce.Contains(at)) switch
        {
            null => ProductClass.Unmapped,
            { } mapping => listings[mapping.ProductId].Any(span => span.Contains(at))
                ? ProductClass.Aid
                : ProductClass.Ordinary,
        });
    }
}

/// <summary>What a SKU counts as from a moment on, until its next span.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="FromUtcMs">The beginning, Unix milliseconds UTC.</param>
/// <param name="Class">What it counts as.</param>
/// <param name="IsBlocked">True while its product is suspended for quality: it must not be vended at all.</param>
internal readonly record struct SkuSpan(string Sku, long FromUtcMs, ProductClass Class, bool IsBlocked);
