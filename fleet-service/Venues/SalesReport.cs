using System.Collections.Immutable;

namespace KioskFleet.Service.Venues;

/// <summary>What was sold of one product. Amounts in fen.</summary>
internal sealed record ReportedProduct(string ProductId, long AidFen, long TotalFen);

/// <summary>The amounts of a document as it states them, in fen.</summary>
/// <param name="AidFen">Aid products.</param>
/// <param name="TotalFen">All products.</param>
/// <param name="RecognisedFen">Aid recognised by the city; null when the document does not say.</param>
/// <param name="Products">By product, as far as stated.</param>
internal sealed record StatedAmounts(
    long AidFen, long TotalFen, long? RecognisedFen, ImmutableArray<ReportedProduct> Products);

/// <summary>A report that is well-formed by itself; what it names was not looked up yet.</summary>
/// <param name="Reporter">Who reports.</param>
/// <param name="DocumentNumber">The reporter's number.</param>
/// <param name="Content">Everything it says in one text: equal texts are the same document.</param>
/// <param name="Reverses">The number of the document it reverses, or null.</param>
/// <param name="Origin">Where, when and by what it was sold; null for a counter-document.</param>
/// <param name="Amounts">Its amounts; null for a counter-document that takes back all that is left.</param>
/// <param name="Evidence">What proves it.</param>
/// <param name="Note">A note; may be empty.</param>
internal sealed record SalesReportDraft(
    string Reporter, string DocumentNumber, string Content, string? Reverses, ReportOrigin? Origin,
    StatedAmounts? Amounts, string Evidence, string Note);

/// <summary>Where, when and by what something was sold.</summary>
/// <param name="VenueId">The venue, or null.</param>
/// <param name="Channel">The counting channel; null with a venue, whose kind it is then.</param>
/// <param name="PlaceCode">The city or a county; null with a venue for the venue's own.</param>
/// <param name="IsOutsideCity">Whether it was sold to buyers elsewhere.</param>
/// <param name="First">First day.</param>
/// <param name="Last">Last day, inside.</param>
/// <param name="Tags">Channels beside it, in order.</param>
internal sealed record ReportOrigin(
    string? VenueId, string? Channel, string? PlaceCode, bool IsOutsideCity, DateOnly First, DateOnly Last,
    ImmutableArray<string> Tags);

/// <summary>A product of a document as it counts, in fen.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="AidFen">Its aid amount.</param>
/// <param name="TotalFen">Its whole amount.</param>
/// <param name="IsOfCity">Whether the city or a county of it had listed it on every day of the period.</param>
internal sealed record CountedProduct(string ProductId, long AidFen, long TotalFen, bool IsOfCity);

/// <summary>
/// The amounts of a document as they count, in fen: aid is recognised by the city, by others, or nobody said.
/// </summary>
/// <param name="AidFen">Aid products.</param>
/// <param name="TotalFen">All products.</param>
/// <param name="RecognisedFen">Aid of products that the city recognised.</param>
/// <param name="UnstatedFen">Aid of which nobody said who recognised it.</param>
/// <param name="IsRecognitionStated">Whether the document says the recognised part as a sum.</param>
/// <param name="Products">By product, in order, as far as stated.</param>
internal sealed record CountedAmounts(
    long AidFen, long TotalFen, long RecognisedFen, long UnstatedFen, bool IsRecognitionStated,
    ImmutableArray<CountedProduct> Products)
{
    /// <summary>What is no aid, in fen.</summary>
    public long OrdinaryFen => TotalFen - AidFen;

    /// <summary>True when nothing is left in it.</summary>
    public bool IsEmpty => TotalFen == 0 && Products.All(p => p.TotalFen == 0);

    /// <summary>These amounts less others, product by product.</summary>
    public CountedAmounts Less(CountedAmounts other) => this with
    {
        AidFen = checked(AidFen - other.AidFen),
        TotalFen = checked(TotalFen - other.TotalFen),
        RecognisedFen = checked(RecognisedFen - other.RecognisedFen),
        UnstatedFen = checked(UnstatedFen - other.UnstatedFen),
        Products =
        [
            .. Products.Select(p => other.Products.FirstOrDefault(o => o.ProductId == p.ProductId) is { } o
                ? p with { AidFen = checked(p.AidFen - o.AidFen), TotalFen = checked(p.TotalFen - o.TotalFen) }
                : p),
        ],
    };
}
