using KioskFleet.Protocol;
using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Catalogue;

/// <summary>Every limit of the catalogue and its interfaces, named in one place.</summary>
internal static class CatalogueLimits
{
    /// <summary>Largest import file, in bytes.</summary>
    public const int MaxImportBytes = 16 * 1024 * 1024;

    /// <summary>Most data rows of one import file.</summary>
    public const int MaxImportRows = 200_000;

    /// <summary>Longest SKU or operator id, in UTF-8 bytes: what a journal entry can carry.</summary>
    public const int MaxIdBytes = Limits.MaxIdBytes;

    /// <summary>Longest product name, in UTF-8 bytes: what a journal entry can carry.</summary>
    public const int MaxNameBytes = Limits.MaxTextBytes;

    /// <summary>Longest product id, in UTF-8 bytes: the longest name with <c>@</c> and its recogniser.</summary>
    public const int MaxProductIdBytes = MaxNameBytes + 9;

    /// <summary>Longest batch of recognition, in characters.</summary>
    public const int MaxBatchLength = 64;

    /// <summary>Longest name of a supplier, in characters.</summary>
    public const int MaxSupplierLength = 200;

    /// <summary>Largest value of a product, in fen: ten million 万元.</summary>
    public const long MaxValueFen = 10_000_000_000_000;

    /// <summary>Most people whom a product helps.</summary>
    public const long MaxPeopleHelped = 1_000_000_000;

    /// <summary>Most references of evidence of a product.</summary>
    public const int MaxEvidence = 20;

    /// <summary>Longest reference, in characters.</summary>
    public const int MaxEvidenceLength = 200;

    /// <summary>Most pictures of a product.</summary>
    public const int MaxPictures = 10;

    /// <summary>Longest link of a picture, in characters.</summary>
    public const int MaxLinkLength = 500;

    /// <summary>Longest introduction, in characters.</summary>
    public const int MaxIntroductionLength = 4_000;

    /// <summary>Longest words on where to buy, in characters.</summary>
    public const int MaxWhereToBuyLength = 1_000;

    /// <summary>Longest reason of a step, proposal or decision, in characters.</summary>
    public const int MaxReasonLength = 500;

    /// <summary>Longest field of an import, in characters: more than any column may hold.</summary>
    public const int MaxFieldLength = 8_000;

    /// <summary>Most rows of one page of a list.</summary>
    public const int MaxPageSize = 500;

    /// <summary>Rows of a page when the caller names no number.</summary>
    public const int DefaultPageSize = 100;

    /// <summary>Most affected spans that are shown of a correction.</summary>
    public const int MaxShownSpans = 100;

    /// <summary>Most rows of one page of the public list.</summary>
    public const int MaxPublicPageSize = 100;

    /// <summary>Rows of a page of the public list when the caller names no number.</summary>
    public const int DefaultPublicPageSize = 20;

    /// <summary>Most places of sale that are shown of a product, newest first.</summary>
    public const int MaxPublicPlaces = 20;

    /// <summary>The limits of an import file.</summary>
    public static TableLimits Import { get; } = new()
    {
        MaxBytes = MaxImportBytes,
        MaxRows = MaxImportRows,
        MaxFieldLength = MaxFieldLength,
        Required = CatalogueRowReader.RequiredColumns,
    };
}
