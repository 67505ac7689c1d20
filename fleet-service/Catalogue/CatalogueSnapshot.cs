using System.Collections.Frozen;
using System.Text;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// One version of the catalogue, ready to classify sales: ingest takes it once per group of batches and judges all
/// of them by it. Immutable; thread-safe.
/// </summary>
internal sealed class CatalogueSnapshot
{
    private readonly FrozenDictionary<byte[], SkuTimelines>.AlternateLookup<ReadOnlySpan<byte>> _timelines;
    private readonly Lazy<KeyValuePair<string, SkuTimelines>[]> _bySku;

    private CatalogueSnapshot(CatalogueIndex index)
    {
        Index = index;
        var all = index.Skus.Select(sku => KeyValuePair.Create(sku, index.TimelinesOf(sku))).ToArray();
        SkuCount = all.Length;
        _timelines = all.ToFrozenDictionary(t => Encoding.UTF8.GetBytes(t.Key), t => t.Value, SkuComparer.Instance)
            .GetAlternateLookup<ReadOnlySpan<byte>>();
        _bySku = new Lazy<KeyValuePair<string, SkuTimelines>[]>(
            () => [.. all.OrderBy(t => t.Key, StringComparer.Ordinal)]);
    }

    /// <summary>The catalogue version that this snapshot is.</summary>
    public long Version => Index.State.Version;

    /// <summary>How many SKUs are mapped, for any operator or one.</summary>
    public int SkuCount { get; }

    /// <summary>What the snapshot was made from.</summary>
    public CatalogueIndex Index { get; }

    /// <summary>Makes the snapshot of a state; its own terms say which listings count.</summary>
    public static CatalogueSnapshot From(CatalogueState state) => new(new CatalogueIndex(state));

    /// <summary>Makes the snapshot of a state by a data set's terms: whose listings count, which codes are the city's.
    /// </summary>
    public static CatalogueSnapshot From(CatalogueState state, PlacesDataSet places) =>
        From(state with { Counting = [CountingTerms.Of(places, 0)] });

    /// <summary>Makes the snapshot of an indexed state.</summary>
    public static CatalogueSnapshot From(CatalogueIndex index) => new(index);

    /// <summary>
    /// What a line counts as: an operator's own mapping goes before one for any operator; no mapping in force is
    /// Unmapped; a mapped product is Aid while a listing of it that counts is in force and it is not suspended for
    /// quality, and Ordinary else. Allocates nothing.
    /// </summary>
    /// <param name="operatorId">The operator of the cabinet's assignment at the moment of sale.</param>
    /// <param name="skuUtf8">The SKU's bytes as received.</param>
    /// <param name="saleTimeUtcMs">The corrected moment of sale, Unix milliseconds.</param>
    public ProductClass Classify(string operatorId, ReadOnlySpan<byte> skuUtf8, long saleTimeUtcMs) =>
        TimelinesOf(skuUtf8).For(operatorId).At(saleTimeUtcMs).Class;

    /// <summary>
    /// What else is true of a line, by the same rule: its product, its class, whether the city recognised it, whether
    /// it is blocked. Allocates nothing.
    /// </summary>
    /// <param name="operatorId">The operator of the cabinet's assignment at the moment of sale.</param>
    /// <param name="skuUtf8">The SKU's bytes as received.</param>
    /// <param name="utcMs">The moment, Unix milliseconds.</param>
    public SkuFacts Describe(string operatorId, ReadOnlySpan<byte> skuUtf8, long utcMs) =>
        TimelinesOf(skuUtf8).For(operatorId).At(utcMs);

    /// <summary>What is true of a SKU over time, for any operator. Allocates nothing.</summary>
    /// <param name="skuUtf8">The SKU's bytes as received.</param>
    public SkuTimelines TimelinesOf(ReadOnlySpan<byte> skuUtf8) =>
        _timelines.TryGetValue(skuUtf8, out var sku) ? sku : SkuTimelines.Nothing;

    /// <summary>
    /// What every SKU counts as for an operator from a moment on, by SKU and then by time: what a gate works by.
    /// </summary>
    public IEnumerable<SkuSpan> SpansOf(string operatorId, long fromUtcMs)
    {
        foreach (var (sku, timelines) in _bySku.Value)
        {
            foreach (var (from, productClass, isBlocked) in timelines.For(operatorId).From(fromUtcMs))
            {
                yield return new SkuSpan(sku, from, productClass, isBlocked);
            }
        }
    }
}

/// <summary>What a SKU counts as from a moment on, until its next span.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="FromUtcMs">The beginning, Unix milliseconds UTC.</param>
/// <param name="Class">What it counts as.</param>
/// <param name="IsBlocked">True while its product is suspended for quality: it must not be vended at all.</param>
internal readonly record struct SkuSpan(string Sku, long FromUtcMs, ProductClass Class, bool IsBlocked);
