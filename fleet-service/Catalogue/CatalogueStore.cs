using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Catalogue;

/// <summary>Who made a version of the catalogue, when and from what.</summary>
/// <param name="MadeUtcMs">When, Unix milliseconds.</param>
/// <param name="MadeBy">The person or program.</param>
/// <param name="Source">The file's name, or what stands for it.</param>
internal sealed record CatalogueOrigin(long MadeUtcMs, string MadeBy, string Source);

/// <summary>The catalogue's tables. The caller brings the connection and, for writing, the transaction.</summary>
internal static class CatalogueStore
{
    /// <summary>The version in force; 0 before the first import.</summary>
    public static long Version(SqliteConnection connection)
    {
        using var command = Command(connection, "SELECT COALESCE(MAX(version), 0) FROM catalogue_versions");
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Reads the whole catalogue as it stands at one moment.</summary>
    public static CatalogueState Read(SqliteConnection connection)
    {
        // One read transaction, unless the caller has one: version and tables belong together.
        using var transaction = IsInTransaction(connection) ? null : connection.BeginTransaction(deferred: true);
        return new CatalogueState(
            Version(connection),
            Rows(connection, "SELECT product_id, name FROM products ORDER BY product_id",
                r => new Product(r.GetString(0), r.GetString(1))),
            Rows(connection, """
                SELECT product_id, recognised_by, from_utc_ms, to_utc_ms FROM listings
                ORDER BY product_id, recognised_by, from_utc_ms
                """,
                r => new Listing(r.GetString(0), r.GetString(1), Span(r, 2))),
            Rows(connection, """
                SELECT operator_id, sku, product_id, from_utc_ms, to_utc_ms FROM sku_mappings
                ORDER BY operator_id, sku, from_utc_ms
                """,
                r => new SkuMapping(
                    r.GetString(0) is { Length: > 0 } owner ? owner : null,
                    r.GetString(1),
                    r.GetString(2),
                    Span(r, 3))));
    }

    /// <summary>Writes a new version with its changes. Returns the version.</summary>
    public static long Write(
        SqliteConnection connection, IReadOnlyList<CatalogueChange> changes, CatalogueOrigin origin)
    {
        var version = Version(connection) + 1;
        Run(connection, """
            INSERT INTO catalogue_versions (version, made_utc_ms, made_by, source, affects_from_utc_ms)
            VALUES ($version, $made, $by, $source, $affects)
            """,
            ("$version", version),
            ("$made", origin.MadeUtcMs),
            ("$by", origin.MadeBy),
            ("$source", origin.Source),
            ("$affects", changes.Min(c => c.AffectsFromUtcMs)));
        foreach (var change in changes)
        {
            Write(connection, version, change);
        }

        return version;
    }

    private static void Write(SqliteConnection connection, long version, CatalogueChange change)
    {
        switch (change)
        {
            case CatalogueChange.ProductAdded added:
                WriteProduct(connection, version, change, added.Product);
                break;
            case CatalogueChange.ProductRenamed renamed:
                WriteProduct(connection, version, change, renamed.Product);
                break;
            case CatalogueChange.ListingAdded { Listing: var l }:
                WriteListing(connection, version, change, l, null);
                break;
            case CatalogueChange.ListingEndMoved { Listing: var l, OldToUtcMs: var old }:
                WriteListing(connection, version, change, l, old);
                break;
            case CatalogueChange.MappingAdded { Mapping: var m }:
                WriteMapping(connection, version, change, m, null);
                break;
            case CatalogueChange.MappingEndMoved { Mapping: var m, OldToUtcMs: var old }:
                WriteMapping(connection, version, change, m, old);
                break;
            default:
                throw new InvalidOperationException($"{change.GetType().Name} cannot be written.");
        }
    }

    private static void WriteProduct(
        SqliteConnection connection, long version, CatalogueChange change, Product product) => Run(connection, """
            INSERT INTO catalogue_changes (version, kind, product_id, before_value, after_value)
            VALUES ($version, $kind, $product, (SELECT name FROM products WHERE product_id = $product), $name);
            INSERT INTO products (product_id, name, version) VALUES ($product, $name, $version)
            ON CONFLICT (product_id) DO UPDATE SET name = excluded.name, version = excluded.version;
            """,
            ("$version", version),
            ("$kind", change.GetType().Name),
            ("$product", product.ProductId),
            ("$name", product.Name));

    private static void WriteListing(
        SqliteConnection connection, long version, CatalogueChange change, Listing listing, long? old)
    {
        Run(connection, """
            INSERT INTO listings (product_id, recognised_by, from_utc_ms, to_utc_ms, version)
            VALUES ($product, $owner, $from, $to, $version)
            ON CONFLICT DO UPDATE SET to_utc_ms = excluded.to_utc_ms, version = excluded.version
            """,
            ("$product", listing.ProductId),
            ("$owner", listing.RecognisedBy),
            ("$from", listing.InForce.FromUtcMs),
            ("$to", listing.InForce.ToUtcMs),
            ("$version", version));
        Record(connection, version, change, (listing.ProductId, listing.RecognisedBy, null), listing.InForce, old);
    }

    private static void WriteMapping(
        SqliteConnection connection, long version, CatalogueChange change, SkuMapping mapping, long? old)
    {
        Run(connection, """
            INSERT INTO sku_mappings (operator_id, sku, from_utc_ms, to_utc_ms, product_id, version)
            VALUES ($owner, $sku, $from, $to, $product, $version)
            ON CONFLICT DO UPDATE SET to_utc_ms = excluded.to_utc_ms, version = excluded.version
            """,
            ("$owner", mapping.OperatorId ?? ""),
            ("$sku", mapping.Sku),
            ("$from", mapping.InForce.FromUtcMs),
            ("$to", mapping.InForce.ToUtcMs),
            ("$product", mapping.ProductId),
            ("$version", version));
        Record(
            connection, version, change, (mapping.ProductId, mapping.OperatorId, mapping.Sku), mapping.InForce, old);
    }

    private static void Record(
        SqliteConnection connection,
        long version,
        CatalogueChange change,
        (string ProductId, string? Owner, string? Sku) subject,
        InForce span,
        long? old) => Run(connection, """
            INSERT INTO catalogue_changes
              (version, kind, product_id, owner, sku, from_utc_ms, before_value, after_value)
            VALUES ($version, $kind, $product, $owner, $sku, $from, $before, $after)
            """,
            ("$version", version),
            ("$kind", change.GetType().Name),
            ("$product", subject.ProductId),
            ("$owner", subject.Owner),
            ("$sku", subject.Sku),
            ("$from", span.FromUtcMs),
            ("$before", old?.ToString(CultureInfo.InvariantCulture)),
            ("$after", span.ToUtcMs?.ToString(CultureInfo.InvariantCulture)));

    private static InForce Span(SqliteDataReader row, int column) =>
        new(row.GetInt64(column), row.IsDBNull(column + 1) ? null : row.GetInt64(column + 1));

    private static ImmutableArray<T> Rows<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read)
    {
        using var command = Command(connection, sql);
        using var reader = command.ExecuteReader();
        var rows = ImmutableArray.CreateBuilder<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows.DrainToImmutable();
    }

    private static void Run(SqliteConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(connection, sql);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static bool IsInTransaction(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        return command.Transaction is not null;
    }
}
