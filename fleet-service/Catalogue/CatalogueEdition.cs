using System.Collections.Immutable;

namespace KioskFleet.Service.Catalogue;

/// <summary>The next version of a catalogue, with what it judges otherwise than the one before.</summary>
/// <param name="Changes">In the order in which they are applied.</param>
/// <param name="Next">The catalogue with them.</param>
/// <param name="Affected">The spans of sale time whose class they change.</param>
internal sealed record CatalogueEdition(
    IReadOnlyList<CatalogueChange> Changes, CatalogueIndex Next, IReadOnlyList<AffectedSpan> Affected)
{
    /// <summary>Applies changes to a catalogue. Pure.</summary>
    public static CatalogueEdition Of(CatalogueIndex before, IReadOnlyList<CatalogueChange> changes)
    {
        var next = new CatalogueIndex(Apply(before.State, changes));
        return new CatalogueEdition(changes, next, AffectedSpans.Between(before, next, Touched(before, next, changes)));
    }

    private static CatalogueState Apply(CatalogueState state, IReadOnlyList<CatalogueChange> changes)
    {
        var draft = new Draft(state);
        foreach (var change in changes)
        {
            draft.Apply(change);
        }

        return draft.Next;
    }

    private static IEnumerable<string> Touched(
        CatalogueIndex before, CatalogueIndex next, IReadOnlyList<CatalogueChange> changes)
    {
        var skus = new HashSet<string>(StringComparer.Ordinal);
        var products = new HashSet<string>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            _ = change switch
            {
                CatalogueChange.MappingAdded c => skus.Add(c.Mapping.Sku),
                CatalogueChange.MappingEndMoved c => skus.Add(c.Mapping.Sku),
                CatalogueChange.MappingRemoved c => skus.Add(c.Mapping.Sku),
                CatalogueChange.ListingAdded c => products.Add(c.Listing.ProductId),
                CatalogueChange.ListingEndMoved c => products.Add(c.Listing.ProductId),
                CatalogueChange.ListingRemoved c => products.Add(c.Listing.ProductId),
                CatalogueChange.BlockBegun c => products.Add(c.Block.ProductId),
                CatalogueChange.BlockEnded c => products.Add(c.Block.ProductId),
                _ => false,
            };
        }

        skus.UnionWith(products.SelectMany(p => before.SkusOf(p).Concat(next.SkusOf(p))));
        return changes.Any(c => c is CatalogueChange.CountingChanged) ? next.Skus : skus;
    }

    /// <summary>A catalogue while changes are applied to it, one after another.</summary>
    private sealed class Draft(CatalogueState before)
    {
        private readonly Rows<string, Product> _products = new(before.Products, p => p.ProductId);

        private readonly Rows<(string, string, long), Listing> _listings =
            new(before.Listings, l => (l.ProductId, l.RecognisedBy, l.InForce.FromUtcMs));

        private readonly Rows<(string?, string, long), SkuMapping> _mappings =
            new(before.Mappings, m => (m.OperatorId, m.Sku, m.InForce.FromUtcMs));

        private readonly Rows<(string, string, long), ProductBlock> _blocks =
            new(before.Blocks, b => (b.ProductId, b.SuspendedBy, b.InForce.FromUtcMs));

        private ImmutableArray<CountingTerms> _counting = before.Counting;

        /// <summary>The next version.</summary>
        public CatalogueState Next => new(before.Version + 1, _products.All, _listings.All, _mappings.All)
        {
            Blocks = _blocks.All,
            Counting = _counting,
        };

        public void Apply(CatalogueChange change)
        {
            switch (change)
            {
                case CatalogueChange.ProductAdded { Product: var p }:
                    _products.Put(p);
                    break;
                case CatalogueChange.ProductRenamed { Product: var p }:
                    _products.Put(p);
                    break;
                case CatalogueChange.ProductDescribed { Product: var p }:
                    _products.Put(p);
                    break;
                case CatalogueChange.ListingAdded { Listing: var l }:
                    _listings.Put(l);
                    break;
                case CatalogueChange.ListingEndMoved { Listing: var l }:
                    _listings.Put(l);
                    break;
                case CatalogueChange.ListingRemoved { Listing: var l }:
                    _listings.Remove(l);
                    break;
                case CatalogueChange.MappingAdded { Mapping: var m }:
                    _mappings.Put(m);
                    break;
                case CatalogueChange.MappingEndMoved { Mapping: var m }:
                    _mappings.Put(m);
                    break;
                case CatalogueChange.MappingRemoved { Mapping: var m }:
                    _mappings.Remove(m);
                    break;
                case CatalogueChange.BlockBegun { Block: var b }:
                    _blocks.Put(b);
                    break;
                case CatalogueChange.BlockEnded { Block: var b }:
                    _blocks.Put(b);
                    break;
                case CatalogueChange.CountingChanged { Terms: var t }:
                    _counting = _counting.Add(t);
                    break;
                default:
                    throw new InvalidOperationException($"{change.GetType().Name} cannot be applied.");
            }
        }
    }

    /// <summary>Rows of one kind, indexed only when one of them changes.</summary>
    private sealed class Rows<TKey, T>(ImmutableArray<T> before, Func<T, TKey> keyOf)
        where TKey : notnull
    {
        private Dictionary<TKey, T>? _byKey;

        public ImmutableArray<T> All => _byKey is null ? before : [.. _byKey.Values];

        private Dictionary<TKey, T> ByKey => _byKey ??= before.ToDictionary(keyOf);

        public void Put(T row) => ByKey[keyOf(row)] = row;

        public void Remove(T row) => ByKey.Remove(keyOf(row));
    }
}
