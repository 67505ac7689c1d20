using KioskFleet.Service.Places;
using KioskFleet.Service.ProductSales;

namespace KioskFleet.Service.Venues;

/// <summary>
/// Aid sales in two columns that are never one sum in silence: proven by signed journals, and reported by hand. In fen.
/// </summary>
/// <param name="ProvenSoldInCityFen">Proven: sold in the city, whoever recognised the product.</param>
/// <param name="ProvenRecognisedByCityFen">Proven: of products that a county of the city recognised.</param>
/// <param name="ReportedSoldInCityFen">Reported: sold in the city.</param>
/// <param name="ReportedRecognisedByCityFen">Reported: recognised by the city, wherever it was sold.</param>
/// <param name="ReportedRecognitionUnstatedFen">
/// Reported: of which nobody said who recognised it; in no recognised sum.
/// </param>
internal sealed record AidColumns(
    long ProvenSoldInCityFen, long ProvenRecognisedByCityFen, long ReportedSoldInCityFen,
    long ReportedRecognisedByCityFen, long ReportedRecognitionUnstatedFen)
{
    /// <summary>Nothing.</summary>
    public static AidColumns Zero { get; } = new(0, 0, 0, 0, 0);

    /// <summary>Adds two, column by column.</summary>
    public static AidColumns operator +(AidColumns a, AidColumns b) => checked(new(
        a.ProvenSoldInCityFen + b.ProvenSoldInCityFen,
        a.ProvenRecognisedByCityFen + b.ProvenRecognisedByCityFen,
        a.ReportedSoldInCityFen + b.ReportedSoldInCityFen,
        a.ReportedRecognisedByCityFen + b.ReportedRecognisedByCityFen,
        a.ReportedRecognitionUnstatedFen + b.ReportedRecognitionUnstatedFen));
}

/// <summary>The aid sales of one place.</summary>
internal sealed record PlaceAid(string Code, string? Zh, string? En, AidColumns Aid);

/// <summary>The aid sales under one counting channel.</summary>
/// <param name="Channel">A kind of venue, or a channel.</param>
/// <param name="Group">The group of channels; null for a kind of venue.</param>
/// <param name="Zh">Chinese name.</param>
/// <param name="En">English name.</param>
/// <param name="Aid">All places.</param>
/// <param name="Places">Each place with sales, by code.</param>
internal sealed record ChannelAid(
    string Channel, string? Group, string Zh, string En, AidColumns Aid, IReadOnlyList<PlaceAid> Places);

/// <summary>How far one reading of the target is.</summary>
/// <param name="Origin">Which sales count.</param>
/// <param name="ProvenFen">Proven so far.</param>
/// <param name="ReportedFen">Reported so far.</param>
/// <param name="ProvenAndReportedFen">Both together, named as such.</param>
/// <param name="TargetFen">The target.</param>
/// <param name="LeftFen">What is missing of both together; 0 when the target is reached.</param>
/// <param name="Reached">Whether both together reach it.</param>
/// <param name="DaysSoFar">Days from the first that counts up to and with today.</param>
/// <param name="DaysLeft">Days from today up to and with the last day; 0 after it.</param>
/// <param name="PerDaySoFarFen">Both together by day so far, rounded down; null without a day.</param>
/// <param name="PerDayNeededFen">
/// What each day left must bring, rounded up; 0 when the target is reached, null when no day is left.
/// </param>
internal sealed record TargetReading(
    SalesOrigin Origin, long ProvenFen, long ReportedFen, long ProvenAndReportedFen, long TargetFen, long LeftFen,
    bool Reached, int DaysSoFar, int DaysLeft, long? PerDaySoFarFen, long? PerDayNeededFen);

/// <summary>Where the term of a target stands; the interface's words.</summary>
internal enum TargetTerm
{
    /// <summary>Its first day is to come.</summary>
    NotBegun,

    /// <summary>Today counts.</summary>
    Running,

    /// <summary>Its last day has passed.</summary>
    Ended,
}

/// <summary>The target counted from one day on.</summary>
/// <param name="Start">
/// <c>stated</c> by the plan; or, where it names no day, <c>everything</c> and <c>yearOfTarget</c>.
/// </param>
/// <param name="From">First day that counts.</param>
/// <param name="Last">Last day that is counted: today, or the target's last day.</param>
/// <param name="Readings">The plan's reading, or both where it names none.</param>
/// <param name="Channels">Every counting channel, in the data set's order.</param>
/// <param name="Counties">The city's own level and every county, over all channels.</param>
/// <param name="Tags">Channels beside counting ones: parts of the above, never to be added up.</param>
internal sealed record TargetCount(
    string Start, DateOnly From, DateOnly Last, IReadOnlyList<TargetReading> Readings,
    IReadOnlyList<ChannelAid> Channels, IReadOnlyList<PlaceAid> Counties, IReadOnlyList<ChannelAid> Tags)
{
    /// <summary>Where the term stands.</summary>
    public required TargetTerm Term { get; init; }
}

/// <summary>The city's target and how far it is.</summary>
/// <param name="TargetFen">The target, in fen.</param>
/// <param name="By">Its last day.</param>
/// <param name="CountedFrom">First day that counts as the plan states it; null where it names none.</param>
/// <param name="Origin">Which sales count as the plan states it; null where it does not.</param>
/// <param name="Clause">The clause it comes from.</param>
/// <param name="Today">The present business day.</param>
/// <param name="AsOf">How far the ledger was read for the proven column.</param>
/// <param name="Counts">The target counted from each start.</param>
/// <param name="Procurement">Purchases of budget units: beside the target, never in it.</param>
internal sealed record CityTargetView(
    long TargetFen, DateOnly By, DateOnly? CountedFrom, SalesOrigin? Origin, string Clause, DateOnly Today,
    ProductSalesAsOf AsOf, IReadOnlyList<TargetCount> Counts, IReadOnlyList<ProcurementYearView> Procurement);
