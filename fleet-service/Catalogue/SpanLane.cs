namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Spans of which no two may overlap, known by their beginnings: the listings of a product by a county, or the
/// mappings of one SKU of an operator. Not thread-safe.
/// </summary>
internal sealed class SpanLane
{
    private readonly List<(InForce Span, string ProductId)> _spans = [];

    /// <summary>The span that begins at a moment, or null.</summary>
    public InForce? Find(long fromUtcMs)
    {
        var index = _spans.FindIndex(s => s.Span.FromUtcMs == fromUtcMs);
        return index < 0 ? null : _spans[index].Span;
    }

    /// <summary>
    /// The first span that leaves no room for a wanted one, or null. A span with the same beginning and product is
    /// the wanted one itself, as it stood before.
    /// </summary>
    public InForce? Blocking(InForce wanted, string productId)
    {
        var index = _spans.FindIndex(s => s.Span.Overlaps(wanted)
            && !(s.Span.FromUtcMs == wanted.FromUtcMs && s.ProductId == productId));
        return index < 0 ? null : _spans[index].Span;
    }

    /// <summary>Adds a span, or replaces the one with the same beginning.</summary>
    public void Put(InForce span, string productId)
    {
        _spans.RemoveAll(s => s.Span.FromUtcMs == span.FromUtcMs);
        _spans.Add((span, productId));
    }
}
