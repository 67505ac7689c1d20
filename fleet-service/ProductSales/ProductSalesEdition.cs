namespace KioskFleet.Service.ProductSales;

/// <summary>One making of the figures by product.</summary>
/// <param name="Number">Its number, ascending.</param>
/// <param name="IsServed">Whether it is the one that is shown.</param>
/// <param name="Cause">Why it was begun.</param>
/// <param name="BegunUtcMs">When, Unix milliseconds UTC.</param>
/// <param name="Basis">What it is made with.</param>
/// <param name="Position">Last ledger entry read.</param>
/// <param name="CorrectionId">Last correction read.</param>
/// <param name="LatestSaleUtcMs">Moment of the latest sale read, Unix milliseconds UTC.</param>
internal sealed record ProductSalesEdition(
    long Number, bool IsServed, string Cause, long BegunUtcMs, ProductSalesBasis Basis, long Position,
    long CorrectionId, long LatestSaleUtcMs);

/// <summary>What figures are made with; figures of another basis are made anew.</summary>
/// <param name="Generation">The ledger's generation.</param>
/// <param name="CatalogueVersion">The catalogue's version.</param>
internal sealed record ProductSalesBasis(string Generation, long CatalogueVersion);

/// <summary>What to do next. A closed set.</summary>
internal abstract record EditionStep
{
    private EditionStep()
    {
    }

    /// <summary>Begin an edition from nothing.</summary>
    /// <param name="IsServed">True for the very first, which is shown while it grows.</param>
    /// <param name="Cause">Why.</param>
    public sealed record Begin(bool IsServed, string Cause) : EditionStep;

    /// <summary>Read on for an edition.</summary>
    /// <param name="Edition">The edition as it is.</param>
    /// <param name="Basis">What it is read on with: what is new, or what it was begun with.</param>
    public sealed record ReadOn(ProductSalesEdition Edition, ProductSalesBasis Basis) : EditionStep;
}

/// <summary>Decides which edition is read on, or that one is begun. Pure.</summary>
internal static class EditionRule
{
    /// <summary>Cause: there was none.</summary>
    public const string First = "first";

    /// <summary>Cause: the ledger was restored, so positions mean something else.</summary>
    public const string LedgerRestored = "ledger-restored";

    /// <summary>Cause: the catalogue says something else of sales that were read.</summary>
    public const string CatalogueChanged = "catalogue-changed";

    /// <summary>Decides.</summary>
    /// <param name="served">The edition that is shown; null at first.</param>
    /// <param name="making">A newer one that is being made; null for none.</param>
    /// <param name="basis">What figures are to be made with now.</param>
    /// <param name="catalogueAtHand">
    /// The version of the catalogue that was worked with last; null after a start of the service.
    /// </param>
    /// <param name="sameProducts">
    /// Whether the catalogue of the basis says the same of everything an edition has read as the catalogue the edition
    /// was made with; only asked when that one is at hand.
    /// </param>
    public static EditionStep Next(
        ProductSalesEdition? served, ProductSalesEdition? making, ProductSalesBasis basis, long? catalogueAtHand,
        Func<ProductSalesEdition, bool> sameProducts)
    {
        if ((making ?? served) is not { } edition)
        {
            return new EditionStep.Begin(true, First);
        }

        if (edition.Basis.Generation != basis.Generation)
        {
            return new EditionStep.Begin(false, LedgerRestored);
        }

        var made = edition.Basis.CatalogueVersion;
        if (made == basis.CatalogueVersion || edition.LatestSaleUtcMs == 0
            || (made == catalogueAtHand && sameProducts(edition)))
        {
            return new EditionStep.ReadOn(edition, basis);
        }

        // One that is being made is finished by the catalogue it was begun with, and shown; only then the next is
        // begun. Were it begun again with every change, it might never be done.
        return !edition.IsServed && made == catalogueAtHand
            ? new EditionStep.ReadOn(edition, edition.Basis)
            : new EditionStep.Begin(false, CatalogueChanged);
    }
}
