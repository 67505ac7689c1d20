using System.Runtime.InteropServices;

namespace KioskFleet.Service.Catalogue;

/// <summary>What an import would do to the catalogue.</summary>
/// <param name="Changes">In the order in which they are to be applied; empty when nothing changes.</param>
/// <param name="Refused">Rows that stand against the catalogue or against each other, by line.</param>
/// <param name="ChangedRows">Rows that changed something.</param>
/// <param name="UnchangedRows">Rows that the catalogue holds already.</param>
internal sealed record CataloguePlan(
    IReadOnlyList<CatalogueChange> Changes,
    IReadOnlyList<RefusedRow> Refused,
    int ChangedRows,
    int UnchangedRows);

/// <summary>
/// Decides which rows of an import are taken. A row is taken as a whole or not at all. Pure. The same rows against the
/// catalogue they made change nothing: what rows of one file say about one thing is settled by the first of them
/// before anything is tried, and a row that waits for another to make room is tried again once it has.
/// </summary>
internal sealed class CataloguePlanner
{
    private readonly Dictionary<string, string> _names;
    private readonly Dictionary<LaneKey, SpanLane> _lanes = [];
    private readonly long _nowUtcMs;
    private readonly List<CatalogueChange> _changes = [];

    private CataloguePlanner(CatalogueState state, long nowUtcMs)
    {
        _nowUtcMs = nowUtcMs;
        _names = state.Products.ToDictionary(p => p.ProductId, p => p.Name, StringComparer.Ordinal);
        foreach (var listing in state.Listings)
        {
            Lane(LaneKey.Of(listing)).Put(listing.InForce, listing.ProductId);
        }

        foreach (var mapping in state.Mappings)
        {
            Lane(LaneKey.Of(mapping)).Put(mapping.InForce, mapping.ProductId);
        }
    }

    /// <summary>What cannot be true twice at one time: a county's listing of a product, an operator's SKU.</summary>
    private sealed record LaneKey(bool IsListing, string? Owner, string Subject)
    {
        public static LaneKey Of(Listing listing) => new(true, listing.RecognisedBy, listing.ProductId);

        public static LaneKey Of(SkuMapping mapping) => new(false, mapping.OperatorId, mapping.Sku);
    }

    /// <summary>Decides.</summary>
    /// <param name="state">The catalogue as it stands.</param>
    /// <param name="rows">Readable rows in file order.</param>
    /// <param name="nowUtcMs">The present; what lies before it may be added but not altered.</param>
    public static CataloguePlan Plan(CatalogueState state, IReadOnlyList<CatalogueRow> rows, long nowUtcMs) =>
        new CataloguePlanner(state, nowUtcMs).Run(rows);

    private CataloguePlan Run(IReadOnlyList<CatalogueRow> rows)
    {
        var refused = new Dictionary<int, RefusedRow>();
        var unchanged = 0;
        var changed = 0;
        var waiting = new Dictionary<(LaneKey Lane, long From), List<CatalogueRow>>();
        var queue = new Queue<CatalogueRow>(WithoutContradictions(rows, refused));
        while (queue.TryDequeue(out var row))
        {
            refused.Remove(row.Line);
            var before = _changes.Count;
            if (Refusal(row, out var blocker) is { } refusal)
            {
                refused[row.Line] = refusal;
                if (blocker is { } key)
                {
                    (CollectionsMarshal.GetValueRefOrAddDefault(waiting, key, out _) ??= []).Add(row);
                }

                continue;
            }

            Take(row);
            unchanged += _changes.Count == before ? 1 : 0;
            changed += _changes.Count == before ? 0 : 1;
            foreach (var moved in _changes.Skip(before).Select(MovedSpan).OfType<(LaneKey, long)>())
            {
                // Room was made: whoever it blocked is tried again, in file order.
                if (waiting.Remove(moved, out var unblocked))
                {
                    unblocked.ForEach(queue.Enqueue);
                }
            }
        }

        return new CataloguePlan(_changes, [.. refused.Values.OrderBy(r => r.Line)], changed, unchanged);
    }

    private static (LaneKey, long)? MovedSpan(CatalogueChange change) => change switch
    {
        CatalogueChange.ListingEndMoved m => (LaneKey.Of(m.Listing), m.Listing.InForce.FromUtcMs),
        CatalogueChange.MappingEndMoved m => (LaneKey.Of(m.Mapping), m.Mapping.InForce.FromUtcMs),
        _ => null,
    };

    /// <summary>Within one file the first word on a thing holds, whatever becomes of its row.</summary>
    private static List<CatalogueRow> WithoutContradictions(
        IReadOnlyList<CatalogueRow> rows, Dictionary<int, RefusedRow> refused)
    {
        var said = new Dictionary<object, (object What, int Line)>();
        var kept = new List<CatalogueRow>(rows.Count);
        foreach (var row in rows)
        {
            (object Thing, object What, string Shown)[] words =
            [
                (row.Product.ProductId, row.Product.Name, row.Product.Name),
                ((LaneKey.Of(row.Mapping), row.Mapping.InForce.FromUtcMs), row.Mapping, row.Mapping.Sku),
                .. row.Listing is { } l
                    ? [((LaneKey.Of(l), l.InForce.FromUtcMs), l, l.ProductId)]
                    : Array.Empty<(object, object, string)>(),
            ];
            var against = words.FirstOrDefault(w => said.TryGetValue(w.Thing, out var s) && !s.What.Equals(w.What));
            if (against.Thing is not null)
            {
                refused[row.Line] = new RefusedRow(
                    row.Line, RefusalReason.ContradictsEarlierRow, against.Shown, said[against.Thing].Line);
                continue;
            }

            foreach (var (thing, what, _) in words)
            {
                said.TryAdd(thing, (what, row.Line));
            }

            kept.Add(row);
        }

        return kept;
    }

    private RefusedRow? Refusal(CatalogueRow row, out (LaneKey Lane, long From)? blocker)
    {
        blocker = null;
        if (row.Listing is { } listing
            && Against(row, LaneKey.Of(listing), listing.InForce, listing.ProductId, ref blocker) is { } first)
        {
            return first;
        }

        return Against(row, LaneKey.Of(row.Mapping), row.Mapping.InForce, row.Mapping.ProductId, ref blocker);
    }

    private RefusedRow? Against(
        CatalogueRow row, LaneKey key, InForce span, string productId, ref (LaneKey Lane, long From)? blocker)
    {
        var lane = Lane(key);
        if (lane.Blocking(span, productId) is { } blocking)
        {
            blocker = (key, blocking.FromUtcMs);
            return new RefusedRow(
                row.Line,
                key.IsListing ? RefusalReason.ListingOverlaps : RefusalReason.MappingOverlaps,
                key.Subject);
        }

        return lane.Find(span.FromUtcMs) is { } present && present.ToUtcMs != span.ToUtcMs
            && CatalogueChange.Earlier(present.ToUtcMs, span.ToUtcMs) < _nowUtcMs
                ? new RefusedRow(row.Line, RefusalReason.ChangesThePast, key.Subject)
                : null;
    }

    private void Take(CatalogueRow row)
    {
        var product = row.Product;
        if (!_names.TryGetValue(product.ProductId, out var name))
        {
            _changes.Add(new CatalogueChange.ProductAdded(product));
        }
        else if (name != product.Name)
        {
            _changes.Add(new CatalogueChange.ProductRenamed(product));
        }

        _names[product.ProductId] = product.Name;
        if (row.Listing is { } listing)
        {
            Put(LaneKey.Of(listing), listing.InForce, listing.ProductId,
                new CatalogueChange.ListingAdded(listing), old => new CatalogueChange.ListingEndMoved(listing, old));
        }

        Put(LaneKey.Of(row.Mapping), row.Mapping.InForce, row.Mapping.ProductId,
            new CatalogueChange.MappingAdded(row.Mapping),
            old => new CatalogueChange.MappingEndMoved(row.Mapping, old));
    }

    private void Put(
        LaneKey key, InForce span, string productId, CatalogueChange added, Func<long?, CatalogueChange> moved)
    {
        var lane = Lane(key);
        var present = lane.Find(span.FromUtcMs);
        if (present is null)
        {
            _changes.Add(added);
        }
        else if (present.Value.ToUtcMs != span.ToUtcMs)
        {
            _changes.Add(moved(present.Value.ToUtcMs));
        }

        lane.Put(span, productId);
    }

    private SpanLane Lane(LaneKey key)
    {
        ref var lane = ref CollectionsMarshal.GetValueRefOrAddDefault(_lanes, key, out _);
        return lane ??= new SpanLane();
    }
}
