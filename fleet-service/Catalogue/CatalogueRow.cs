namespace KioskFleet.Service.Catalogue;

/// <summary>One readable row of an import: a product, its SKU mapping and, for an aid product, its listing.</summary>
/// <param name="Line">Line of the file on which the row begins, from 1.</param>
/// <param name="Product">The product named.</param>
/// <param name="Mapping">The mapping of the row's SKU to it.</param>
/// <param name="Listing">The listing, or null for an ordinary product.</param>
internal sealed record CatalogueRow(int Line, Product Product, SkuMapping Mapping, Listing? Listing);

/// <summary>A row that was not taken.</summary>
/// <param name="Line">Line of the file on which the row begins, from 1.</param>
/// <param name="Reason">Why.</param>
/// <param name="Got">What stood there, shortened.</param>
/// <param name="OtherLine">The earlier line it contradicts, where that is the reason.</param>
internal sealed record RefusedRow(int Line, RefusalReason Reason, string Got, int? OtherLine = null);

/// <summary>Why a row is refused. Each has a text in both languages in the resource files.</summary>
internal enum RefusalReason
{
    /// <summary>The row has more or fewer fields than the header.</summary>
    WrongFieldCount,

    /// <summary>A quotation mark stands where none may stand, or is never closed.</summary>
    BadQuoting,

    /// <summary>The SKU is missing, too long, or has control characters.</summary>
    BadSku,

    /// <summary>The product name is missing, too long, or has control characters.</summary>
    BadProductName,

    /// <summary>The product id is too long or has control characters.</summary>
    BadProductId,

    /// <summary>The operator id is too long or has control characters.</summary>
    BadOperator,

    /// <summary>The recognising county is not six digits of GB/T 2260.</summary>
    BadCounty,

    /// <summary>A date or time cannot be read, or lies before 1970.</summary>
    BadTime,

    /// <summary>An end is not after its beginning.</summary>
    EndNotAfterBeginning,

    /// <summary>A listing needs both the county that recognised the product and its first day.</summary>
    IncompleteListing,

    /// <summary>An earlier row of the same file says something else about the same thing.</summary>
    ContradictsEarlierRow,

    /// <summary>Another listing of the product by the county is in force within the same time.</summary>
    ListingOverlaps,

    /// <summary>The operator's SKU is mapped otherwise within the same time.</summary>
    MappingOverlaps,

    /// <summary>
    /// The row would move an end that has passed, or move an end into the past. Removal acts forward; a correction of
    /// the past needs two persons and a reason.
    /// </summary>
    ChangesThePast,
}
