using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Catalogue;

/// <summary>One page of a list.</summary>
/// <param name="CatalogueVersion">The version of the catalogue read.</param>
/// <param name="Page">The page, from 1.</param>
/// <param name="PageSize">Most rows of a page.</param>
/// <param name="Total">Rows of the whole list.</param>
/// <param name="Items">The rows.</param>
internal sealed record CataloguePage<T>(
    long CatalogueVersion, int Page, int PageSize, long Total, IReadOnlyList<T> Items);

/// <summary>Which page of a list.</summary>
/// <param name="Page">From 1.</param>
/// <param name="PageSize">At least 1.</param>
internal readonly record struct PageAsked(int Page, int PageSize)
{
    /// <summary>What a query asks for, or the defaults.</summary>
    public static PageAsked Of(int? page, int? pageSize) => new(page ?? 1, pageSize ?? CatalogueLimits.DefaultPageSize);
}

/// <summary>Reads pages of the catalogue for people, each at one moment. Thread-safe.</summary>
internal sealed class CataloguePageStore(FleetDatabase database, CurrentCatalogue current, TimeProvider time)
{
    // Every list mentions ?1 and ?2, its filters, and ?3, the present moment, so that all are bound alike; ?4 and ?5
    // cut the page.
    private const int SizeIndex = 4;
    private const int SkipIndex = 5;

    /// <summary>Products by id: those whose name or id contains a text, those of one county.</summary>
    public CataloguePage<ShownProduct> Products(PageAsked page, string? contains, string? county)
    {
        var (index, now) = (current.Snapshot.Index, Now());
        return Read(
            page,
            ($"""
            SELECT p.product_id, p.name, (SELECT COUNT(*) FROM sku_mappings m WHERE m.product_id = p.product_id),
              {CatalogueStore.DetailColumns}
            FROM products p
            WHERE (?1 IS NULL OR instr(p.name, ?1) > 0 OR instr(p.product_id, ?1) > 0)
              AND (?2 IS NULL OR p.recognising_county = ?2) AND ?3 > 0
            """, "product_id"),
            (contains, county),
            r =>
            {
                var product = new Product(r.Text(0), r.Text(1)) { Details = CatalogueStore.ReadDetails(r, 3) };
                return ShownProduct.Of(product, index.FactsOf(product.ProductId, now), r.Long(2));
            });
    }

    /// <summary>One product with all that belongs to it, or null.</summary>
    public ShownWholeProduct? Product(string productId)
    {
        var (index, now) = (current.Snapshot.Index, Now());
        if (index.ProductOf(productId) is not { } product)
        {
            return null;
        }

        using var connection = database.OpenReader();
        var listings = index.ListingsOf(productId).OrderBy(l => l.InForce.FromUtcMs)
            .Select(l => new ShownListing(
                productId, product.Name, l.RecognisedBy, CatalogueJson.Utc(l.InForce.FromUtcMs),
                CatalogueJson.Utc(l.InForce.ToUtcMs), l.InForce.Contains(now)));
        var recognitions = RecognitionStore.Of(connection, productId, county: null)
            .Select(r => ShownRecognition.Of(r, now));
        var steps = ProductBlockStore.Of(connection, productId);
        return new ShownWholeProduct(
            ShownProduct.Of(product, index.FactsOf(productId, now), index.SkusOf(productId).Count()),
            [.. listings],
            [.. recognitions],
            [.. index.BlocksOf(productId).OrderBy(b => b.InForce.FromUtcMs).Select(b => ShownBlock.Of(b, steps, now))]);
    }

    /// <summary>Listings by product, those of one recogniser if one is given.</summary>
    public CataloguePage<ShownListing> Listings(PageAsked page, string? recogniser) => Read(
        page,
        ("""
        SELECT l.product_id, p.name, l.recognised_by, l.from_utc_ms, l.to_utc_ms,
          l.from_utc_ms <= ?3 AND (l.to_utc_ms IS NULL OR l.to_utc_ms > ?3)
        FROM listings l JOIN products p USING (product_id)
        WHERE (?1 IS NULL OR l.recognised_by = ?1) AND ?2 IS NULL
        """, "product_id, recognised_by, from_utc_ms"),
        (recogniser, null),
        r => new ShownListing(
            r.Text(0), r.Text(1), r.Text(2), CatalogueJson.Utc(r.Long(3)), CatalogueJson.Utc(r.LongOrNull(4)),
            r.Long(5) != 0));

    /// <summary>Mappings by SKU, those of one operator or of one product if they are given.</summary>
    public CataloguePage<ShownMapping> Mappings(PageAsked page, string? operatorId, string? productId) => Read(
        page,
        ("""
        SELECT m.operator_id, m.sku, m.product_id, p.name, m.from_utc_ms, m.to_utc_ms,
          m.from_utc_ms <= ?3 AND (m.to_utc_ms IS NULL OR m.to_utc_ms > ?3)
        FROM sku_mappings m JOIN products p USING (product_id)
        WHERE (?1 IS NULL OR m.operator_id = ?1) AND (?2 IS NULL OR m.product_id = ?2)
        """, "sku, operator_id, from_utc_ms"),
        (operatorId, productId),
        r => new ShownMapping(
            r.Text(0) is { Length: > 0 } owner ? owner : null, r.Text(1), r.Text(2), r.Text(3),
            CatalogueJson.Utc(r.Long(4)), CatalogueJson.Utc(r.LongOrNull(5)), r.Long(6) != 0));

    /// <summary>Recognitions by number, of one state at the present moment or of one county.</summary>
    public CataloguePage<ShownRecognition> Recognitions(
        PageAsked page, RecognitionState? state, string? county) => Read(
        page,
        ($"""
        SELECT {RecognitionStore.Columns} FROM recognitions
        WHERE (?1 IS NULL OR {RecognitionStore.StateNow} = ?1) AND (?2 IS NULL OR county_code = ?2) AND ?3 > 0
        """, "recognition_id"),
        (state?.ToString(), county),
        r => ShownRecognition.Of(RecognitionStore.Read(r), Now()));

    /// <summary>Mapping proposals by number, of one state or of one county.</summary>
    public CataloguePage<ShownProposal> Proposals(PageAsked page, ProposalState? state, string? county) => Read(
        page,
        ($"""
        SELECT {MappingProposalStore.Columns} FROM mapping_proposals
        WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR county_code = ?2) AND ?3 > 0
        """, "proposal_id"),
        (state?.ToString(), county),
        r => ShownProposal.Of(MappingProposalStore.Read(r)));

    /// <summary>Corrections by number, of one state.</summary>
    public CataloguePage<ShownCorrection> Corrections(PageAsked page, ProposalState? state) => Read(
        page,
        ($"""
        SELECT {CorrectionStore.Columns} FROM catalogue_corrections
        WHERE (?1 IS NULL OR state = ?1) AND ?2 IS NULL AND ?3 > 0
        """, "correction_id"),
        (state?.ToString(), null),
        r => ShownCorrection.Of(CorrectionStore.Read(r)));

    /// <summary>One recognition with its steps, or null.</summary>
    public ShownRecognition? Recognition(long recognitionId)
    {
        using var connection = database.OpenReader();
        return RecognitionStore.Find(connection, recognitionId) is { } found
            ? ShownRecognition.Of(found, Now(), RecognitionStore.Steps(connection, recognitionId))
            : null;
    }

    /// <summary>One mapping proposal, or null.</summary>
    public ShownProposal? Proposal(long proposalId)
    {
        using var connection = database.OpenReader();
        return MappingProposalStore.Find(connection, proposalId) is { } found ? ShownProposal.Of(found) : null;
    }

    /// <summary>One correction with what it affects, or null.</summary>
    /// <param name="correctionId">Its number.</param>
    /// <param name="preview">What one that waits would affect.</param>
    public ShownCorrection? Correction(
        long correctionId, Func<Correction, IReadOnlyList<AffectedSpan>> preview)
    {
        using var connection = database.OpenReader();
        return CorrectionStore.Find(connection, correctionId) is not { } found ? null
            : found.Persons.CatalogueVersion is { } version
                ? ShownCorrection.Of(
                    found, CorrectionStore.Affected(connection, version, CatalogueLimits.MaxShownSpans))
                : ShownCorrection.Of(found, found.Persons.State == ProposalState.Proposed ? preview(found) : []);
    }

    private CataloguePage<T> Read<T>(
        PageAsked page, (string Select, string Order) sql, (string? First, string? Second) filter,
        Func<Statement, T> read)
    {
        using var connection = database.OpenReader();
        using var transaction = connection.BeginRead();
        Statement Bind(Statement statement) =>
            statement.Set(1, filter.First).Set(2, filter.Second).Set(3, Now());

        using var count = connection.Prepare($"SELECT COUNT(*) FROM ({sql.Select}) AS listed");
        Bind(count).Next();
        using var rows = connection.Prepare(
            $"SELECT * FROM ({sql.Select}) AS listed ORDER BY {sql.Order} LIMIT ?{SizeIndex} OFFSET ?{SkipIndex}");
        Bind(rows).Set(SizeIndex, (long)page.PageSize).Set(SkipIndex, (long)page.PageSize * (page.Page - 1));
        var items = new List<T>();
        while (rows.Next())
        {
            items.Add(read(rows));
        }

        return new CataloguePage<T>(
            CatalogueStore.Version(connection), page.Page, page.PageSize, count.Long(0), items);
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
