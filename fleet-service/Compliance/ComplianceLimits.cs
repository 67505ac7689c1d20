namespace KioskFleet.Service.Compliance;

/// <summary>Every limit of the compliance interfaces, named in one place.</summary>
internal static class ComplianceLimits
{
    /// <summary>Most rows of one page.</summary>
    public const int MaxPageSize = 500;

    /// <summary>Rows of a page when the caller names no number.</summary>
    public const int DefaultPageSize = 100;

    /// <summary>Highest page number.</summary>
    public const int MaxPage = 1_000_000;

    /// <summary>
    /// Most entries that are read for the standings of all cabinets at a moment within a day; a whole day, or one
    /// cabinet, has no such limit.
    /// </summary>
    public const long MaxEntriesScanned = 5_000_000;

    /// <summary>Cabinets up to which a window is read for each of them alone, and not once for all.</summary>
    public const int MaxReadOneByOne = 40;

    /// <summary>Changed figures that an edition lists; their number is told in full.</summary>
    public const int MaxChangesShown = 200;

    /// <summary>Most editions of one page.</summary>
    public const int MaxEditions = 200;
}
