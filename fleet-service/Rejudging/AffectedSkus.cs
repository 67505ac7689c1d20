using System.Collections.Frozen;
using System.Text;
using KioskFleet.Service.Catalogue;

namespace KioskFleet.Service.Rejudging;

/// <summary>A span of sale time that a catalogue version judges otherwise than the one before.</summary>
/// <param name="Version">The catalogue version.</param>
/// <param name="OperatorId">The operator; empty for every one without a mapping of its own.</param>
/// <param name="Sku">The SKU.</param>
/// <param name="FromUtcMs">First millisecond inside, Unix time.</param>
/// <param name="ToUtcMs">First millisecond after it; null while it has no end.</param>
internal sealed record AffectedRow(long Version, string OperatorId, string Sku, long FromUtcMs, long? ToUtcMs);

/// <summary>A catalogue version whose affected sales are judged again.</summary>
/// <param name="Version">The version.</param>
/// <param name="MadeBy">Who answers for it.</param>
/// <param name="AfterPosition">Every entry up to here is done.</param>
/// <param name="ThroughPosition">The last entry that an older catalogue may have judged.</param>
internal sealed record SweptVersion(long Version, string MadeBy, long AfterPosition, long ThroughPosition);

/// <summary>One span of one SKU, with the positions that are still to be looked at.</summary>
internal readonly record struct AffectedSpan(SweptVersion Of, long FromUtcMs, long ToUtcMs)
{
    /// <summary>True when a sale at this position and moment is affected.</summary>
    public bool Covers(long position, long utcMs) => utcMs >= FromUtcMs && utcMs < ToUtcMs
        && position > Of.AfterPosition && position <= Of.ThroughPosition;
}

/// <summary>The spans of one SKU. Immutable; thread-safe.</summary>
internal sealed class AffectedSku
{
    private readonly AffectedSpan[] _any;
    private readonly FrozenDictionary<string, AffectedSpan[]> _byOperator;

    /// <summary>Holds the spans of one SKU.</summary>
    public AffectedSku(byte[] skuUtf8, IEnumerable<(string OperatorId, AffectedSpan Span)> spans)
    {
        Utf8 = skuUtf8;
        var byOperator = spans.ToLookup(s => s.OperatorId, s => s.Span, StringComparer.Ordinal);
        _any = [.. byOperator[""]];
        _byOperator = byOperator.Where(g => g.Key.Length > 0)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>The SKU's bytes.</summary>
    public byte[] Utf8 { get; }

    /// <summary>True when a sale of this operator is affected.</summary>
    public bool IsAffected(string operatorId, long position, long utcMs)
    {
        foreach (var span in _any)
        {
            if (span.Covers(position, utcMs))
            {
                return true;
            }
        }

        return _byOperator.TryGetValue(operatorId, out var own) && own.Any(s => s.Covers(position, utcMs));
    }

    /// <summary>The versions newer than the one it was judged by that affect a sale of this operator.</summary>
    public IEnumerable<SweptVersion> Affecting(
        string operatorId, long position, long utcMs, long judgedByVersion) =>
        (_byOperator.TryGetValue(operatorId, out var own) ? _any.Concat(own) : _any)
            .Where(s => s.Of.Version > judgedByVersion && s.Covers(position, utcMs)).Select(s => s.Of);
}

/// <summary>
/// All SKUs that some catalogue versions affect, found by the bytes of a sale. Immutable; thread-safe.
/// </summary>
internal sealed class AffectedSkus
{
    /// <summary>Up to so many SKUs are looked for as mere bytes before an entry is taken apart.</summary>
    private const int FewSkus = 4;

    private readonly FrozenDictionary<byte[], AffectedSku>.AlternateLookup<ReadOnlySpan<byte>> _skus;
    private readonly byte[][]? _few;

    /// <summary>Holds the spans of some versions.</summary>
    public AffectedSkus(IEnumerable<AffectedRow> rows, IReadOnlyList<SweptVersion> versions)
    {
        var byVersion = versions.ToDictionary(v => v.Version);
        var spans = rows.Select(r => (Row: r, Span: new AffectedSpan(
            byVersion[r.Version], r.FromUtcMs, r.ToUtcMs ?? long.MaxValue))).ToList();
        Times = new TimeSpans(spans.Select(s => (s.Span.FromUtcMs, s.Span.ToUtcMs)));
        var skus = spans.GroupBy(s => s.Row.Sku, StringComparer.Ordinal)
            .Select(g => new AffectedSku(Encoding.UTF8.GetBytes(g.Key), g.Select(s => (s.Row.OperatorId, s.Span))))
            .ToFrozenDictionary(s => s.Utf8, SkuComparer.Instance);
        _skus = skus.GetAlternateLookup<ReadOnlySpan<byte>>();
        _few = skus.Count <= FewSkus ? [.. skus.Keys] : null;
    }

    /// <summary>All moments that any of the spans holds.</summary>
    public TimeSpans Times { get; }

    /// <summary>False when no affected SKU is anywhere in an entry's bytes. Allocates nothing.</summary>
    public bool MayBeIn(ReadOnlySpan<byte> entry)
    {
        if (_few is null)
        {
            return true;
        }

        foreach (var sku in _few)
        {
            if (entry.IndexOf(sku) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The spans of a SKU; null when it is not affected. Allocates nothing.</summary>
    public AffectedSku? Find(ReadOnlySpan<byte> skuUtf8) => _skus.TryGetValue(skuUtf8, out var sku) ? sku : null;
}
