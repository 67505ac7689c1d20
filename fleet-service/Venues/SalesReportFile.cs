using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Venues;

/// <summary>
/// The table of sales reports: one document a row. Lists in a cell are separated by ';' or '；'; a product is written
/// <c>id=aid/total</c> or <c>id=aid</c>, in yuan. Pure.
/// </summary>
internal static class SalesReportFile
{
    /// <summary>Columns that a table must have.</summary>
    public static readonly string[] Required = ["reporter", "document_number", "evidence"];

    /// <summary>All columns.</summary>
    public static readonly string[] Known =
    [
        .. Required, "reverses", "venue", "channel", "tags", "county", "outside_city", "first_day", "last_day",
        "aid_yuan", "aid_fen", "total_yuan", "total_fen", "recognised_aid_yuan", "recognised_aid_fen", "products",
        "note",
    ];

    /// <summary>The columns, as the interface's description names them.</summary>
    public const string Columns = "reporter, document_number, evidence (required); reverses, venue, channel, tags, "
        + "county, outside_city (true or false), first_day, last_day, aid_yuan or aid_fen, total_yuan or total_fen, "
        + "recognised_aid_yuan or recognised_aid_fen, products (id=aid/total; …), note";

    /// <summary>Reads one row; exactly one of the results is not null.</summary>
    public static (SalesReportRequest? Request, Refusal? Refusal) Read(TableReading.Table table, TableRow row)
    {
        string? Field(string column) => table.Field(row, column) is { Length: > 0 } text ? text : null;

        var (aid, badAid) = IntakeBody.Fen(Field("aid_fen") ?? "", "aid_fen");
        var (total, badTotal) = IntakeBody.Fen(Field("total_fen") ?? "", "total_fen");
        var (recognised, badRecognised) = IntakeBody.Fen(Field("recognised_aid_fen") ?? "", "recognised_aid_fen");
        var (outside, badOutside) = Flag(Field("outside_city"));
        var (products, badProducts) = Products(Field("products"));
        if ((badAid ?? badTotal ?? badRecognised ?? badOutside ?? badProducts) is { } bad)
        {
            return (null, bad);
        }

        return (new SalesReportRequest
        {
            Reporter = Field("reporter"),
            DocumentNumber = Field("document_number"),
            Reverses = Field("reverses"),
            Venue = Field("venue"),
            Channel = Field("channel"),
            Tags = Split(Field("tags")),
            County = Field("county"),
            OutsideCity = outside,
            FirstDay = Field("first_day"),
            LastDay = Field("last_day"),
            AidYuan = Field("aid_yuan"),
            AidFen = aid,
            TotalYuan = Field("total_yuan"),
            TotalFen = total,
            RecognisedAidYuan = Field("recognised_aid_yuan"),
            RecognisedAidFen = recognised,
            Products = products,
            Evidence = Field("evidence"),
            Note = Field("note"),
        }, null);
    }

    private static string[] Split(string? cell) => cell?.Split(
        [';', '；'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static (bool? Flag, Refusal? Refusal) Flag(string? cell) => cell?.ToLowerInvariant() switch
    {
        null => (null, null),
        "true" or "1" or "是" => (true, null),
        "false" or "0" or "否" => (false, null),
        _ => (null, new Refusal(RefusalCode.BadFlag, "outside_city", cell)),
    };

    private static (IReadOnlyList<ReportedProductRequest> Products, Refusal? Refusal) Products(string? cell)
    {
        var products = new List<ReportedProductRequest>();
        foreach (var part in Split(cell))
        {
            // A product id may hold an equals sign itself: the amounts stand behind the last one.
            var at = part.LastIndexOf('=');
            if (at <= 0)
            {
                return ([], new Refusal(RefusalCode.BadProducts, "products", part));
            }

            var amounts = part[(at + 1)..].Split('/', StringSplitOptions.TrimEntries);
            if (amounts.Length > 2)
            {
                return ([], new Refusal(RefusalCode.BadProducts, "products", part));
            }

            products.Add(new ReportedProductRequest(
                part[..at].Trim(), amounts[0], null, amounts.Length == 2 ? amounts[1] : null, null));
        }

        return (products, null);
    }
}
