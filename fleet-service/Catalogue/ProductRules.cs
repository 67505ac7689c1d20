using System.Text;
using System.Xml;

namespace KioskFleet.Service.Catalogue;

/// <summary>One thing wrong with a request or a row.</summary>
/// <param name="Field">The field's name as the interface writes it.</param>
/// <param name="Reason">Why it is not taken.</param>
/// <param name="Got">What stood there, shortened.</param>
internal sealed record FieldRefusal(string Field, RefusalReason Reason, string Got);

/// <summary>What may stand in a product's record, whichever way it comes. Pure.</summary>
internal static class ProductRules
{
    /// <summary>Between the items of a list within one field of a file.</summary>
    public const char FieldItemSeparator = '|';

    /// <summary>Everything that is wrong with a product.</summary>
    public static IEnumerable<FieldRefusal> Check(Product product, CountyCodes counties)
    {
        var d = product.Details;
        FieldRefusal?[] found =
        [
            Word("productId", product.ProductId, CatalogueLimits.MaxProductIdBytes, RefusalReason.BadProductId),
            Word("name", product.Name, CatalogueLimits.MaxNameBytes, RefusalReason.BadProductName),
            Text("batch", d.Batch, CatalogueLimits.MaxBatchLength),
            Text("supplier", d.Supplier, CatalogueLimits.MaxSupplierLength),
            d.RecognisingCounty is { } county && counties.Refusal(county) is { } reason
                ? new FieldRefusal("recognisingCounty", reason, county)
                : null,
            d.ValueFen is < 0 or > CatalogueLimits.MaxValueFen
                ? new FieldRefusal("valueFen", RefusalReason.BadMoney, $"{d.ValueFen}")
                : null,
            d.PeopleHelped is < 0 or > CatalogueLimits.MaxPeopleHelped
                ? new FieldRefusal("peopleHelped", RefusalReason.BadCount, $"{d.PeopleHelped}")
                : null,
            Text("introduction", d.Introduction, CatalogueLimits.MaxIntroductionLength, isLong: true),
            Text("whereToBuy", d.WhereToBuy, CatalogueLimits.MaxWhereToBuyLength, isLong: true),
            .. Items("evidence", d.Evidence, CatalogueLimits.MaxEvidence).Select(
                e => Text("evidence", e, CatalogueLimits.MaxEvidenceLength, noSeparator: true)),
            .. Items("pictures", d.Pictures, CatalogueLimits.MaxPictures).Select(Link),
        ];
        return found.OfType<FieldRefusal>();
    }

    /// <summary>What is wrong with an id or a name, or null.</summary>
    public static FieldRefusal? Word(
        string field, string text, int mostBytes, RefusalReason reason, int leastLength = 1) =>
        IsFormula(text) ? new FieldRefusal(field, RefusalReason.Formula, text)
        : text.Length < leastLength || Encoding.UTF8.GetByteCount(text) > mostBytes || !IsPlain(text, isLong: false)
            || text != text.Trim()
            ? new FieldRefusal(field, reason, text)
            : null;

    /// <summary>What is wrong with a text, or null; null is no text and right.</summary>
    public static FieldRefusal? Text(
        string field, string? text, int mostLength, bool isLong = false, bool noSeparator = false) => text switch
    {
        null => null,
        _ when IsFormula(text) => new FieldRefusal(field, RefusalReason.Formula, text),
        _ when text.Trim().Length == 0 || text.Length > mostLength || !IsPlain(text, isLong)
            || (noSeparator && text.Contains(FieldItemSeparator)) =>
            new FieldRefusal(field, RefusalReason.BadText, text),
        _ => null,
    };

    private static FieldRefusal? Link(string link) =>
        link.Length <= CatalogueLimits.MaxLinkLength && IsPlain(link, isLong: false)
        && !link.Any(c => char.IsWhiteSpace(c) || c == FieldItemSeparator)
        && Uri.TryCreate(link, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? null
            : new FieldRefusal("pictures", RefusalReason.BadLink, link);

    /// <summary>The items, or one that cannot be right when there are too many.</summary>
    private static IReadOnlyList<string> Items(string field, string? lines, int most)
    {
        var items = ProductDetails.Items(lines);
        return items.Count <= most ? items : [$"{field}: {items.Count}{FieldItemSeparator}"];
    }

    // In a spreadsheet that opens our export it would be calculated.
    private static bool IsFormula(string text) => text.StartsWith('=');

    /// <summary>No control characters but line feeds in a long text, nothing that XML cannot hold.</summary>
    private static bool IsPlain(string text, bool isLong)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], c))
            {
                i++;
            }
            else if ((char.IsControl(c) && !(isLong && c == ProductDetails.ItemSeparator))
                || c == '\uFFFD' || !XmlConvert.IsXmlChar(c))
            {
                return false;
            }
        }

        return true;
    }
}
