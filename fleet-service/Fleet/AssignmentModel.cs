using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Fleet;

/// <summary>
/// Which operator, county and site a cabinet has from one moment to another. Never rewritten. Immutable.
/// </summary>
/// <param name="AssignmentId">Unique over all cabinets, never used again.</param>
/// <param name="OperatorId">The operator; <see cref="UnassignedOperator"/> when there is none yet.</param>
/// <param name="County">The county.</param>
/// <param name="SiteName">The concrete place; may be empty.</param>
/// <param name="SiteKind">A site kind of the city's data set; the list is open.</param>
/// <param name="FromUtcMs">Beginning, Unix milliseconds UTC, inclusive.</param>
/// <param name="ToUtcMs">End, Unix milliseconds UTC, exclusive; null while it is in force.</param>
internal sealed record AssignmentModel(
    long AssignmentId, string OperatorId, CountyCode County, string SiteName, string SiteKind, long FromUtcMs,
    long? ToUtcMs)
{
    /// <summary>The operator of a cabinet that nobody was assigned to yet.</summary>
    public const string UnassignedOperator = "unassigned";
}
