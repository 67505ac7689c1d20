using KioskFleet.Service.Places;

namespace KioskFleet.Service.Compliance;

/// <summary>What proves figures. What was told by hand is never among them: that reads <c>reported</c>.</summary>
internal static class FigureKind
{
    /// <summary>From the signed journals of the cabinets, as committed in the ledger.</summary>
    public const string Signed = "signed";

    /// <summary>Signed, and every sale in them matched with complete payment bills.</summary>
    public const string Reconciled = "reconciled";

    /// <summary>The kind of figures together: reconciled when each is, and there is one.</summary>
    public static string Together(IEnumerable<string> kinds)
    {
        var isAny = false;
        foreach (var kind in kinds)
        {
            if (kind != Reconciled)
            {
                return Signed;
            }

            isAny = true;
        }

        return isAny ? Reconciled : Signed;
    }
}

/// <summary>A window as it is shown.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">First business day.</param>
/// <param name="To">First business day after it.</param>
/// <param name="ZoneId">The zone of its days.</param>
internal sealed record ShownWindow(string Name, DateOnly From, DateOnly To, string ZoneId)
{
    /// <summary>Shows a window.</summary>
    public static ShownWindow Of(JudgingWindow window, BusinessZone zone) =>
        new(window.Name, window.From, window.To, zone.Id);
}

/// <summary>How one cabinet stands under one operator in a window.</summary>
internal sealed record StandingRow : JudgedFigures
{
    /// <summary>The cabinet.</summary>
    public required string CabinetId { get; init; }

    /// <summary>The operator; empty when the cabinet sold without an assignment.</summary>
    public required string OperatorId { get; init; }

    /// <summary>Whether this is the cabinet's last operator in the window.</summary>
    public required bool CurrentOperator { get; init; }

    /// <summary>County of the operator's last assignment in the window.</summary>
    public required string CountyCode { get; init; }

    /// <summary>Site of that assignment.</summary>
    public required string SiteName { get; init; }

    /// <summary>The cabinet's life.</summary>
    public required string Life { get; init; }

    /// <summary>Its sales without a mapping, in fen: in the total, not in aid.</summary>
    public required long UnmappedFen { get; init; }

    /// <summary>What is judged as one: a cabinet, an operator's cabinets in a county, or a county.</summary>
    public required string Judged { get; init; }

    /// <summary>Largest ordinary amount that keeps the test true, in fen.</summary>
    public required long HeadroomFen { get; init; }

    /// <summary>Until when the cabinet's data is complete; null when it was never heard.</summary>
    public required DateTimeOffset? DataCompleteUntilUtc { get; init; }

    /// <summary>The kind of the figures.</summary>
    public string Figures { get; init; } = FigureKind.Signed;

    /// <summary>Part of the cabinet's total without a mapping, rounded down; null without a positive total.</summary>
    public long? UnmappedBasisPoints { get; init; }

    /// <summary>Sales without a mapping of what is judged, in fen.</summary>
    public long JudgedUnmappedFen { get; init; }

    /// <summary>
    /// The policy's own window: day, week, month, quarter, trailing-N or since-launch. In another window the standing
    /// says how it would be.
    /// </summary>
    public string? PolicyWindow { get; init; }

    /// <summary>The window of the figures.</summary>
    public ShownWindow? Window { get; init; }

    /// <summary>The catalogue in force when the answer was made.</summary>
    public long? CatalogueVersion { get; init; }

    /// <summary>Where it goes by the end of the window; null when nobody asked, or when there is nothing to come.
    /// </summary>
    public ProjectionShown? Projection { get; init; }

    /// <summary>The heads of the cabinet's journals when the figures were read; null in answers about many.</summary>
    public IReadOnlyList<HeadShown>? Heads { get; init; }

    /// <summary>The newest edition of the window; null when there is none.</summary>
    public EditionNamed? Edition { get; init; }
}

/// <summary>How many cabinets have each standing, each under its last operator in the window.</summary>
internal sealed record StandingCounts(int NoData, int Compliant, int AtRisk, int Breach);

/// <summary>A page of standings.</summary>
/// <param name="Window">The window.</param>
/// <param name="Page">The page, from 1.</param>
/// <param name="PageSize">Most rows of a page.</param>
/// <param name="Total">Rows that the filter let through.</param>
/// <param name="Counts">Over all rows that the filter let through.</param>
/// <param name="Items">The rows, by cabinet and operator.</param>
internal sealed record StandingsPage(
    ShownWindow Window, int Page, int PageSize, int Total, StandingCounts Counts, IReadOnlyList<StandingRow> Items)
{
    /// <summary>The kind of the figures: reconciled when every row that the filter let through is.</summary>
    public string Figures { get; init; } = FigureKind.Signed;

    /// <summary>The last millisecond whose sales are in it, at most; null for all that were made so far.</summary>
    public DateTimeOffset? UpToUtc { get; init; }

    /// <summary>The catalogue in force when the answer was made.</summary>
    public long? CatalogueVersion { get; init; }

    /// <summary>The newest edition of the window; null when there is none.</summary>
    public EditionNamed? Edition { get; init; }

    /// <summary>Cuts a page out of standings.</summary>
    public static StandingsPage Of(ShownWindow window, IEnumerable<StandingRow> all, StandingsFilter filter)
    {
        var rows = all
            .Where(r => filter.CountyCode is null || r.CountyCode == filter.CountyCode)
            .Where(r => filter.Standing is null || r.Standing == filter.Standing)
            .Where(r => filter.OperatorId is null || r.OperatorId == filter.OperatorId)
            .ToList();
        var skip = (int)Math.Min((long)(filter.Page - 1) * filter.PageSize, int.MaxValue);
        return new StandingsPage(
            window, filter.Page, filter.PageSize, rows.Count, TotalsRule.Count(rows),
            [.. rows.Skip(skip).Take(filter.PageSize)])
        {
            Figures = FigureKind.Together(rows.Select(r => r.Figures)),
        };
    }
}

/// <summary>What was sold in one place in a window.</summary>
internal sealed record PlaceTotals
{
    /// <summary>GB/T 2260 code; empty for sales of cabinets without an assignment.</summary>
    public required string Code { get; init; }

    /// <summary>Chinese name, or null when the data set does not know the place.</summary>
    public required string? Zh { get; init; }

    /// <summary>English name, or null likewise.</summary>
    public required string? En { get; init; }

    /// <summary>Cabinets it must have, or null likewise.</summary>
    public required int? CabinetQuota { get; init; }

    /// <summary>Cabinets whose last assignment in the window is there.</summary>
    public required int Cabinets { get; init; }

    /// <summary>Aid sales net of refunds by the day of their sale, in fen.</summary>
    public required long AidFen { get; init; }

    /// <summary>Ordinary sales, likewise.</summary>
    public required long OrdinaryFen { get; init; }

    /// <summary>Sales without a mapping, likewise.</summary>
    public required long UnmappedFen { get; init; }

    /// <summary>All three, in fen.</summary>
    public required long TotalFen { get; init; }

    /// <summary>The share, rounded down; null without a positive total.</summary>
    public required long? ShareBasisPoints { get; init; }

    /// <summary>Money report: sales of the days, in fen.</summary>
    public required long SalesFen { get; init; }

    /// <summary>Money report: refunds made on the days, in fen.</summary>
    public required long RefundsFen { get; init; }

    /// <summary>Money report: sales less refunds, in fen.</summary>
    public required long NetFen { get; init; }

    /// <summary>Lines sold.</summary>
    public required long SalesLines { get; init; }

    /// <summary>Cabinets with this standing.</summary>
    public required int NoData { get; init; }

    /// <summary>Cabinets with this standing.</summary>
    public required int Compliant { get; init; }

    /// <summary>Cabinets with this standing.</summary>
    public required int AtRisk { get; init; }

    /// <summary>Cabinets with this standing.</summary>
    public required int Breach { get; init; }

    /// <summary>Cabinets that never said hello.</summary>
    public required int NeverHeard { get; init; }

    /// <summary>Earliest time until which the data of all heard cabinets is complete.</summary>
    public required DateTimeOffset? DataCompleteUntilUtc { get; init; }
}

/// <summary>The totals of every county.</summary>
internal sealed record CountyTotals(ShownWindow Window, bool Provisional, IReadOnlyList<PlaceTotals> Counties)
{
    /// <summary>The kind of the figures.</summary>
    public string Figures { get; init; } = FigureKind.Signed;
}

/// <summary>The totals of the city beside its target.</summary>
/// <param name="Window">The window.</param>
/// <param name="Provisional">Whether late data may still change them.</param>
/// <param name="City">The totals.</param>
/// <param name="TargetAidSalesFen">The city's target over all channels, in fen.</param>
/// <param name="TargetBy">Its last day.</param>
/// <param name="SoldTowardTargetFen">Aid sales in cabinets that count toward it so far, in fen.</param>
internal sealed record CityTotals(
    ShownWindow Window, bool Provisional, PlaceTotals City, long TargetAidSalesFen, DateOnly TargetBy,
    long SoldTowardTargetFen)
{
    /// <summary>The kind of the figures: sales of cabinets alone; halls and channels are counted elsewhere.</summary>
    public string Figures { get; init; } = FigureKind.Signed;
}
