using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Catalogue;

/// <summary>One page of a list.</summary>
/// <param name="CatalogueVersion">The version of the catalogue read.</param>
/// <param name="Page">The page, from 1.</param>
/// <param name="PageSize">Most rows of a page.</param>
/// <param name="Total">Rows of the whole list.</param>
/// <param name="Items">The rows.</param>
internal sealed record CataloguePage<T>(
    long CatalogueVersion, int Page, int PageSize, long Total, IReadOnlyList<T> Items);

/// <summary>A product as it is shown.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Name">Name.</param>
/// <param name="ListedNow">Whether it is an aid product at the moment of asking.</param>
/// <param name="Skus">How many SKUs are mapped to it, whenever.</param>
internal sealed record ShownProduct(string ProductId, string Name, bool ListedNow, long Skus);

/// <summary>A listing as it is shown.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="ProductName">Its name.</param>
/// <param name="RecognisedBy">GB/T 2260 code of the county that recognised it.</param>
/// <param name="FromUtc">First moment in force.</param>
/// <param name="ToUtc">First moment no longer in force, or null.</param>
/// <param name="InForceNow">Whether it is in force at the moment of asking.</param>
internal sealed record ShownListing(
    string ProductId, string ProductName, string RecognisedBy, DateTimeOffset FromUtc, DateTimeOffset? ToUtc,
    bool InForceNow);

/// <summary>Reads pages of the catalogue for people. Thread-safe.</summary>
internal sealed class CataloguePageStore(FleetDatabase database, TimeProvider time)
{
    /// <summary>Products by id, those whose name or id contains a text if one is given.</summary>
    public CataloguePage<ShownProduct> Products(int page, int pageSize, string? contains) => Read(
        page,
        pageSize,
        "FROM products p WHERE $text IS NULL OR instr(p.name, $text) > 0 OR instr(p.product_id, $text) > 0",
        """
        p.product_id, p.name,
        EXISTS (SELECT 1 FROM listings l WHERE l.product_id = p.product_id AND l.from_utc_ms <= $now
                AND (l.to_utc_ms IS NULL OR l.to_utc_ms > $now)),
        (SELECT COUNT(*) FROM sku_mappings m WHERE m.product_id = p.product_id)
        """,
        "p.product_id",
        contains,
        r => new ShownProduct(r.GetString(0), r.GetString(1), r.GetBoolean(2), r.GetInt64(3)));

    /// <summary>Listings by product, those recognised by one county if a code is given.</summary>
    public CataloguePage<ShownListing> Listings(int page, int pageSize, string? county) => Read(
        page,
        pageSize,
        "FROM listings l JOIN products p USING (product_id) WHERE $text IS NULL OR l.recognised_by = $text",
        """
        l.product_id, p.name, l.recognised_by, l.from_utc_ms, l.to_utc_ms,
        l.from_utc_ms <= $now AND (l.to_utc_ms IS NULL OR l.to_utc_ms > $now)
        """,
        "l.product_id, l.recognised_by, l.from_utc_ms",
        county,
        r => new ShownListing(
            r.GetString(0),
            r.GetString(1),
            r.GetString(2),
            DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(3)),
            r.IsDBNull(4) ? null : DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(4)),
            r.GetBoolean(5)));

    private CataloguePage<T> Read<T>(
        int page, int pageSize, string from, string columns, string order, string? text, Func<SqliteDataReader, T> read)
    {
        using var connection = database.OpenReader();
        using var transaction = connection.BeginTransaction(deferred: true);
        using var count = connection.CreateCommand();
        count.CommandText = "SELECT COUNT(*) " + from;
        count.Parameters.AddWithValue("$text", (object?)text ?? DBNull.Value);
        var total = (long)count.ExecuteScalar()!;
        using var rows = connection.CreateCommand();
        rows.CommandText = $"SELECT {columns} {from} ORDER BY {order} LIMIT $size OFFSET $skip";
        rows.Parameters.AddWithValue("$text", (object?)text ?? DBNull.Value);
        rows.Parameters.AddWithValue("$now", time.GetUtcNow().ToUnixTimeMilliseconds());
        rows.Parameters.AddWithValue("$size", pageSize);
        rows.Parameters.AddWithValue("$skip", (long)pageSize * (page - 1));
        using var reader = rows.ExecuteReader();
        var items = new List<T>();
        while (reader.Read())
        {
            items.Add(read(reader));
        }

        return new CataloguePage<T>(CatalogueStore.Version(connection), page, pageSize, total, items);
    }
}
