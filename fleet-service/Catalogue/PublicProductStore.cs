using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Catalogue;

/// <summary>A page of the public list.</summary>
/// <param name="Page">The page, from 1.</param>
/// <param name="PageSize">Most rows of a page.</param>
/// <param name="Total">Products of the whole list.</param>
/// <param name="Items">The products.</param>
internal sealed record PublicPage(int Page, int PageSize, long Total, IReadOnlyList<PublicProduct> Items);

/// <summary>A listed product as the public sees it.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="Supplier">Who supplies it.</param>
/// <param name="RecognisedBy">Who recognised it: counties by their codes and names, or the national list.</param>
/// <param name="Introduction">What it is.</param>
/// <param name="Pictures">Links of pictures.</param>
/// <param name="WhereToBuy">Where it can be bought, in words.</param>
/// <param name="Places">Cabinets and venues that sold it lately, newest first.</param>
internal sealed record PublicProduct(
    string ProductId, string Name, string? Supplier, IReadOnlyList<PublicRecogniser> RecognisedBy,
    string? Introduction, IReadOnlyList<string> Pictures, string? WhereToBuy, IReadOnlyList<PublicPlace> Places);

/// <summary>Who recognised a product.</summary>
/// <param name="Code">GB/T 2260 code, or national.</param>
/// <param name="Zh">Its Chinese name; null for a county of another city.</param>
/// <param name="En">Its English name; null for a county of another city.</param>
internal sealed record PublicRecogniser(string Code, string? Zh, string? En);

/// <summary>A place that sold a product lately.</summary>
/// <param name="Kind">cabinet, or the kind of the venue.</param>
/// <param name="Id">The cabinet's or venue's id.</param>
/// <param name="Name">The venue's name; null for a cabinet.</param>
/// <param name="Site">The site of the cabinet; null where it is not known.</param>
/// <param name="Address">The venue's address; null for a cabinet, and for a venue on the net.</param>
/// <param name="Url">The venue's address on the net; null where it has none.</param>
/// <param name="County">GB/T 2260 code of the county, or of the city, in which it is.</param>
/// <param name="LastSoldDay">The business day of its last sale.</param>
/// <param name="UnitPriceFen">Unit price of that sale, in fen; null when a report did not say.</param>
internal sealed record PublicPlace(
    string Kind, string Id, string? Name, string? Site, string? Address, string? Url, string? County,
    DateOnly LastSoldDay, long? UnitPriceFen);

/// <summary>
/// Reads what the public is shown: products that a listing which counts covers now, that are not suspended. Only reads.
/// Thread-safe.
/// </summary>
internal sealed class PublicProductStore(
    FleetDatabase database, CurrentCatalogue current, PlacesDataSet places, IOptions<CatalogueOptions> options,
    TimeProvider time)
{
    private const long DayMs = 86_400_000;

    // ?1 now; ?2 text, ?3 recogniser, ?4 product: filters or null; ?5 to ?7: all listings count, national ones do,
    // those of the codes ?8 (",a,b,") do.
    private const string Listed = """
        FROM standing_listings l JOIN products p USING (product_id)
        WHERE l.from_utc_ms <= ?1 AND (l.to_utc_ms IS NULL OR l.to_utc_ms > ?1)
          AND (?2 IS NULL OR instr(p.name, ?2) > 0 OR instr(p.supplier, ?2) > 0)
          AND (?3 IS NULL OR l.recognised_by = ?3)
          AND (?4 IS NULL OR l.product_id = ?4)
          AND (?5 = 1 OR (?6 = 1 AND l.recognised_by = 'national')
               OR (?7 = 1 AND instr(?8, ',' || l.recognised_by || ',') > 0))
          AND NOT EXISTS (SELECT 1 FROM product_blocks b
                          WHERE b.product_id = l.product_id AND b.from_utc_ms <= ?1
                            AND (b.to_utc_ms IS NULL OR b.to_utc_ms > ?1))
        """;

    private const string Recognisers = $"""
        SELECT DISTINCT l.recognised_by {Listed} ORDER BY 1
        """;

    // ?1 product, ?2 the first moment of "lately", ?3 how many.
    private const string SoldAt = """
        SELECT s.place_kind, s.place_id, v.name, NULLIF(a.site_name, ''), NULLIF(v.address, ''), NULLIF(v.url, ''),
          coalesce(a.county_code, v.place_code), s.last_sold_utc_ms, s.unit_price_fen
        FROM product_places s
        LEFT JOIN cabinets c ON s.place_kind = 'cabinet' AND c.cabinet_id = s.place_id
        LEFT JOIN assignments a ON a.cabinet_id = c.cabinet_id AND a.to_utc_ms IS NULL
        LEFT JOIN venues v ON s.place_kind <> 'cabinet' AND v.venue_id = s.place_id
        WHERE s.product_id = ?1 AND s.last_sold_utc_ms >= ?2
          AND (c.life IN ('Active', 'ClosedUntil') OR (v.venue_id IS NOT NULL AND NOT EXISTS (
                 SELECT 1 FROM venue_life l WHERE l.venue_id = v.venue_id AND l.life = 'Closed')))
        ORDER BY s.last_sold_utc_ms DESC, s.place_kind, s.place_id LIMIT ?3
        """;

    /// <summary>A page of the products that are listed now, by name.</summary>
    public PublicPage Page(PageAsked page, string? contains, string? recogniser)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        using var connection = database.OpenReader();
        using var transaction = connection.BeginRead();
        using var count = connection.Prepare($"SELECT COUNT(DISTINCT l.product_id) {Listed}");
        Bind(count, now, (contains, recogniser, null)).Next();
        using var rows = connection.Prepare($"""
            SELECT DISTINCT p.product_id, p.name, {CatalogueStore.DetailColumns} {Listed}
            ORDER BY p.name, p.product_id LIMIT ?9 OFFSET ?10
            """);
        Bind(rows, now, (contains, recogniser, null)).Set(9, (long)page.PageSize)
            .Set(10, (long)page.PageSize * (page.Page - 1));
        return new PublicPage(page.Page, page.PageSize, count.Long(0), Read(connection, rows, now));
    }

    /// <summary>One product that is listed now, or null.</summary>
    public PublicProduct? Product(string productId)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        using var connection = database.OpenReader();
        using var transaction = connection.BeginRead();
        using var row = connection.Prepare($"""
            SELECT DISTINCT p.product_id, p.name, {CatalogueStore.DetailColumns} {Listed}
            """);
        Bind(row, now, (null, null, productId));
        return Read(connection, row, now).FirstOrDefault();
    }

    private List<PublicProduct> Read(FleetConnection connection, Statement rows, long now)
    {
        var products = new List<PublicProduct>();
        while (rows.Next())
        {
            var d = CatalogueStore.ReadDetails(rows, 2);
            products.Add(new PublicProduct(
                rows.Text(0), rows.Text(1), d.Supplier, RecognisersOf(connection, rows.Text(0), now), d.Introduction,
                ProductDetails.Items(d.Pictures), d.WhereToBuy, PlacesOf(connection, rows.Text(0), now)));
        }

        return products;
    }

    private List<PublicRecogniser> RecognisersOf(FleetConnection connection, string productId, long now)
    {
        using var rows = connection.Prepare(Recognisers);
        Bind(rows, now, (null, null, productId));
        var recognisers = new List<PublicRecogniser>();
        while (rows.Next())
        {
            var code = rows.Text(0);
            var county = places.CountyOf(code);
            recognisers.Add(code == places.City.Code.Value
                ? new PublicRecogniser(code, places.City.Zh, places.City.En)
                : new PublicRecogniser(code, county?.Zh, county?.En));
        }

        return recognisers;
    }

    private List<PublicPlace> PlacesOf(FleetConnection connection, string productId, long now)
    {
        using var rows = connection.Prepare(SoldAt);
        rows.Set(1, productId).Set(2, now - options.Value.PublicPlaceDays * DayMs)
            .Set(3, (long)CatalogueLimits.MaxPublicPlaces);
        var sold = new List<PublicPlace>();
        while (rows.Next())
        {
            sold.Add(new PublicPlace(
                rows.Text(0), rows.Text(1), CatalogueStore.TextOrNull(rows, 2), CatalogueStore.TextOrNull(rows, 3),
                CatalogueStore.TextOrNull(rows, 4), CatalogueStore.TextOrNull(rows, 5),
                CatalogueStore.TextOrNull(rows, 6), places.Zone.DayOf(rows.Long(7)),
                rows.Long(8) > 0 ? rows.Long(8) : null));
        }

        return sold;
    }

    private Statement Bind(Statement statement, long now, (string? Text, string? Recogniser, string? Product) filter)
    {
        var terms = current.Snapshot.Index.CountingAt(now);
        return statement.Set(1, now).Set(2, filter.Text).Set(3, filter.Recogniser).Set(4, filter.Product)
            .Set(5, terms.Counted == CountedListings.Any ? 1L : 0)
            .Set(6, terms.Counted is CountedListings.National or CountedListings.CityOrNational ? 1L : 0)
            .Set(7, terms.Counted is CountedListings.City or CountedListings.CityOrNational ? 1L : 0)
            .Set(8, $",{string.Join(',', terms.CityCodes)},");
    }
}
