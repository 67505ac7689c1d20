using System.Globalization;
using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Turns the fields of one row into a <see cref="CatalogueRow"/> or the reason against it, and back for an export.
/// Pure.
/// </summary>
internal sealed class CatalogueRowReader(TableReading.Table table, CatalogueTimes times, CountyCodes counties)
{
    /// <summary>Columns that a file must have.</summary>
    public static readonly string[] RequiredColumns = ["sku", "product_name"];

    /// <summary>Columns that a file may have.</summary>
    public static readonly string[] OptionalColumns =
    [
        "product_id", "operator", "recognised_by", "listed_from", "listed_to", "mapped_from", "mapped_to",
        "recognising_county", "batch", "supplier", "value_wan_yuan", "people_helped", "helping", "evidence",
        "pictures", "introduction", "where_to_buy",
    ];

    private const StringSplitOptions WithoutBlanks =
        StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    private static readonly Dictionary<string, WayOfHelping> Ways =
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["工资性"] = WayOfHelping.Wage,
            ["资产性"] = WayOfHelping.Asset,
            ["经营性"] = WayOfHelping.Business,
            [nameof(WayOfHelping.Wage)] = WayOfHelping.Wage,
            [nameof(WayOfHelping.Asset)] = WayOfHelping.Asset,
            [nameof(WayOfHelping.Business)] = WayOfHelping.Business,
        };

    /// <summary>The Chinese word for a way of helping.</summary>
    public static string Word(WayOfHelping way) => Ways.First(w => w.Value == way).Key;

    /// <summary>Reads a way of helping in either language; null when it is none.</summary>
    public static WayOfHelping? Way(string? word) =>
        word is not null && Ways.TryGetValue(word, out var way) ? way : null;

    /// <summary>Reads one row; exactly one of the two results is not null.</summary>
    public (CatalogueRow? Row, RefusedRow? Refused) Read(TableRow row)
    {
        RefusedRow? refused = null;
        void Refuse(RefusalReason reason, string got) =>
            refused ??= new RefusedRow(row.Line, reason, TableFile.Shortened(got));

        string Field(string column) => table.Field(row, column);

        var mapping = ReadMapping(Field, Refuse);
        var listing = ReadListing(Field, Refuse);
        var (id, name) = (Field("product_id"), Field("product_name"));
        if (id.Length == 0)
        {
            id = listing is null ? name : $"{name}@{listing.RecognisedBy}";
        }

        var product = new Product(id, name) { Details = ReadDetails(Field, Refuse) };
        foreach (var wrong in ProductRules.Check(product, counties))
        {
            // An id that was made of the name is as right as the name.
            if (wrong.Field != "productId" || Field("product_id").Length > 0)
            {
                Refuse(wrong.Reason, wrong.Reason is RefusalReason.BadText or RefusalReason.Formula
                    ? $"{wrong.Field}: {wrong.Got}"
                    : wrong.Got);
            }
        }

        return refused is not null
            ? (null, refused)
            : (new CatalogueRow(
                row.Line,
                product,
                mapping is null ? null : mapping with { ProductId = id },
                listing is null ? null : listing with { ProductId = id }), null);
    }

    private SkuMapping? ReadMapping(Func<string, string> field, Action<RefusalReason, string> refuse)
    {
        var (sku, owner, from, to) =
            (field("sku"), field("operator"), field("mapped_from"), field("mapped_to"));
        if (sku.Length == 0 && field("product_id").Length > 0 && owner.Length + from.Length + to.Length == 0)
        {
            return null;
        }

        Note(ProductRules.Word("sku", sku, CatalogueLimits.MaxIdBytes, RefusalReason.BadSku), refuse);
        if (owner.Length > 0)
        {
            Note(ProductRules.Word(
                "operator", owner, CatalogueLimits.MaxIdBytes, RefusalReason.BadOperator), refuse);
        }

        return new SkuMapping(
            owner.Length == 0 ? null : owner, sku, "", Span(Time(from, refuse) ?? 0, End(to, refuse), refuse));
    }

    private Listing? ReadListing(Func<string, string> field, Action<RefusalReason, string> refuse)
    {
        var (recogniser, from, to) = (field("recognised_by"), field("listed_from"), field("listed_to"));
        if (recogniser.Length > 0 && recogniser != Listing.NationalList
            && counties.Refusal(recogniser) is { } reason)
        {
            refuse(reason, recogniser);
        }

        var span = Span(Time(from, refuse) ?? 0, End(to, refuse), refuse);
        if ((recogniser.Length > 0) != (from.Length > 0) || (from.Length == 0 && to.Length > 0))
        {
            refuse(RefusalReason.IncompleteListing, $"{recogniser} {from} {to}".Trim());
        }

        return recogniser.Length == 0 ? null : new Listing("", recogniser, span);
    }

    private static ProductDetails ReadDetails(Func<string, string> field, Action<RefusalReason, string> refuse)
    {
        string? Stated(string column) => field(column) is { Length: > 0 } text ? text : null;

        string? Lines(string column) => Stated(column)?.Replace("\r\n", "\n", StringComparison.Ordinal);

        string? Items(string column) => Stated(column) is { } text
            ? string.Join(ProductDetails.ItemSeparator, text.Split(ProductRules.FieldItemSeparator, WithoutBlanks))
            : null;

        long? Number(string column, RefusalReason reason, Func<string, long?> read)
        {
            var number = Stated(column) is { } text ? read(text) : null;
            if (number is null && Stated(column) is { } wrong)
            {
                refuse(reason, wrong);
            }

            return number;
        }

        if (Stated("helping") is { } helping && Way(helping) is null)
        {
            refuse(RefusalReason.BadHelping, helping);
        }

        return new ProductDetails
        {
            Batch = Stated("batch"),
            Supplier = Stated("supplier"),
            RecognisingCounty = Stated("recognising_county"),
            ValueFen = Number(
                "value_wan_yuan", RefusalReason.BadMoney, t => WanYuan.TryParse(t, out var fen) ? fen : null),
            PeopleHelped = Number("people_helped", RefusalReason.BadCount, t => long.TryParse(
                t, NumberStyles.None, CultureInfo.InvariantCulture, out var people) ? people : null),
            Helping = Way(Stated("helping")),
            Evidence = Items("evidence"),
            Pictures = Items("pictures"),
            Introduction = Lines("introduction"),
            WhereToBuy = Lines("where_to_buy"),
        };
    }

    private static void Note(FieldRefusal? wrong, Action<RefusalReason, string> refuse)
    {
        if (wrong is not null)
        {
            refuse(wrong.Reason, wrong.Got);
        }
    }

    private InForce Span(long fromUtcMs, long? toUtcMs, Action<RefusalReason, string> refuse)
    {
        if (toUtcMs <= fromUtcMs)
        {
            refuse(RefusalReason.EndNotAfterBeginning, times.Shown(toUtcMs.Value));
        }

        return new InForce(fromUtcMs, toUtcMs);
    }

    private long? End(string text, Action<RefusalReason, string> refuse) =>
        text == CatalogueTimes.Open ? null : Time(text, refuse);

    private long? Time(string text, Action<RefusalReason, string> refuse)
    {
        if (text.Length == 0)
        {
            return null;
        }

        if (times.Moment(text) is { } moment)
        {
            return moment;
        }

        refuse(RefusalReason.BadTime, text);
        return null;
    }
}
