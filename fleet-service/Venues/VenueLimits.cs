namespace KioskFleet.Service.Venues;

/// <summary>Every limit of venues, reports and procurement, named in one place.</summary>
internal static class VenueLimits
{
    /// <summary>Longest name and address of a venue, and longest name of a budget unit, in characters.</summary>
    public const int MaxNameLength = 200;

    /// <summary>Longest address on the net, in characters.</summary>
    public const int MaxUrlLength = 500;

    /// <summary>Longest reporter and document number, in characters.</summary>
    public const int MaxNumberLength = 64;

    /// <summary>Longest evidence reference and note, in characters.</summary>
    public const int MaxTextLength = 500;

    /// <summary>Largest amount of one document, in fen: ten billion yuan.</summary>
    public const long MaxAmountFen = 1_000_000_000_000;

    /// <summary>Longest period of one document, in days.</summary>
    public const int MaxPeriodDays = 366;

    /// <summary>First day that a document may speak of.</summary>
    public static readonly DateOnly FirstDay = new(2000, 1, 1);

    /// <summary>Most tags of one report.</summary>
    public const int MaxTags = 20;

    /// <summary>Most products of one report.</summary>
    public const int MaxProducts = 200;

    /// <summary>Most documents of one JSON request.</summary>
    public const int MaxBulk = 1_000;

    /// <summary>Most rows of one uploaded table.</summary>
    public const int MaxUploadRows = 20_000;

    /// <summary>Largest upload, in bytes.</summary>
    public const int MaxUploadBytes = 8 * 1024 * 1024;

    /// <summary>Documents that are taken in one transaction: so long at most anybody else waits to write.</summary>
    public const int DocumentsPerTransaction = 200;

    /// <summary>Rows of a page when the caller names no number.</summary>
    public const int DefaultPageSize = 100;

    /// <summary>Most rows of one page.</summary>
    public const int MaxPageSize = 500;
}
