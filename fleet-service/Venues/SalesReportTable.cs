using System.Collections.Immutable;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Venues;

/// <summary>A report as it is written.</summary>
/// <param name="Draft">What was sent.</param>
/// <param name="ReversesId">The report it reverses, or null.</param>
/// <param name="Channel">The counting channel.</param>
/// <param name="PlaceCode">The city or a county.</param>
/// <param name="Origin">Where and when it was sold; of a counter-document, those of the report it reverses.</param>
/// <param name="Amounts">What it counts.</param>
/// <param name="ReceivedUtcMs">When, Unix milliseconds UTC.</param>
/// <param name="ReceivedBy">From whom.</param>
internal sealed record NewSalesReport(
    SalesReportDraft Draft, long? ReversesId, string Channel, string PlaceCode, ReportOrigin Origin,
    CountedAmounts Amounts, long ReceivedUtcMs, string ReceivedBy);

/// <summary>A report that may be reversed, with what is left of it.</summary>
/// <param name="ReportId">Its id.</param>
/// <param name="IsCounter">Whether it is a counter-document itself.</param>
/// <param name="IsReversed">Whether a counter-document names it.</param>
/// <param name="Channel">The counting channel.</param>
/// <param name="PlaceCode">The city or a county.</param>
/// <param name="Origin">Where and when it was sold.</param>
/// <param name="Left">What is left.</param>
internal sealed record ReversibleReport(
    long ReportId, bool IsCounter, bool IsReversed, string Channel, string PlaceCode, ReportOrigin Origin,
    CountedAmounts Left);

/// <summary>The tables of reported sales. The caller brings the connection and the transaction.</summary>
internal static class SalesReportTable
{
    /// <summary>
    /// True of a report r that was not wholly taken back. One that tells of no sales stands until a counter-document
    /// names it.
    /// </summary>
    public const string Stands = """
        r.total_fen > coalesce(
          (SELECT sum(c.total_fen) FROM sales_reports c WHERE c.reverses_id = r.report_id), -1)
        """;

    private const string ToldOnSameDays = $"""
        SELECT r.report_id, r.document_number, r.received_utc_ms, r.received_by, r.reporter, r.first_day, r.last_day
        FROM sales_reports r
        WHERE r.reverses_id IS NULL AND r.last_day >= ?1 AND r.first_day <= ?2 AND r.is_outside_city = ?3
          AND {Stands}
        """;

    /// <summary>The document with a number, and its digest; null when there is none.</summary>
    public static (FirstDocument Document, byte[] Digest)? Find(
        FleetConnection connection, string reporter, string number)
    {
        using var query = connection.Prepare("""
            SELECT report_id, document_number, received_utc_ms, received_by, content_sha256 FROM sales_reports
            WHERE reporter = ?1 AND document_number = ?2
            """);
        query.Set(1, reporter).Set(2, number);
        return query.Next()
            ? (new FirstDocument(query.Long(0), query.Text(1),
                DateTimeOffset.FromUnixTimeMilliseconds(query.Long(2)).UtcDateTime, query.Text(3)),
                query.Bytes(4).ToArray())
            : null;
    }

    /// <summary>The report of a number with what is left of it; null when there is none.</summary>
    public static ReversibleReport? FindReversible(FleetConnection connection, string reporter, string number)
    {
        using var query = connection.Prepare("""
            SELECT report_id, reverses_id, channel, venue_id, place_code, first_day, last_day, is_outside_city,
              is_recognition_stated,
              EXISTS (SELECT 1 FROM sales_reports c WHERE c.reverses_id = sales_reports.report_id)
            FROM sales_reports WHERE reporter = ?1 AND document_number = ?2
            """);
        query.Set(1, reporter).Set(2, number);
        if (!query.Next())
        {
            return null;
        }

        var id = query.Long(0);
        var origin = new ReportOrigin(
            query.IsNull(3) ? null : query.Text(3), query.Text(2), query.Text(4), query.Long(7) != 0,
            DayText.Of(query.Long(5)), DayText.Of(query.Long(6)), Tags(connection, id));
        return new ReversibleReport(
            id, !query.IsNull(1), query.Long(9) != 0, query.Text(2), query.Text(4), origin,
            Left(connection, id, query.Long(8) != 0));
    }

    /// <summary>
    /// A document that tells of the same sales on some of the same days, with its period and number in words; null when
    /// there is none. A venue's days are told once, whoever tells them; those of a channel and county once by each
    /// reporter, for different ones may tell of different sellers. Sales to buyers elsewhere have documents of their
    /// own.
    /// </summary>
    public static (FirstDocument Document, string Told)? FindSameDays(
        FleetConnection connection, string reporter, ReportOrigin origin)
    {
        using var query = connection.Prepare(ToldOnSameDays + (origin.VenueId is null
            ? " AND r.venue_id IS NULL AND r.reporter = ?4 AND r.channel = ?5 AND r.place_code = ?6"
            : " AND r.venue_id = ?4") + " ORDER BY r.report_id LIMIT 1");
        query.Set(1, DayText.Number(origin.First)).Set(2, DayText.Number(origin.Last))
            .Set(3, origin.IsOutsideCity ? 1 : 0).Set(4, origin.VenueId ?? reporter);
        if (origin.VenueId is null)
        {
            query.Set(5, origin.Channel!).Set(6, origin.PlaceCode!);
        }

        return query.Next()
            ? (new FirstDocument(query.Long(0), query.Text(1),
                DateTimeOffset.FromUnixTimeMilliseconds(query.Long(2)).UtcDateTime, query.Text(3)),
                $"{DayText.Of(query.Long(5)):yyyy-MM-dd} – {DayText.Of(query.Long(6)):yyyy-MM-dd}: "
                    + $"{query.Text(4)}/{query.Text(1)}")
            : null;
    }

    /// <summary>Writes a report and returns its id.</summary>
    public static long Insert(FleetConnection connection, NewSalesReport report)
    {
        using var insert = connection.Prepare("""
            INSERT INTO sales_reports (reporter, document_number, content_sha256, reverses_id, sign, channel, venue_id,
              place_code, first_day, last_day, is_outside_city, aid_fen, total_fen, recognised_fen, unstated_fen,
              is_recognition_stated, evidence, note, received_utc_ms, received_by)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
            RETURNING report_id
            """);
        var (draft, origin, amounts) = (report.Draft, report.Origin, report.Amounts);
        insert.Set(1, draft.Reporter).Set(2, draft.DocumentNumber).Set(3, DocumentRules.Digest(draft.Content))
            .Set(4, report.ReversesId).Set(5, report.ReversesId is null ? 1 : -1).Set(6, report.Channel)
            .Set(8, report.PlaceCode).Set(9, DayText.Number(origin.First)).Set(10, DayText.Number(origin.Last))
            .Set(11, origin.IsOutsideCity ? 1 : 0).Set(12, amounts.AidFen).Set(13, amounts.TotalFen)
            .Set(14, amounts.RecognisedFen).Set(15, amounts.UnstatedFen).Set(16, amounts.IsRecognitionStated ? 1 : 0)
            .Set(17, draft.Evidence).Set(18, draft.Note).Set(19, report.ReceivedUtcMs)
            .Set(20, report.ReceivedBy).Set(7, origin.VenueId);
        insert.Next();
        var id = insert.Long(0);
        insert.Reset();
        foreach (var tag in origin.Tags)
        {
            using var insertTag = connection.Prepare(
                "INSERT INTO sales_report_tags (report_id, channel) VALUES (?1, ?2)");
            insertTag.Set(1, id).Set(2, tag).Run();
        }

        foreach (var product in amounts.Products.Where(p => p.TotalFen > 0))
        {
            using var insertProduct = connection.Prepare("""
                INSERT INTO sales_report_products (report_id, product_id, aid_fen, total_fen, is_of_city)
                VALUES (?1, ?2, ?3, ?4, ?5)
                """);
            insertProduct.Set(1, id).Set(2, product.ProductId).Set(3, product.AidFen).Set(4, product.TotalFen)
                .Set(5, product.IsOfCity ? 1 : 0).Run();
        }

        return id;
    }

    /// <summary>The last day, from a day on, of which a venue's reports still say something; or null.</summary>
    public static DateOnly? LastDayOf(FleetConnection connection, string venueId, DateOnly from)
    {
        using var query = connection.Prepare("""
            SELECT max(r.last_day) FROM sales_reports r
            WHERE r.venue_id = ?1 AND r.last_day >= ?2 AND r.reverses_id IS NULL AND r.total_fen >
              (SELECT coalesce(sum(c.total_fen), 0) FROM sales_reports c WHERE c.reverses_id = r.report_id)
            """);
        query.Set(1, venueId).Set(2, DayText.Number(from));
        query.Next();
        return query.LongOrNull(0) is { } day ? DayText.Of(day) : null;
    }

    /// <summary>The last day on which a venue sold a product, as far as reported; null for never.</summary>
    public static DateOnly? LastSold(FleetConnection connection, string venueId, string productId)
    {
        using var query = connection.Prepare("""
            SELECT max(r.last_day) FROM sales_reports r JOIN sales_report_products p USING (report_id)
            WHERE r.venue_id = ?1 AND p.product_id = ?2 AND r.reverses_id IS NULL AND p.total_fen >
              (SELECT coalesce(sum(q.total_fen), 0) FROM sales_reports c JOIN sales_report_products q USING (report_id)
               WHERE c.reverses_id = r.report_id AND q.product_id = p.product_id)
            """);
        query.Set(1, venueId).Set(2, productId);
        query.Next();
        return query.LongOrNull(0) is { } day ? DayText.Of(day) : null;
    }

    /// <summary>What is left of a report after everything that reverses it.</summary>
    public static CountedAmounts Left(FleetConnection connection, long reportId, bool isRecognitionStated)
    {
        using var query = connection.Prepare("""
            SELECT sum(sign * aid_fen), sum(sign * total_fen), sum(sign * recognised_fen), sum(sign * unstated_fen)
            FROM sales_reports WHERE report_id = ?1 OR reverses_id = ?1
            """);
        query.Set(1, reportId);
        query.Next();
        using var products = connection.Prepare("""
            SELECT p.product_id, sum(r.sign * p.aid_fen), sum(r.sign * p.total_fen), max(p.is_of_city)
            FROM sales_reports r JOIN sales_report_products p USING (report_id)
            WHERE r.report_id = ?1 OR r.reverses_id = ?1 GROUP BY p.product_id ORDER BY p.product_id
            """);
        products.Set(1, reportId);
        var left = ImmutableArray.CreateBuilder<CountedProduct>();
        while (products.Next())
        {
            left.Add(new CountedProduct(products.Text(0), products.Long(1), products.Long(2), products.Long(3) != 0));
        }

        return new CountedAmounts(query.Long(0), query.Long(1), query.Long(2), query.Long(3), isRecognitionStated,
            left.DrainToImmutable());
    }

    /// <summary>The tags of a report, in order.</summary>
    public static ImmutableArray<string> Tags(FleetConnection connection, long reportId)
    {
        using var query = connection.Prepare(
            "SELECT channel FROM sales_report_tags WHERE report_id = ?1 ORDER BY channel");
        query.Set(1, reportId);
        var tags = ImmutableArray.CreateBuilder<string>();
        while (query.Next())
        {
            tags.Add(query.Text(0));
        }

        return tags.DrainToImmutable();
    }
}
