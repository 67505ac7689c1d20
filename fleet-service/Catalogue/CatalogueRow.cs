namespace KioskFleet.Service.Catalogue;

/// <summary>
/// One readable row of an import: a product, its SKU mapping and, for an aid product, its listing.
/// </summary>
/// <param name="Line">Line of the file on which the row begins, from 1.</param>
/// <param name="Product">The product named, with the details that the row states.</param>
/// <param name="Mapping">The mapping of the row's SKU to it, or null for a row about the product alone.</param>
/// <param name="Listing">The listing, or null where the row has none.</param>
internal sealed record CatalogueRow(int Line, Product Product, SkuMapping? Mapping, Listing? Listing);

/// <summary>A row that was not taken.</summary>
/// <param name="Line">Line of the file on which the row begins, from 1.</param>
/// <param name="Reason">Why.</param>
/// <param name="Got">What stood there, shortened.</param>
/// <param name="OtherLine">The earlier line it contradicts or repeats, where that is the reason.</param>
internal sealed record RefusedRow(int Line, RefusalReason Reason, string Got, int? OtherLine = null);

/// <summary>
/// Why a row, or a field of a request, is refused. Each has a text in both languages in the resource files.
/// </summary>
internal enum RefusalReason
{
    /// <summary>The row has more or fewer fields than the header.</summary>
    WrongFieldCount,

    /// <summary>A quotation mark stands where none may stand, or is never closed.</summary>
    BadQuoting,

    /// <summary>A cell holds a formula, or a text that a spreadsheet would take for one.</summary>
    Formula,

    /// <summary>A cell holds an error of the spreadsheet.</summary>
    CellError,

    /// <summary>A cell holds a number of more digits than a spreadsheet's numbers keep.</summary>
    NumberNotExact,

    /// <summary>A field is longer than any column takes.</summary>
    FieldTooLong,

    /// <summary>The line is in another encoding than the file.</summary>
    BadEncoding,

    /// <summary>The SKU is missing, too long, or has control characters.</summary>
    BadSku,

    /// <summary>The barcode is no GTIN of 8, 12, 13 or 14 digits with its check digit.</summary>
    BadBarcode,

    /// <summary>The product name is missing, too long, or has control characters.</summary>
    BadProductName,

    /// <summary>The product id is too long or has control characters.</summary>
    BadProductId,

    /// <summary>The operator id is too long or has control characters.</summary>
    BadOperator,

    /// <summary>The recognising county is not six digits of GB/T 2260.</summary>
    BadCounty,

    /// <summary>There is no such county.</summary>
    UnknownCounty,

    /// <summary>A date or time cannot be read, or lies before 1970 or after 9998.</summary>
    BadTime,

    /// <summary>An end is not after its beginning.</summary>
    EndNotAfterBeginning,

    /// <summary>A listing needs both the county that recognised the product and its first day.</summary>
    IncompleteListing,

    /// <summary>The value is no amount of 万元, negative, or finer than a fen.</summary>
    BadMoney,

    /// <summary>A number of people is none, or negative.</summary>
    BadCount,

    /// <summary>The way of helping is none of the three.</summary>
    BadHelping,

    /// <summary>A text is empty, too long, or has control characters.</summary>
    BadText,

    /// <summary>A required field is missing.</summary>
    Missing,

    /// <summary>A word is none of those that the field takes.</summary>
    BadChoice,

    /// <summary>The county is none of this city's.</summary>
    NotOfCity,

    /// <summary>The public notice is shorter than the data set asks for.</summary>
    NoticeTooShort,

    /// <summary>The public notice would begin before today.</summary>
    NoticeBegun,

    /// <summary>A picture is no link by http or https, or there are too many.</summary>
    BadLink,

    /// <summary>An earlier row of the same file says something else about the same thing.</summary>
    ContradictsEarlierRow,

    /// <summary>An earlier row of the same file says the very same.</summary>
    RepeatsEarlierRow,

    /// <summary>Another listing of the product by the county is in force within the same time.</summary>
    ListingOverlaps,

    /// <summary>The operator's SKU is mapped otherwise within the same time.</summary>
    MappingOverlaps,

    /// <summary>
    /// It begins, or sets or moves an end, before now. Removal acts forward; a correction of the past needs two persons
    /// and a reason.
    /// </summary>
    ChangesThePast,

    /// <summary>
    /// A recognition of the product by the county is under way, suspended or revoked: its own steps change the listing.
    /// </summary>
    RecognitionUnderWay,

    /// <summary>
    /// The last recognition of the product by this county of the city was rejected or revoked: it is applied for again.
    /// </summary>
    RecognitionEnded,
}
