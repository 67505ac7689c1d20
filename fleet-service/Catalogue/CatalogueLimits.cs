using KioskFleet.Protocol;

namespace KioskFleet.Service.Catalogue;

/// <summary>Every limit of the catalogue and its interfaces, named in one place.</summary>
internal static class CatalogueLimits
{
    /// <summary>Largest import file, in bytes.</summary>
    public const int MaxImportBytes = 16 * 1024 * 1024;

    /// <summary>Most data rows of one import file.</summary>
    public const int MaxImportRows = 200_000;

    /// <summary>Longest SKU, product id or operator id, in UTF-8 bytes: what a journal entry can carry.</summary>
    public const int MaxIdBytes = Limits.MaxIdBytes;

    /// <summary>Longest product name, in UTF-8 bytes: what a journal entry can carry.</summary>
    public const int MaxNameBytes = Limits.MaxTextBytes;

    /// <summary>Most rows of one page of products or listings.</summary>
    public const int MaxPageSize = 500;

    /// <summary>Rows of a page when the caller names no number.</summary>
    public const int DefaultPageSize = 100;
}
