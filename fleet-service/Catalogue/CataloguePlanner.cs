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

/// <summary>What an import may not change, whatever its rows say.</summary>
/// <param name="IsSettingUp">
/// True while no cabinet was ever enrolled: only then may an import reach into the past.
/// </param>
/// <param name="UnderWay">Which listings belong to recognitions that have steps of their own.</param>
internal sealed record PlanningGuards(bool IsSettingUp, UnderWay UnderWay)
{
    /// <summary>No cabinet and no recognitions.</summary>
    public static PlanningGuards None { get; } = new(true, UnderWay.Nothing);

    /// <summary>True when both forbid the same.</summary>
    public bool SaysTheSameAs(PlanningGuards other) =>
        IsSettingUp == other.IsSettingUp && UnderWay.SaysTheSameAs(other.UnderWay);
}

/// <summary>
/// Decides which rows of an import are taken. A row is taken as a whole or not at all. Pure. The same rows against the
/// catalogue they made change nothing: what rows of one file say about one thing is settled by the first of them
/// before anything is tried, and a row that waits for another to make room is tried again once it has.
/// </summary>
internal sealed class CataloguePlanner
{
    private readonly Dictionary<string, Product> _products;
    private readonly Dictionary<LaneKey, SpanLane> _lanes = [];
    private readonly PlanningGuards _guards;
    private readonly long _nowUtcMs;
    private readonly List<CatalogueChange> _changes = [];

    private CataloguePlanner(CatalogueState state, PlanningGuards guards, long nowUtcMs)
    {
        (_guards, _nowUtcMs) = (guards, nowUtcMs);
        _products = state.Products.ToDictionary(p => p.ProductId, StringComparer.Ordinal);
        foreach (var listing in state.Listings)
        {
            Lane(LaneKey.Of(listing)).Put(listing.InForce, listing.ProductId);
        }

        foreach (var mapping in state.Mappings)
        {
            Lane(LaneKey.Of(mapping)).Put(mapping.InForce, mapping.ProductId);
        }
    }

    /// <summary>Decides.</summary>
    /// <param name="state">The catalogue as it stands.</param>
    /// <param name="rows">Readable rows in file order.</param>
    /// <param name="guards">What may not be changed.</param>
    /// <param name="nowUtcMs">The present.</param>
    public static CataloguePlan Plan(
        CatalogueState state, IReadOnlyList<CatalogueRow> rows, PlanningGuards guards, long nowUtcMs) =>
        new CataloguePlanner(state, guards, nowUtcMs).Run(rows);

    private CataloguePlan Run(IReadOnlyList<CatalogueRow> rows)
    {
        var refused = new Dictionary<CatalogueRow, RefusedRow>(ReferenceEqualityComparer.Instance);
        var unchanged = 0;
        var changed = 0;
        var waiting = new Dictionary<(LaneKey Lane, long From), List<CatalogueRow>>();
        var queue = new Queue<CatalogueRow>(RowContradictions.Without(rows, refused));
        while (queue.TryDequeue(out var row))
        {
            refused.Remove(row);
            var before = _changes.Count;
            if (Refusal(row, out var blocker) is { } refusal)
            {
                refused[row] = refusal;
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

    private RefusedRow? Refusal(CatalogueRow row, out (LaneKey Lane, long From)? blocker)
    {
        blocker = null;
        if (row.Listing is { } listing)
        {
            var key = LaneKey.Of(listing);
            if (Against(row, key, listing.InForce, listing.ProductId, ref blocker) is { } first)
            {
                return first;
            }

            if (Lane(key).Find(listing.InForce.FromUtcMs) != listing.InForce
                && _guards.UnderWay.RefusalOf(listing) is { } reason)
            {
                return new RefusedRow(row.Line, reason, listing.ProductId);
            }
        }

        return row.Mapping is { } mapping
            ? Against(row, LaneKey.Of(mapping), mapping.InForce, mapping.ProductId, ref blocker)
            : null;
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

        return !_guards.IsSettingUp && PastRule.Effects(lane.Find(span.FromUtcMs), span, _nowUtcMs).Any()
            ? new RefusedRow(row.Line, RefusalReason.ChangesThePast, key.Subject)
            : null;
    }

    private void Take(CatalogueRow row)
    {
        TakeProduct(row);
        if (row.Listing is { } listing)
        {
            Put(LaneKey.Of(listing), listing.InForce, listing.ProductId,
                new CatalogueChange.ListingAdded(listing), old => new CatalogueChange.ListingEndMoved(listing, old));
        }

        if (row.Mapping is { } mapping)
        {
            Put(LaneKey.Of(mapping), mapping.InForce, mapping.ProductId,
                new CatalogueChange.MappingAdded(mapping), old => new CatalogueChange.MappingEndMoved(mapping, old));
        }
    }

    private void TakeProduct(CatalogueRow row)
    {
        var product = row.Product;
        if (!_products.TryGetValue(product.ProductId, out var present))
        {
            // Whoever lists a product first is whom its supplier applied to, unless the file says otherwise.
            var county = row.Listing is { IsNational: false } listing ? listing.RecognisedBy : null;
            var added = product with
            {
                Details = product.Details.Over(new ProductDetails { RecognisingCounty = county }),
            };
            _changes.Add(new CatalogueChange.ProductAdded(added));
            _products[product.ProductId] = added;
            return;
        }

        if (present.Name != product.Name)
        {
            present = present with { Name = product.Name };
            _changes.Add(new CatalogueChange.ProductRenamed(present));
        }

        var details = product.Details.Over(present.Details);
        if (details != present.Details)
        {
            var old = present.Details;
            present = present with { Details = details };
            _changes.Add(new CatalogueChange.ProductDescribed(present, old));
        }

        _products[product.ProductId] = present;
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
