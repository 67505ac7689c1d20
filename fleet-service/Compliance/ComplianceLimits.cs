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
}
