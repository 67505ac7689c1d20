using System.Collections.Immutable;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Places;

/// <summary>
/// What one city's plan asks for in one year: places, duties, targets and policies. Every fact carries the clause it
/// comes from, in words near the document's. Immutable; read from a data file and checked as a whole.
/// </summary>
internal sealed record PlacesDataSet(
    string DataSet,
    Bilingual Source,
    BusinessZone Zone,
    Terms Terms,
    City City,
    ImmutableArray<County> Counties,
    SiteKinds SiteKinds,
    ImmutableArray<VenueKind> VenueKinds,
    ImmutableArray<Milestone> Milestones,
    ImmutableArray<ProductTarget> ProductTargets,
    CityTarget CityTarget,
    WeeklyReport WeeklyReport,
    ImmutableArray<ChannelGroup> ChannelGroups,
    RecognitionTerms Recognition,
    ImmutableArray<Policy> Policies)
{
    /// <summary>The county with a code, or null when the city has no such county.</summary>
    public County? CountyOf(string? code) => Counties.FirstOrDefault(c => c.Code.Value == code);
}

/// <summary>A text in both languages of the product.</summary>
internal sealed record Bilingual(string Zh, string En);

/// <summary>Words that change with policy and are therefore data.</summary>
internal sealed record Terms(
    Bilingual AidProduct,
    Bilingual OrdinaryProduct,
    Bilingual Cabinet,
    Bilingual Operator,
    Bilingual NationalPlatform);

/// <summary>The city.</summary>
/// <param name="Code">GB/T 2260 code.</param>
/// <param name="Zh">Its Chinese name.</param>
/// <param name="En">Its English name.</param>
/// <param name="CabinetTotal">Cabinets the whole city must have: the sum of the counties' quotas.</param>
/// <param name="Clause">The clause it comes from, in words near the document's.</param>
internal sealed record City(CountyCode Code, string Zh, string En, int CabinetTotal, string Clause);

/// <summary>A county, county-level city or district.</summary>
/// <param name="Code">GB/T 2260 code.</param>
/// <param name="Zh">Its Chinese name.</param>
/// <param name="En">Its English name.</param>
/// <param name="CabinetQuota">Cabinets it must have.</param>
/// <param name="AntiPovertyTaskCounty">Whether the plan names it a county with an anti-poverty task.</param>
/// <param name="Clause">The clause it comes from, in words near the document's.</param>
internal sealed record County(
    CountyCode Code, string Zh, string En, int CabinetQuota, bool AntiPovertyTaskCounty, string Clause);

/// <summary>Where cabinets may stand.</summary>
/// <param name="Open">True when the plan's list ends in "and others": further kinds are allowed.</param>
/// <param name="Clause">The clause it comes from, in words near the document's.</param>
/// <param name="Kinds">The kinds named.</param>
internal sealed record SiteKinds(bool Open, string Clause, ImmutableArray<NamedKind> Kinds);

/// <summary>One member of a list, with names for people.</summary>
internal sealed record NamedKind(string Id, string Zh, string En);

/// <summary>A kind of place of sale.</summary>
/// <param name="Id">Its name in data and interfaces.</param>
/// <param name="Zh">Its Chinese name.</param>
/// <param name="En">Its English name.</param>
/// <param name="MinimumAidShareBasisPoints">0–10,000, or null where the plan sets none.</param>
/// <param name="MinimumToRise">True when the plan says that the minimum is to rise step by step.</param>
/// <param name="AllAid">True when everything sold there is an aid product.</param>
/// <param name="CountsAsCitySales">False for places where others' products are bought.</param>
/// <param name="YearlyPlanBy">
/// Where buyers purchase by a yearly plan of their own: the last day of it in its year, in the data set's zone; else
/// null. Such purchases never count as the city's sales.
/// </param>
/// <param name="Duties">How many such venues must exist.</param>
/// <param name="Clause">The clause it comes from, in words near the document's.</param>
internal sealed record VenueKind(
    string Id,
    string Zh,
    string En,
    int? MinimumAidShareBasisPoints,
    bool MinimumToRise,
    bool AllAid,
    bool CountsAsCitySales,
    DateOnly? YearlyPlanBy,
    ImmutableArray<VenueDuty> Duties,
    string Clause);

/// <summary>How many venues must exist where and by when.</summary>
/// <param name="Presence">Online, offline or either.</param>
/// <param name="AtLeast">The least number.</param>
/// <param name="By">Last day, in the data set's zone.</param>
/// <param name="Force">How strongly the plan asks.</param>
/// <param name="RequiredIn">City or county codes for which the plan is clear.</param>
/// <param name="UnclearIn">Codes for which its words leave it open.</param>
/// <param name="Clause">The clause it comes from, in words near the document's.</param>
internal sealed record VenueDuty(
    Presence Presence,
    int AtLeast,
    DateOnly By,
    DutyForce Force,
    ImmutableArray<CountyCode> RequiredIn,
    ImmutableArray<CountyCode> UnclearIn,
    string Clause);

/// <summary>How a venue is present.</summary>
internal enum Presence
{
    /// <summary>Online or offline.</summary>
    Any,

    /// <summary>On the net.</summary>
    Online,

    /// <summary>A place one can walk into.</summary>
    Offline,
}

/// <summary>How strongly the plan asks.</summary>
internal enum DutyForce
{
    /// <summary>Must.</summary>
    Duty,

    /// <summary>"In principle" (原则上).</summary>
    InPrinciple,

    /// <summary>"Strive for" (力争): a goal.</summary>
    Strive,
}

/// <summary>A dated step of the plan.</summary>
/// <param name="Id">Its name in data and interfaces.</param>
/// <param name="Zh">Its Chinese name.</param>
/// <param name="En">Its English name.</param>
/// <param name="By">Last day, in the data set's zone; null where the plan names none.</param>
/// <param name="Cabinets">Cabinets it speaks of, or null.</param>
/// <param name="Measure">What is counted toward <paramref name="Cabinets"/>; null without them.</param>
/// <param name="Force">How strongly the plan asks.</param>
/// <param name="Clause">The clause it comes from, in words near the document's.</param>
internal sealed record Milestone(
    string Id, string Zh, string En, DateOnly? By, int? Cabinets, CabinetMeasure? Measure, DutyForce Force,
    string Clause);

/// <summary>What is counted of cabinets toward a milestone.</summary>
internal enum CabinetMeasure
{
    /// <summary>Registered, with a concrete site.</summary>
    PositionsPinned,

    /// <summary>Enrolled: the cabinet's agent has its key.</summary>
    Installed,

    /// <summary>In service now.</summary>
    Running,
}

/// <summary>Recognised products a county is to have.</summary>
/// <param name="County">The county.</param>
/// <param name="RecognisedProducts">The number, or null where the plan's words leave it open.</param>
/// <param name="By">Last day, in the data set's zone.</param>
/// <param name="Clause">The clause it comes from, in words near the document's.</param>
internal sealed record ProductTarget(CountyCode County, int? RecognisedProducts, DateOnly By, string Clause);

/// <summary>The aid sales that the whole city is to reach over all channels.</summary>
/// <param name="AidSalesFen">The amount, in fen.</param>
/// <param name="By">Last day, in the data set's zone.</param>
/// <param name="CountedFrom">First day that counts, or null where the plan names none.</param>
/// <param name="Origin">Which sales count, or null where the plan does not say: then both are shown.</param>
/// <param name="Clause">The clause it comes from, in words near the document's.</param>
internal sealed record CityTarget(
    long AidSalesFen, DateOnly By, DateOnly? CountedFrom, SalesOrigin? Origin, string Clause);

/// <summary>Which aid sales a target counts.</summary>
internal enum SalesOrigin
{
    /// <summary>Sold in the city, whoever recognised the product.</summary>
    SoldInCity,

    /// <summary>Of products that a county of the city recognised, wherever they were sold.</summary>
    RecognisedByCity,
}

/// <summary>When the counties report.</summary>
internal sealed record WeeklyReport(DayOfWeek Weekday, DateOnly First, Bilingual Due, string Clause);

/// <summary>Ways of selling that count toward the city's target beside the venues.</summary>
internal sealed record ChannelGroup(
    string Id, string Zh, string En, ImmutableArray<NamedKind> Channels, string Clause);

/// <summary>Which recognitions make an aid product, and the times of the flow.</summary>
/// <param name="Counted">Whose listings count.</param>
/// <param name="SellThroughGraceDays">
/// Days in which a product whose listing lapsed for an administrative reason still counts; a suspension for quality has
/// none.
/// </param>
/// <param name="PublicNoticeDays">Shortest public notice (公示) before a listing, in days.</param>
/// <param name="Clause">The clause it comes from, in words near the document's.</param>
internal sealed record RecognitionTerms(
    CountedListings Counted, int SellThroughGraceDays, int PublicNoticeDays, string Clause);

/// <summary>Whose listings count as aid: the plan names no origin, so it is policy.</summary>
internal enum CountedListings
{
    /// <summary>Recognised by any county of the country, or nationally listed.</summary>
    Any,

    /// <summary>Recognised by a county of this city, or nationally listed.</summary>
    CityOrNational,

    /// <summary>Recognised by a county of this city.</summary>
    City,

    /// <summary>Nationally listed.</summary>
    National,
}
