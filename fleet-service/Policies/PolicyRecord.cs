using KioskFleet.Service.Places;

namespace KioskFleet.Service.Policies;

/// <summary>Where a policy version comes from.</summary>
internal enum PolicyOrigin
{
    /// <summary>The data set.</summary>
    DataSet,

    /// <summary>A person, over the interface.</summary>
    Made,
}

/// <summary>A policy version with its story.</summary>
/// <param name="Terms">As it was made: its own end, not one decided later.</param>
/// <param name="Effective">As it is judged by: with the end that was decided, if one was.</param>
/// <param name="Origin">Where it comes from.</param>
/// <param name="Made">
/// When (Unix milliseconds UTC) and by whom; for one of the data set the start that first saw it, and the data set.
/// </param>
/// <param name="Ended">The decision on its end, or null.</param>
internal sealed record PolicyRecord(
    Policy Terms, Policy Effective, PolicyOrigin Origin, (long UtcMs, string By) Made, PolicyEnding? Ended);

/// <summary>A decision that a version ends.</summary>
/// <param name="To">The first business day no longer in force.</param>
/// <param name="Reason">Why; may be empty.</param>
/// <param name="UtcMs">When it was decided, Unix milliseconds UTC.</param>
/// <param name="By">By whom.</param>
internal sealed record PolicyEnding(DateOnly To, string Reason, long UtcMs, string By);
