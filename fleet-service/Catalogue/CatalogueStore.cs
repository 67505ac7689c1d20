using System.Collections.Immutable;
using System.Text.Json;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Reads the catalogue's tables as one state. The caller brings the connection; version and tables are read at one
/// moment.
/// </summary>
internal static class CatalogueStore
{
    /// <summary>The version in force; 0 before the first change.</summary>
    public static long Version(FleetConnection connection)
    {
        using var version = connection.Prepare("SELECT COALESCE(MAX(version), 0) FROM catalogue_versions");
        version.Next();
        return version.Long(0);
    }

    /// <summary>Reads the whole catalogue as it stands at one moment.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="places">The data set, for a database in which no terms of counting are kept yet.</param>
    public static CatalogueState Read(FleetConnection connection, PlacesDataSet places)
    {
        // One read transaction, unless the caller has one: version and tables belong together.
        using var transaction = connection.IsInTransaction ? null : connection.BeginRead();
        var version = Version(connection);
        var counting = Counting(connection);
        return new CatalogueState(
            version,
            Rows(connection, $"SELECT product_id, name, {DetailColumns} FROM products ORDER BY product_id",
                r => new Product(r.Text(0), r.Text(1)) { Details = ReadDetails(r, 2) }),
            Rows(connection, """
                SELECT product_id, recognised_by, from_utc_ms, to_utc_ms FROM listings
                ORDER BY product_id, recognised_by, from_utc_ms
                """,
                r => new Listing(r.Text(0), r.Text(1), Span(r, 2))),
            Rows(connection, """
                SELECT operator_id, sku, product_id, from_utc_ms, to_utc_ms FROM sku_mappings
                ORDER BY operator_id, sku, from_utc_ms
                """,
                r => new SkuMapping(
                    r.Text(0) is { Length: > 0 } owner ? owner : null, r.Text(1), r.Text(2), Span(r, 3))))
        {
            Blocks = Rows(connection, """
                SELECT product_id, suspended_by, from_utc_ms, to_utc_ms FROM product_blocks
                ORDER BY product_id, suspended_by, from_utc_ms
                """,
                r => new ProductBlock(r.Text(0), r.Text(1), Span(r, 2))),
            Counting = counting.IsEmpty ? [FirstTerms(places, version)] : counting,
        };
    }

    /// <summary>The columns of a product's details, in the order in which they are read and written.</summary>
    public const string DetailColumns = """
        batch, supplier, recognising_county, value_fen, people_helped, helping, evidence, pictures, introduction,
        where_to_buy
        """;

    /// <summary>Reads a product's details from a row that holds <see cref="DetailColumns"/>.</summary>
    public static ProductDetails ReadDetails(Statement row, int first) => new()
    {
        Batch = TextOrNull(row, first),
        Supplier = TextOrNull(row, first + 1),
        RecognisingCounty = TextOrNull(row, first + 2),
        ValueFen = row.LongOrNull(first + 3),
        PeopleHelped = row.LongOrNull(first + 4),
        Helping = TextOrNull(row, first + 5) is { } helping ? Enum.Parse<WayOfHelping>(helping) : null,
        Evidence = TextOrNull(row, first + 6),
        Pictures = TextOrNull(row, first + 7),
        Introduction = TextOrNull(row, first + 8),
        WhereToBuy = TextOrNull(row, first + 9),
    };

    /// <summary>Reads a text column or null.</summary>
    public static string? TextOrNull(Statement row, int column) => row.IsNull(column) ? null : row.Text(column);

    /// <summary>
    /// The terms of a database that keeps none yet: a catalogue from before they were kept was judged with every
    /// listing counting, and that stands; the data set's own terms then follow as a change.
    /// </summary>
    public static CountingTerms FirstTerms(PlacesDataSet places, long version) => version == 0
        ? CountingTerms.Of(places, 0)
        : CountingTerms.Of(places, 0) with { Counted = CountedListings.Any };

    /// <summary>The kept terms of counting, by their beginnings.</summary>
    public static ImmutableArray<CountingTerms> Counting(FleetConnection connection) => Rows(
        connection,
        "SELECT from_utc_ms, counted, city_codes FROM catalogue_counting ORDER BY from_utc_ms",
        r => new CountingTerms(
            r.Long(0),
            Enum.Parse<CountedListings>(r.Text(1)),
            JsonSerializer.Deserialize<ImmutableArray<string>>(r.Text(2))));

    private static InForce Span(Statement row, int column) => new(row.Long(column), row.LongOrNull(column + 1));

    private static ImmutableArray<T> Rows<T>(FleetConnection connection, string sql, Func<Statement, T> read)
    {
        using var statement = connection.Prepare(sql);
        var rows = ImmutableArray.CreateBuilder<T>();
        while (statement.Next())
        {
            rows.Add(read(statement));
        }

        return rows.DrainToImmutable();
    }
}
