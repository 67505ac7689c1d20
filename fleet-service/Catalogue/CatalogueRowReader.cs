using System.Globalization;
using System.Text;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Turns the fields of one row into a <see cref="CatalogueRow"/> or the reason against it. Pure.
/// A date alone means the first moment of that day in the data set's zone, for ends too (the end is not included);
/// a time must name its offset.
/// </summary>
internal sealed class CatalogueRowReader(IReadOnlyList<string> header, BusinessZone zone)
{
    /// <summary>Columns that a file must have.</summary>
    public static readonly string[] RequiredColumns = ["sku", "product_name"];

    /// <summary>Columns that a file may have.</summary>
    public static readonly string[] OptionalColumns =
        ["product_id", "operator", "recognised_by", "listed_from", "listed_to", "mapped_from", "mapped_to"];

    private static readonly string[] TimeForms =
        ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFK"];

    private const int MaxShownLength = 80;

    /// <summary>What stood in a file, short enough for a report.</summary>
    public static string Shortened(string got) =>
        got.Length > MaxShownLength ? string.Concat(got.AsSpan(0, MaxShownLength), "…") : got;

    /// <summary>Reads one row with as many fields as the header; exactly one of the two results is not null.</summary>
    public (CatalogueRow? Row, RefusedRow? Refused) Read(int line, IReadOnlyList<string> fields)
    {
        RefusedRow? refused = null;
        void Refuse(RefusalReason reason, string got) => refused ??= new RefusedRow(line, reason, Shortened(got));

        string Field(string column) => FieldOf(column, fields);

        string Word(string column, int least, int mostBytes, RefusalReason reason)
        {
            var text = Field(column);
            if (text.Length < least || Encoding.UTF8.GetByteCount(text) > mostBytes
                || text.Any(c => char.IsControl(c) || c == '\uFFFD'))
            {
                Refuse(reason, text);
            }

            return text;
        }

        var sku = Word("sku", 1, CatalogueLimits.MaxIdBytes, RefusalReason.BadSku);
        var name = Word("product_name", 1, CatalogueLimits.MaxNameBytes, RefusalReason.BadProductName);
        var id = Word("product_id", 0, CatalogueLimits.MaxIdBytes, RefusalReason.BadProductId);
        var owner = Word("operator", 0, CatalogueLimits.MaxIdBytes, RefusalReason.BadOperator);
        var county = Field("recognised_by");
        if (county.Length > 0 && !CountyCode.TryParse(county, out _))
        {
            Refuse(RefusalReason.BadCounty, county);
        }

        if (id.Length == 0)
        {
            id = county.Length == 0 ? name : $"{name}@{county}";
        }

        var listed = Time(Field("listed_from"), Refuse);
        var listing = Span(listed ?? 0, Time(Field("listed_to"), Refuse), Refuse);
        var mapping = Span(Time(Field("mapped_from"), Refuse) ?? 0, Time(Field("mapped_to"), Refuse), Refuse);
        if ((county.Length > 0) != (listed is not null) || (listed is null && listing.ToUtcMs is not null))
        {
            Refuse(RefusalReason.IncompleteListing, $"{county} {Field("listed_from")} {Field("listed_to")}".Trim());
        }

        return refused is not null
            ? (null, refused)
            : (new CatalogueRow(
                line,
                new Product(id, name),
                new SkuMapping(owner.Length == 0 ? null : owner, sku, id, mapping),
                county.Length == 0 ? null : new Listing(id, county, listing)), null);
    }

    private string FieldOf(string column, IReadOnlyList<string> fields)
    {
        for (var i = 0; i < header.Count; i++)
        {
            if (header[i] == column)
            {
                return fields[i].Trim();
            }
        }

        return "";
    }

    private static InForce Span(long fromUtcMs, long? toUtcMs, Action<RefusalReason, string> refuse)
    {
        if (toUtcMs <= fromUtcMs)
        {
            refuse(RefusalReason.EndNotAfterBeginning, DateTimeOffset.FromUnixTimeMilliseconds(toUtcMs.Value)
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        }

        return new InForce(fromUtcMs, toUtcMs);
    }

    private long? Time(string text, Action<RefusalReason, string> refuse)
    {
        if (text.Length == 0)
        {
            return null;
        }

        if (DateOnly.TryParseExact(
            text, ["yyyy-MM-dd", "yyyy/M/d"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && zone.StartOfUtcMs(day) is var start and >= 0)
        {
            return start;
        }

        // Without an offset a time would silently mean the server's own zone.
        if ((text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > "yyyy-MM-dd".Length)
            && DateTimeOffset.TryParseExact(
                text, TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            && time.ToUnixTimeMilliseconds() is var moment and >= 0)
        {
            return moment;
        }

        refuse(RefusalReason.BadTime, text);
        return null;
    }
}
