namespace KioskFleet.Service.Compliance;

/// <summary>A window as it is shown.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">First business day.</param>
/// <param name="To">First business day after it.</param>
/// <param name="ZoneId">The zone of its days.</param>
internal sealed record ShownWindow(string Name, DateOnly From, DateOnly To, string ZoneId);

/// <summary>How one cabinet stands under one operator in a window.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="OperatorId">The operator; empty when the cabinet sold without an assignment.</param>
/// <param name="CurrentOperator">Whether this is the cabinet's last operator in the window.</param>
/// <param name="CountyCode">County of the operator's last assignment in the window.</param>
/// <param name="SiteName">Site of that assignment.</param>
/// <param name="Life">The cabinet's life.</param>
/// <param name="Standing">The standing of what is judged.</param>
/// <param name="AidFen">The cabinet's aid sales, in fen.</param>
/// <param name="OrdinaryFen">Its ordinary sales, in fen.</param>
/// <param name="UnmappedFen">Its sales without a mapping, in fen: in the total, not in aid.</param>
/// <param name="TotalFen">All of them, in fen.</param>
/// <param name="ShareBasisPoints">Its share, rounded down; null without a positive total.</param>
/// <param name="Judged">What is judged as one: a cabinet, an operator's cabinets in a county, or a county.</param>
/// <param name="JudgedAidFen">Aid sales of what is judged, in fen.</param>
/// <param name="JudgedTotalFen">Total of what is judged, in fen.</param>
/// <param name="HeadroomFen">Largest ordinary amount that keeps the test true, in fen.</param>
/// <param name="ShortfallFen">Smallest aid sales that make it true, in fen; null when none do.</param>
/// <param name="PolicyId">The policy in force, or null when none was: then there is no standing.</param>
/// <param name="PolicyVersion">Its version.</param>
/// <param name="ThresholdBasisPoints">Its threshold.</param>
/// <param name="Provisional">Whether the standing may still change by late data.</param>
/// <param name="FinalFromUtc">From when it is final.</param>
/// <param name="DataCompleteUntilUtc">Until when the cabinet's data is complete; null when it was never heard.</param>
internal sealed record StandingRow(
    string CabinetId,
    string OperatorId,
    bool CurrentOperator,
    string CountyCode,
    string SiteName,
    string Life,
    Standing Standing,
    long AidFen,
    long OrdinaryFen,
    long UnmappedFen,
    long TotalFen,
    long? ShareBasisPoints,
    string Judged,
    long JudgedAidFen,
    long JudgedTotalFen,
    long HeadroomFen,
    long? ShortfallFen,
    string? PolicyId,
    int? PolicyVersion,
    int? ThresholdBasisPoints,
    bool Provisional,
    DateTimeOffset FinalFromUtc,
    DateTimeOffset? DataCompleteUntilUtc);

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
    ShownWindow Window, int Page, int PageSize, int Total, StandingCounts Counts, IReadOnlyList<StandingRow> Items);

/// <summary>What was sold in one place in a window.</summary>
/// <param name="Code">GB/T 2260 code; empty for sales of cabinets without an assignment.</param>
/// <param name="Zh">Chinese name, or null when the data set does not know the place.</param>
/// <param name="En">English name, or null likewise.</param>
/// <param name="CabinetQuota">Cabinets it must have, or null likewise.</param>
/// <param name="Cabinets">Cabinets whose last assignment in the window is there.</param>
/// <param name="AidFen">Aid sales net of refunds by the day of their sale, in fen.</param>
/// <param name="OrdinaryFen">Ordinary sales, likewise.</param>
/// <param name="UnmappedFen">Sales without a mapping, likewise.</param>
/// <param name="TotalFen">All three, in fen.</param>
/// <param name="ShareBasisPoints">The share, rounded down; null without a positive total.</param>
/// <param name="SalesFen">Money report: sales of the days, in fen.</param>
/// <param name="RefundsFen">Money report: refunds made on the days, in fen.</param>
/// <param name="NetFen">Money report: sales less refunds, in fen.</param>
/// <param name="SalesLines">Lines sold.</param>
/// <param name="NoData">Cabinets with this standing.</param>
/// <param name="Compliant">Cabinets with this standing.</param>
/// <param name="AtRisk">Cabinets with this standing.</param>
/// <param name="Breach">Cabinets with this standing.</param>
/// <param name="NeverHeard">Cabinets that never said hello.</param>
/// <param name="DataCompleteUntilUtc">Earliest time until which the data of all heard cabinets is complete.</param>
internal sealed record PlaceTotals(
    string Code,
    string? Zh,
    string? En,
    int? CabinetQuota,
    int Cabinets,
    long AidFen,
    long OrdinaryFen,
    long UnmappedFen,
    long TotalFen,
    long? ShareBasisPoints,
    long SalesFen,
    long RefundsFen,
    long NetFen,
    long SalesLines,
    int NoData,
    int Compliant,
    int AtRisk,
    int Breach,
    int NeverHeard,
    DateTimeOffset? DataCompleteUntilUtc);

/// <summary>The totals of every county.</summary>
internal sealed record CountyTotals(ShownWindow Window, bool Provisional, IReadOnlyList<PlaceTotals> Counties);

/// <summary>The totals of the city beside its target.</summary>
/// <param name="Window">The window.</param>
/// <param name="Provisional">Whether late data may still change them.</param>
/// <param name="City">The totals.</param>
/// <param name="TargetAidSalesFen">The city's target over all channels, in fen.</param>
/// <param name="TargetBy">Its last day.</param>
/// <param name="SoldTowardTargetFen">Aid sales in cabinets that count toward it so far, in fen.</param>
internal sealed record CityTotals(
    ShownWindow Window, bool Provisional, PlaceTotals City, long TargetAidSalesFen, DateOnly TargetBy,
    long SoldTowardTargetFen);
