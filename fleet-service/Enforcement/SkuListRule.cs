using System.Text;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Configs;
using KioskFleet.Service.Catalogue;
using CatalogueSpan = KioskFleet.Service.Catalogue.SkuSpan;
using GateSpan = KioskFleet.Protocol.Configs.SkuSpan;

namespace KioskFleet.Service.Enforcement;

/// <summary>
/// Which SKUs a config names, and as what. Within the limits of a config: those blocked for quality first, then those
/// sold newest, then by name; a SKU that is left out counts as Unmapped at the gate, so that too little is sold rather
/// than too much. Pure.
/// </summary>
internal static class SkuListRule
{
    /// <summary>Most bytes of all SKUs: everything else of a config fits into the rest.</summary>
    private const int MaxBytes = Limits.MaxConfigBytes - 64 * 1024;

    /// <summary>The list.</summary>
    /// <param name="spans">The operator's spans, by SKU and then by time.</param>
    /// <param name="newestFirst">SKUs in the order in which they were sold last; asked for only beyond the limit.
    /// </param>
    public static IReadOnlyList<SkuClass> Of(
        IEnumerable<CatalogueSpan> spans, Func<IReadOnlyList<string>> newestFirst)
    {
        var skus = spans.GroupBy(span => span.Sku, StringComparer.Ordinal)
            .Where(group => group.Any(span => span.IsBlocked || span.Class != ProductClass.Unmapped)
                && Encoding.UTF8.GetByteCount(group.Key) is > 0 and <= Limits.MaxIdBytes)
            .Select(group => new SkuClass(group.Key, Bounded([.. group])))
            .ToList();
        return InOrder(skus.Count <= Limits.MaxConfigSkus && skus.Sum(BytesOf) <= MaxBytes
            ? skus
            : Newest(skus, newestFirst()));
    }

    private static List<SkuClass> Newest(List<SkuClass> skus, IReadOnlyList<string> newestFirst)
    {
        var rank = newestFirst.Select((sku, i) => (sku, i)).DistinctBy(r => r.sku)
            .ToDictionary(r => r.sku, r => r.i, StringComparer.Ordinal);
        var bytes = 0;
        return [.. skus.OrderByDescending(sku => sku.Spans.Any(span => span.IsBlocked))
            .ThenBy(sku => rank.GetValueOrDefault(sku.Sku, int.MaxValue))
            .ThenBy(sku => sku.Sku, StringComparer.Ordinal)
            .Take(Limits.MaxConfigSkus).TakeWhile(sku => (bytes += BytesOf(sku)) <= MaxBytes)];
    }

    /// <summary>Bytes of a SKU in a config: lengths, name, and 10 for each span.</summary>
    private static int BytesOf(SkuClass sku) => 2 + Encoding.UTF8.GetByteCount(sku.Sku) + 10 * sku.Spans.Count;

    /// <summary>The order of a config: by the SKUs' UTF-8 bytes.</summary>
    public static IReadOnlyList<SkuClass> InOrder(IEnumerable<SkuClass> skus) =>
        [.. skus.OrderBy(sku => Encoding.UTF8.GetBytes(sku.Sku), ByteOrder.Instance)];

    /// <summary>
    /// The newest spans; the first of them is said to have begun for ever, so that a config does not change with the
    /// day on which it is looked at.
    /// </summary>
    private static List<GateSpan> Bounded(List<CatalogueSpan> spans)
    {
        var newest = spans.Skip(Math.Max(0, spans.Count - Limits.MaxConfigSpans)).ToList();
        return [.. newest.Select((span, i) =>
            new GateSpan(i == 0 ? 0 : span.FromUtcMs, ClassOf(span.Class), span.IsBlocked))];
    }

    private static GateClass ClassOf(ProductClass of) => of switch
    {
        ProductClass.Aid => GateClass.Aid,
        ProductClass.Ordinary => GateClass.Ordinary,
        ProductClass.Unmapped => GateClass.Unmapped,
        _ => throw new ArgumentOutOfRangeException(nameof(of), of, "is no class."),
    };

    /// <summary>Compares bytes as the protocol orders SKUs.</summary>
    internal sealed class ByteOrder : IComparer<byte[]>
    {
        /// <summary>The one instance.</summary>
        public static ByteOrder Instance { get; } = new();

        /// <inheritdoc/>
        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
