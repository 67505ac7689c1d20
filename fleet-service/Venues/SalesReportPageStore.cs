using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Venues;

/// <summary>A report as it is shown. Amounts in fen.</summary>
internal sealed record SalesReportView
{
    /// <summary>Its id in this service.</summary>
    public required long Id { get; init; }

    /// <summary>Always <c>reported</c>: told by hand, apart from what signed journals prove.</summary>
    public string Figures { get; init; } = "reported";

    /// <summary>Who reported.</summary>
    public required string Reporter { get; init; }

    /// <summary>The reporter's number.</summary>
    public required string DocumentNumber { get; init; }

    /// <summary>The number of the document that it reverses, or null.</summary>
    public required string? Reverses { get; init; }

    /// <summary>Numbers of the documents that reverse it, in their order.</summary>
    public required IReadOnlyList<string> ReversedBy { get; init; }

    /// <summary>The counting channel.</summary>
    public required string Channel { get; init; }

    /// <summary>The venue, or null.</summary>
    public required string? Venue { get; init; }

    /// <summary>Channels beside it.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>The city or one of its counties.</summary>
    public required string County { get; init; }

    /// <summary>Whether it was sold to buyers elsewhere.</summary>
    public required bool OutsideCity { get; init; }

    /// <summary>First day.</summary>
    public required DateOnly FirstDay { get; init; }

    /// <summary>Last day, inside.</summary>
    public required DateOnly LastDay { get; init; }

    /// <summary>Aid products; of a counter-document, what it takes back.</summary>
    public required long AidFen { get; init; }

    /// <summary>All products, likewise.</summary>
    public required long TotalFen { get; init; }

    /// <summary>Aid recognised by the city, likewise.</summary>
    public required long RecognisedAidFen { get; init; }

    /// <summary>Aid of which nobody said who recognised it, likewise.</summary>
    public required long UnstatedAidFen { get; init; }

    /// <summary>Aid that is left of it; 0 of a counter-document.</summary>
    public required long LeftAidFen { get; init; }

    /// <summary>What is left of the total; 0 of a counter-document.</summary>
    public required long LeftTotalFen { get; init; }

    /// <summary>By product, as far as stated.</summary>
    public required IReadOnlyList<CountedProduct> Products { get; init; }

    /// <summary>What proves it.</summary>
    public required string Evidence { get; init; }

    /// <summary>A note; may be empty.</summary>
    public required string Note { get; init; }

    /// <summary>When it was taken.</summary>
    public required DateTime ReceivedUtc { get; init; }

    /// <summary>From whom.</summary>
    public required string ReceivedBy { get; init; }
}

/// <summary>Which reports are wanted; nulls for all.</summary>
/// <param name="Venue">Of one venue.</param>
/// <param name="Channel">Under one counting channel.</param>
/// <param name="County">Of one place.</param>
/// <param name="Reporter">Of one reporter.</param>
/// <param name="Before">Only reports with a smaller id.</param>
/// <param name="Count">1 to <see cref="VenueLimits.MaxPageSize"/>.</param>
internal sealed record SalesReportFilter(
    string? Venue, string? Channel, string? County, string? Reporter, long? Before, int Count);

/// <summary>Reads reports for people. Thread-safe.</summary>
internal sealed class SalesReportPageStore(FleetDatabase database)
{
    private const string Columns = """
        SELECT r.report_id, r.reporter, r.document_number, o.document_number, r.channel, r.venue_id, r.place_code,
          r.is_outside_city, r.first_day, r.last_day, r.aid_fen, r.total_fen, r.recognised_fen, r.unstated_fen,
          r.is_recognition_stated, r.evidence, r.note, r.received_utc_ms, r.received_by
        FROM sales_reports r LEFT JOIN sales_reports o ON o.report_id = r.reverses_id
        """;

    /// <summary>One report, or null.</summary>
    public SalesReportView? Find(long id)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        using var query = connection.Prepare(Columns + " WHERE r.report_id = ?1");
        query.Set(1, id);
        return query.Next() ? View(connection, query) : null;
    }

    /// <summary>Reports, newest first.</summary>
    public BackwardsPage<SalesReportView> Read(SalesReportFilter filter)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        using var query = connection.Prepare(Columns + """
             WHERE (?1 = '' OR r.venue_id = ?1) AND (?2 = '' OR r.channel = ?2) AND (?3 = '' OR r.place_code = ?3)
              AND (?4 = '' OR r.reporter = ?4) AND r.report_id < ?5
            ORDER BY r.report_id DESC LIMIT ?6
            """);
        query.Set(1, filter.Venue ?? "").Set(2, filter.Channel ?? "").Set(3, filter.County ?? "")
            .Set(4, filter.Reporter ?? "").Set(5, filter.Before ?? long.MaxValue).Set(6, (long)filter.Count);
        var reports = new List<SalesReportView>();
        while (query.Next())
        {
            reports.Add(View(connection, query));
        }

        return new BackwardsPage<SalesReportView>(
            reports, reports.Count < filter.Count ? null : reports[^1].Id);
    }

    private static SalesReportView View(FleetConnection connection, Statement row)
    {
        var (id, isCounter) = (row.Long(0), !row.IsNull(3));
        var left = isCounter ? null : SalesReportTable.Left(connection, id, row.Long(14) != 0);
        return new SalesReportView
        {
            Id = id,
            Reporter = row.Text(1),
            DocumentNumber = row.Text(2),
            Reverses = isCounter ? row.Text(3) : null,
            ReversedBy = ReversedBy(connection, id),
            Channel = row.Text(4),
            Venue = row.IsNull(5) ? null : row.Text(5),
            Tags = SalesReportTable.Tags(connection, id),
            County = row.Text(6),
            OutsideCity = row.Long(7) != 0,
            FirstDay = DayText.Of(row.Long(8)),
            LastDay = DayText.Of(row.Long(9)),
            AidFen = row.Long(10),
            TotalFen = row.Long(11),
            RecognisedAidFen = row.Long(12),
            UnstatedAidFen = row.Long(13),
            LeftAidFen = left?.AidFen ?? 0,
            LeftTotalFen = left?.TotalFen ?? 0,
            Products = Products(connection, id),
            Evidence = row.Text(15),
            Note = row.Text(16),
            ReceivedUtc = DateTimeOffset.FromUnixTimeMilliseconds(row.Long(17)).UtcDateTime,
            ReceivedBy = row.Text(18),
        };
    }

    private static List<string> ReversedBy(FleetConnection connection, long id)
    {
        using var query = connection.Prepare(
            "SELECT document_number FROM sales_reports WHERE reverses_id = ?1 ORDER BY report_id");
        query.Set(1, id);
        var numbers = new List<string>();
        while (query.Next())
        {
            numbers.Add(query.Text(0));
        }

        return numbers;
    }

    private static List<CountedProduct> Products(FleetConnection connection, long id)
    {
        using var query = connection.Prepare("""
            SELECT product_id, aid_fen, total_fen, is_of_city FROM sales_report_products
            WHERE report_id = ?1 ORDER BY product_id
            """);
        query.Set(1, id);
        var products = new List<CountedProduct>();
        while (query.Next())
        {
            products.Add(new CountedProduct(query.Text(0), query.Long(1), query.Long(2), query.Long(3) != 0));
        }

        return products;
    }
}
