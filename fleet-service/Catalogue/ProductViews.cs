namespace KioskFleet.Service.Catalogue;

/// <summary>A product as it is shown.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Name">Name.</param>
/// <param name="ListedNow">Whether it is an aid product at the moment of asking.</param>
/// <param name="BlockedNow">Whether it is suspended for quality: it must not be vended.</param>
/// <param name="Skus">How many SKUs are mapped to it, whenever.</param>
/// <param name="Details">Its record.</param>
internal sealed record ShownProduct(
    string ProductId, string Name, bool ListedNow, bool BlockedNow, long Skus, ShownDetails Details)
{
    /// <summary>The view of a product.</summary>
    public static ShownProduct Of(Product product, SkuFacts facts, long skus) => new(
        product.ProductId, product.Name, facts.Class == ProductClass.Aid, facts.IsBlocked, skus,
        ShownDetails.Of(product.Details));
}

/// <summary>A product with all that belongs to it.</summary>
/// <param name="Product">The product.</param>
/// <param name="Listings">All its listings, past ones included.</param>
/// <param name="Recognitions">All its recognitions.</param>
/// <param name="Blocks">All its suspensions for quality, past ones included.</param>
internal sealed record ShownWholeProduct(
    ShownProduct Product, IReadOnlyList<ShownListing> Listings, IReadOnlyList<ShownRecognition> Recognitions,
    IReadOnlyList<ShownBlock> Blocks);

/// <summary>A suspension for quality as it is shown.</summary>
/// <param name="SuspendedBy">GB/T 2260 code of the county, or product when it depends on no recognition.</param>
/// <param name="FromUtc">First moment at which it must not be vended.</param>
/// <param name="ToUtc">First moment at which it may be vended again, or null.</param>
/// <param name="InForceNow">Whether it is in force at the moment of asking.</param>
/// <param name="Begun">Who began it, when and why.</param>
/// <param name="Ended">Who ended it, when and why; null while nobody did.</param>
internal sealed record ShownBlock(
    string SuspendedBy, DateTimeOffset FromUtc, DateTimeOffset? ToUtc, bool InForceNow, ShownBlockStep? Begun,
    ShownBlockStep? Ended)
{
    /// <summary>The view of a block at a moment.</summary>
    public static ShownBlock Of(ProductBlock block, IReadOnlyList<KeptBlockStep> steps, long nowUtcMs)
    {
        ShownBlockStep? Step(bool isEnd) => steps.FirstOrDefault(s => s.SuspendedBy == block.SuspendedBy
            && s.FromUtcMs == block.InForce.FromUtcMs && s.IsEnd == isEnd) is { } step
                ? new ShownBlockStep(CatalogueJson.Utc(step.AtUtcMs), step.Actor, step.Why)
                : null;

        return new ShownBlock(
            block.SuspendedBy, CatalogueJson.Utc(block.InForce.FromUtcMs), CatalogueJson.Utc(block.InForce.ToUtcMs),
            block.InForce.Contains(nowUtcMs), Step(isEnd: false), Step(isEnd: true));
    }
}

/// <summary>Who began or ended a suspension.</summary>
/// <param name="AtUtc">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Why">The reason.</param>
internal sealed record ShownBlockStep(DateTimeOffset AtUtc, string Actor, string Why);

/// <summary>A product's record as it is shown; null is "not stated".</summary>
/// <param name="Batch">The batch of recognition.</param>
/// <param name="Supplier">The market entity that supplies it.</param>
/// <param name="RecognisingCounty">GB/T 2260 code of the county to which its supplier applies.</param>
/// <param name="ValueFen">Its value (商品价值量), in fen.</param>
/// <param name="ValueWanYuan">The same in 万元.</param>
/// <param name="PeopleHelped">People whom it helps.</param>
/// <param name="Helping">How it helps them.</param>
/// <param name="Evidence">References of the evidence.</param>
/// <param name="Pictures">Links of pictures.</param>
/// <param name="Introduction">What it is, for buyers.</param>
/// <param name="WhereToBuy">Where it can be bought, in words.</param>
internal sealed record ShownDetails(
    string? Batch, string? Supplier, string? RecognisingCounty, long? ValueFen, string? ValueWanYuan,
    long? PeopleHelped, string? Helping, IReadOnlyList<string> Evidence, IReadOnlyList<string> Pictures,
    string? Introduction, string? WhereToBuy)
{
    /// <summary>The view of a record.</summary>
    public static ShownDetails Of(ProductDetails d) => new(
        d.Batch, d.Supplier, d.RecognisingCounty, d.ValueFen, d.ValueFen is { } fen ? WanYuan.Format(fen) : null,
        d.PeopleHelped, d.Helping is { } way ? CatalogueJson.Word(way) : null, ProductDetails.Items(d.Evidence),
        ProductDetails.Items(d.Pictures),
        d.Introduction, d.WhereToBuy);
}

/// <summary>A listing as it is shown.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="ProductName">Its name.</param>
/// <param name="RecognisedBy">GB/T 2260 code of the county that recognised it, or national.</param>
/// <param name="FromUtc">First moment in force.</param>
/// <param name="ToUtc">First moment no longer in force, or null.</param>
/// <param name="InForceNow">Whether it is in force at the moment of asking.</param>
internal sealed record ShownListing(
    string ProductId, string ProductName, string RecognisedBy, DateTimeOffset FromUtc, DateTimeOffset? ToUtc,
    bool InForceNow);

/// <summary>A mapping as it is shown.</summary>
/// <param name="OperatorId">The operator; null for any.</param>
/// <param name="Sku">The SKU or barcode.</param>
/// <param name="ProductId">The product.</param>
/// <param name="ProductName">Its name.</param>
/// <param name="FromUtc">First moment in force.</param>
/// <param name="ToUtc">First moment no longer in force, or null.</param>
/// <param name="InForceNow">Whether it is in force at the moment of asking.</param>
internal sealed record ShownMapping(
    string? OperatorId, string Sku, string ProductId, string ProductName, DateTimeOffset FromUtc,
    DateTimeOffset? ToUtc, bool InForceNow);
