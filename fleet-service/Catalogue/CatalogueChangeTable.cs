using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Writes the changes of one version into the tables and into their history. Belongs to one transaction.
/// </summary>
internal sealed class CatalogueChangeTable(FleetConnection connection, long version) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    private readonly Statement _record = connection.Prepare("""
        INSERT INTO catalogue_changes (version, kind, product_id, owner, sku, from_utc_ms, before_value, after_value)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """);

    private readonly Statement _nameOf = connection.Prepare("SELECT name FROM products WHERE product_id = ?1");

    private readonly Statement _product = connection.Prepare($"""
        INSERT INTO products (product_id, name, version, {CatalogueStore.DetailColumns})
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
        ON CONFLICT (product_id) DO UPDATE SET name = excluded.name, version = excluded.version,
          batch = excluded.batch, supplier = excluded.supplier, recognising_county = excluded.recognising_county,
          value_fen = excluded.value_fen, people_helped = excluded.people_helped, helping = excluded.helping,
          evidence = excluded.evidence, pictures = excluded.pictures, introduction = excluded.introduction,
          where_to_buy = excluded.where_to_buy
        """);

    private readonly Statement _listing = connection.Prepare("""
        INSERT INTO listings (product_id, recognised_by, from_utc_ms, to_utc_ms, version) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (product_id, recognised_by, from_utc_ms)
        DO UPDATE SET to_utc_ms = excluded.to_utc_ms, version = excluded.version
        """);

    private readonly Statement _removeListing = connection.Prepare("""
        DELETE FROM listings WHERE product_id = ?1 AND recognised_by = ?2 AND from_utc_ms = ?3
        """);

    private readonly Statement _mapping = connection.Prepare("""
        INSERT INTO sku_mappings (operator_id, sku, from_utc_ms, to_utc_ms, product_id, version)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (operator_id, sku, from_utc_ms)
        DO UPDATE SET to_utc_ms = excluded.to_utc_ms, version = excluded.version
        """);

    private readonly Statement _removeMapping = connection.Prepare("""
        DELETE FROM sku_mappings WHERE operator_id = ?1 AND sku = ?2 AND from_utc_ms = ?3
        """);

    private readonly Statement _block = connection.Prepare("""
        INSERT INTO product_blocks (product_id, suspended_by, from_utc_ms, to_utc_ms, version)
        VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (product_id, suspended_by, from_utc_ms)
        DO UPDATE SET to_utc_ms = excluded.to_utc_ms, version = excluded.version
        """);

    private readonly Statement _counting = connection.Prepare("""
        INSERT INTO catalogue_counting (from_utc_ms, counted, city_codes) VALUES (?1, ?2, ?3)
        """);

    private readonly Statement _affected = connection.Prepare("""
        INSERT INTO catalogue_affected (version, operator_id, sku, from_utc_ms, to_utc_ms) VALUES (?1, ?2, ?3, ?4, ?5)
        """);

    /// <summary>Writes one change.</summary>
    public void Write(CatalogueChange change)
    {
        switch (change)
        {
            case CatalogueChange.ProductAdded { Product: var p }:
                Write(change, p, null, p.Name);
                break;
            case CatalogueChange.ProductRenamed { Product: var p }:
                Write(change, p, NameOf(p.ProductId), p.Name);
                break;
            case CatalogueChange.ProductDescribed { Product: var p, Old: var old }:
                Write(change, p, JsonSerializer.Serialize(old, Json), JsonSerializer.Serialize(p.Details, Json));
                break;
            case CatalogueChange.ListingAdded { Listing: var l }:
                Write(change, l, null);
                break;
            case CatalogueChange.ListingEndMoved { Listing: var l, OldToUtcMs: var old }:
                Write(change, l, old);
                break;
            case CatalogueChange.ListingRemoved { Listing: var l }:
                _removeListing.Set(1, l.ProductId).Set(2, l.RecognisedBy).Set(3, l.InForce.FromUtcMs).Run();
                Record(change, (l.ProductId, l.RecognisedBy, null), l.InForce.FromUtcMs, End(l.InForce.ToUtcMs), null);
                break;
            case CatalogueChange.MappingAdded { Mapping: var m }:
                Write(change, m, null);
                break;
            case CatalogueChange.MappingEndMoved { Mapping: var m, OldToUtcMs: var old }:
                Write(change, m, old);
                break;
            case CatalogueChange.MappingRemoved { Mapping: var m }:
                _removeMapping.Set(1, m.OperatorId ?? "").Set(2, m.Sku).Set(3, m.InForce.FromUtcMs).Run();
                Record(
                    change, (m.ProductId, m.OperatorId, m.Sku), m.InForce.FromUtcMs, End(m.InForce.ToUtcMs), null);
                break;
            case CatalogueChange.BlockBegun { Block: var b }:
                Write(change, b);
                break;
            case CatalogueChange.BlockEnded { Block: var b }:
                Write(change, b);
                break;
            case CatalogueChange.CountingChanged { Terms: var t }:
                Write(t);
                Record(change, ("", null, null), t.FromUtcMs, null, t.Counted.ToString());
                break;
            default:
                throw new InvalidOperationException($"{change.GetType().Name} cannot be written.");
        }
    }

    /// <summary>Writes terms of counting.</summary>
    public void Write(CountingTerms terms) => _counting.Set(1, terms.FromUtcMs).Set(2, terms.Counted.ToString())
        .Set(3, JsonSerializer.Serialize(terms.CityCodes)).Run();

    /// <summary>Writes a span that the version judges otherwise than the one before.</summary>
    public void Write(AffectedSpan span) => _affected.Set(1, version).Set(2, span.OperatorId).Set(3, span.Sku)
        .Set(4, span.FromUtcMs).Set(5, span.ToUtcMs).Run();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in (Statement[])
        [
            _record, _nameOf, _product, _listing, _removeListing, _mapping, _removeMapping, _block, _counting,
            _affected,
        ])
        {
            statement.Dispose();
        }
    }

    private void Write(CatalogueChange change, Product product, string? before, string after)
    {
        var d = product.Details;
        Record(change, (product.ProductId, null, null), null, before, after);
        _product.Set(1, product.ProductId).Set(2, product.Name).Set(3, version).Set(4, d.Batch)
            .Set(5, d.Supplier).Set(6, d.RecognisingCounty).Set(7, d.ValueFen).Set(8, d.PeopleHelped)
            .Set(9, d.Helping?.ToString()).Set(10, d.Evidence).Set(11, d.Pictures)
            .Set(12, d.Introduction).Set(13, d.WhereToBuy).Run();
    }

    private void Write(CatalogueChange change, Listing listing, long? old)
    {
        var (from, to) = (listing.InForce.FromUtcMs, listing.InForce.ToUtcMs);
        _listing.Set(1, listing.ProductId).Set(2, listing.RecognisedBy).Set(3, from).Set(4, to).Set(5, version).Run();
        Record(change, (listing.ProductId, listing.RecognisedBy, null), from, End(old), End(to));
    }

    private void Write(CatalogueChange change, SkuMapping mapping, long? old)
    {
        var (from, to) = (mapping.InForce.FromUtcMs, mapping.InForce.ToUtcMs);
        _mapping.Set(1, mapping.OperatorId ?? "").Set(2, mapping.Sku).Set(3, from).Set(4, to)
            .Set(5, mapping.ProductId).Set(6, version).Run();
        Record(change, (mapping.ProductId, mapping.OperatorId, mapping.Sku), from, End(old), End(to));
    }

    private void Write(CatalogueChange change, ProductBlock block)
    {
        var (from, to) = (block.InForce.FromUtcMs, block.InForce.ToUtcMs);
        _block.Set(1, block.ProductId).Set(2, block.SuspendedBy).Set(3, from).Set(4, to).Set(5, version).Run();
        Record(change, (block.ProductId, block.SuspendedBy, null), from, null, End(to));
    }

    private void Record(
        CatalogueChange change, (string ProductId, string? Owner, string? Sku) subject, long? from, string? before,
        string? after) =>
        _record.Set(1, version).Set(2, change.GetType().Name).Set(3, subject.ProductId).Set(4, subject.Owner)
            .Set(5, subject.Sku).Set(6, from).Set(7, before).Set(8, after).Run();

    private string? NameOf(string productId)
    {
        var name = _nameOf.Set(1, productId).Next() ? _nameOf.Text(0) : null;
        _nameOf.Reset();
        return name;
    }

    private static string? End(long? utcMs) => utcMs?.ToString(CultureInfo.InvariantCulture);
}
