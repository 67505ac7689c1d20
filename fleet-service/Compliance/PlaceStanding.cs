namespace KioskFleet.Service.Compliance;

/// <summary>Whose cabinets a standing takes together.</summary>
internal enum PlaceLevel
{
    /// <summary>An operator's cabinets in one county.</summary>
    OperatorInCounty,

    /// <summary>All cabinets of an operator.</summary>
    Operator,

    /// <summary>All cabinets of a county.</summary>
    County,

    /// <summary>All cabinets of the city.</summary>
    City,
}

/// <summary>How cabinets stand together in a window. Amounts in fen, of the sales made there: they stay when a cabinet
/// moves on.</summary>
internal sealed record PlaceStanding : JudgedFigures
{
    /// <summary>Whose cabinets.</summary>
    public required PlaceLevel Level { get; init; }

    /// <summary>The operator, or empty for a county and the city.</summary>
    public required string OperatorId { get; init; }

    /// <summary>The county's or city's code; empty for an operator over all.</summary>
    public required string PlaceCode { get; init; }

    /// <summary>The place's Chinese name, or null.</summary>
    public required string? Zh { get; init; }

    /// <summary>The place's English name, or null.</summary>
    public required string? En { get; init; }

    /// <summary>The kind of the figures.</summary>
    public string Figures { get; init; } = FigureKind.Signed;

    /// <summary>The window.</summary>
    public required ShownWindow Window { get; init; }

    /// <summary>The window of the policy; in another one the standing says how it would be.</summary>
    public required string? PolicyWindow { get; init; }

    /// <summary>
    /// True when the policy judges just these cabinets as one; else it judges each alone, and the standing only says
    /// how they do together.
    /// </summary>
    public required bool JudgedAsOne { get; init; }

    /// <summary>Cabinets whose last assignment in the window is there, and their own standings.</summary>
    public required int Cabinets { get; init; }

    /// <summary>Their own standings.</summary>
    public required StandingCounts Counts { get; init; }

    /// <summary>Sales without a mapping: in the total, not in aid.</summary>
    public required long UnmappedFen { get; init; }

    /// <summary>Part without a mapping, likewise.</summary>
    public required long? UnmappedBasisPoints { get; init; }

    /// <summary>Sales without a mapping that are judged.</summary>
    public required long JudgedUnmappedFen { get; init; }

    /// <summary>Largest ordinary amount that keeps the test true.</summary>
    public required long HeadroomFen { get; init; }

    /// <summary>Cabinets that never said hello.</summary>
    public required int NeverHeard { get; init; }

    /// <summary>Earliest time until which the data of all heard cabinets is complete.</summary>
    public required DateTimeOffset? DataCompleteUntilUtc { get; init; }

    /// <summary>The catalogue in force when the answer was made.</summary>
    public required long? CatalogueVersion { get; init; }

    /// <summary>Where it goes by the end of the window; null when nobody asked, or nothing is to come.</summary>
    public ProjectionShown? Projection { get; init; }
}

/// <summary>Standings of places.</summary>
/// <param name="Window">The window.</param>
/// <param name="UpToUtc">The last millisecond whose sales are in it, at most; null for all so far.</param>
/// <param name="CatalogueVersion">The catalogue in force when the answer was made.</param>
/// <param name="Edition">The newest edition of the window; null when there is none.</param>
/// <param name="Items">The places.</param>
internal sealed record PlaceStandings(
    ShownWindow Window, DateTimeOffset? UpToUtc, long CatalogueVersion, EditionNamed? Edition,
    IReadOnlyList<PlaceStanding> Items)
{
    /// <summary>The kind of the figures: reconciled when every place's are.</summary>
    public string Figures { get; init; } = FigureKind.Signed;
}
