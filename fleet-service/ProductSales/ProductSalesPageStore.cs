using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.ProductSales;

/// <summary>How far the figures by product are.</summary>
/// <param name="LedgerPosition">Last ledger entry that they hold.</param>
/// <param name="EntriesBehind">Entries of the ledger that they do not hold yet.</param>
/// <param name="CatalogueVersion">The catalogue they were made with.</param>
/// <param name="BeingMadeAnew">
/// Why newer figures are being made while these are shown, or null: <c>catalogue-changed</c>, <c>ledger-restored</c>.
/// </param>
internal sealed record ProductSalesAsOf(
    long LedgerPosition, long EntriesBehind, long CatalogueVersion, string? BeingMadeAnew);

/// <summary>What was sold of one product in one class. Amounts in fen; from signed journals alone.</summary>
/// <param name="ProductId">The product; empty for SKUs without a mapping.</param>
/// <param name="Name">Its name; empty likewise.</param>
/// <param name="Class">What it counts as.</param>
/// <param name="RecognisedByCity">Whether a county of this city had listed it when it was sold.</param>
/// <param name="Lines">Lines sold.</param>
/// <param name="Pieces">Pieces sold.</param>
/// <param name="PaidFen">Paid.</param>
/// <param name="RefundedFen">Given back of it, whenever.</param>
/// <param name="NetFen">What is left.</param>
internal sealed record ProductSalesRow(
    string ProductId, string Name, ProductClass Class, bool RecognisedByCity, long Lines, long Pieces, long PaidFen,
    long RefundedFen, long NetFen);

/// <summary>Which sales are wanted.</summary>
/// <param name="Window">The window of the days of sale.</param>
/// <param name="CountyCode">Of one county, or null.</param>
/// <param name="OperatorId">Of one operator, or null.</param>
/// <param name="ProductId">Of one product, or null.</param>
/// <param name="Class">Of one class, or null.</param>
internal sealed record ProductSalesFilter(
    JudgingWindow Window, string? CountyCode = null, string? OperatorId = null, string? ProductId = null,
    ProductClass? Class = null);

/// <summary>Sales of cabinets by day and county, as channels and targets need them.</summary>
/// <param name="CountyCode">County of the assignment; empty without one.</param>
/// <param name="AidFen">Aid sales net of refunds, in fen.</param>
/// <param name="TotalFen">All sales net of refunds, in fen.</param>
/// <param name="RecognisedAidFen">Aid sales of products that a county of this city had listed, net, in fen.</param>
internal sealed record CabinetSales(string CountyCode, long AidFen, long TotalFen, long RecognisedAidFen);

/// <summary>Reads the served figures by product. Thread-safe.</summary>
internal sealed class ProductSalesPageStore(FleetDatabase database)
{
    private const string Where = """
        FROM product_sales s
        WHERE s.edition = (SELECT edition FROM product_sales_editions WHERE is_served = 1)
          AND s.business_day >= ?1 AND s.business_day < ?2 AND (?3 = '' OR s.county_code = ?3)
          AND (?4 = '' OR s.operator_id = ?4) AND (?5 = '' OR s.product_id = ?5) AND (?6 = 0 OR s.class = ?6)
        """;

    /// <summary>A page of what was sold by product and class, and the sum of all pages.</summary>
    public (IReadOnlyList<ProductSalesRow> Rows, long Count, ProductAmounts Sum, ProductSalesAsOf AsOf) Page(
        ProductSalesFilter filter, int page, int pageSize)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        using var sum = Query(connection, $"""
            SELECT count(DISTINCT s.product_id || '/' || s.class || '/' || s.is_of_city),
              coalesce(sum(s.lines), 0), coalesce(sum(s.pieces), 0), coalesce(sum(s.paid_fen), 0),
              coalesce(sum(s.refunded_fen), 0)
            {Where} AND (s.lines <> 0 OR s.paid_fen <> 0 OR s.refunded_fen <> 0)
            """, filter);
        sum.Next();
        var rows = Rows(
            connection, filter, "s.product_id, s.class, s.is_of_city", (pageSize, (long)pageSize * (page - 1)));
        return (rows, sum.Long(0), new ProductAmounts(sum.Long(1), sum.Long(2), sum.Long(3), sum.Long(4)),
            AsOf(connection));
    }

    /// <summary>The products sold most, by net amount or by pieces.</summary>
    public (IReadOnlyList<ProductSalesRow> Rows, ProductSalesAsOf AsOf) Top(
        ProductSalesFilter filter, bool byPieces, int count)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        var order = byPieces ? "sum(s.pieces) DESC" : "sum(s.paid_fen - s.refunded_fen) DESC";
        return (Rows(connection, filter, $"{order}, s.product_id, s.class, s.is_of_city", (count, 0L)),
            AsOf(connection));
    }

    /// <summary>What cabinets sold by county from one day up to another, both inside.</summary>
    public (IReadOnlyList<CabinetSales> Counties, ProductSalesAsOf AsOf) Cabinets(DateOnly from, DateOnly last)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        using var query = Query(connection, $"""
            SELECT s.county_code, sum(CASE s.class WHEN 1 THEN s.paid_fen - s.refunded_fen ELSE 0 END),
              sum(s.paid_fen - s.refunded_fen),
              sum(CASE WHEN s.class = 1 AND s.is_of_city = 1 THEN s.paid_fen - s.refunded_fen ELSE 0 END)
            {Where} GROUP BY s.county_code ORDER BY s.county_code
            """, new ProductSalesFilter(new JudgingWindow("", from, last.AddDays(1))));
        var counties = new List<CabinetSales>();
        while (query.Next())
        {
            counties.Add(new CabinetSales(query.Text(0), query.Long(1), query.Long(2), query.Long(3)));
        }

        return (counties, AsOf(connection));
    }

    /// <summary>The first business day of sales, yyyymmdd; null before any.</summary>
    public int? FirstDay()
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("""
            SELECT min(business_day) FROM product_sales
            WHERE edition = (SELECT edition FROM product_sales_editions WHERE is_served = 1)
            """);
        query.Next();
        return (int?)query.LongOrNull(0);
    }

    private static List<ProductSalesRow> Rows(
        FleetConnection connection, ProductSalesFilter filter, string order, (long Count, long Skip) page)
    {
        using var query = Query(connection, $"""
            SELECT s.product_id, coalesce((SELECT p.name FROM products p WHERE p.product_id = s.product_id), ''),
              s.class, s.is_of_city, sum(s.lines), sum(s.pieces), sum(s.paid_fen), sum(s.refunded_fen)
            {Where} AND (s.lines <> 0 OR s.paid_fen <> 0 OR s.refunded_fen <> 0)
            GROUP BY s.product_id, s.class, s.is_of_city ORDER BY {order} LIMIT ?7 OFFSET ?8
            """, filter);
        query.Set(7, page.Count).Set(8, page.Skip);
        var rows = new List<ProductSalesRow>();
        while (query.Next())
        {
            rows.Add(new ProductSalesRow(
                query.Text(0), query.Text(1), (ProductClass)query.Long(2), query.Long(3) != 0, query.Long(4),
                query.Long(5), query.Long(6), query.Long(7), query.Long(6) - query.Long(7)));
        }

        return rows;
    }

    private static ProductSalesAsOf AsOf(FleetConnection connection)
    {
        var (served, making) = ProductSalesStore.Editions(connection);
        var position = served?.Position ?? 0;
        return new ProductSalesAsOf(position, LedgerChangeStore.NewestPosition(connection) - position,
            served?.Basis.CatalogueVersion ?? 0, making?.Cause);
    }

    private static Statement Query(FleetConnection connection, string sql, ProductSalesFilter filter) =>
        connection.Prepare(sql).Set(1, (long)filter.Window.FromNumber).Set(2, (long)filter.Window.ToNumber)
            .Set(3, filter.CountyCode ?? "").Set(4, filter.OperatorId ?? "").Set(5, filter.ProductId ?? "")
            .Set(6, filter.Class is { } of ? (long)of : 0);
}
