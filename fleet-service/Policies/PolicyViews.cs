using System.Text.Json.Nodes;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Policies;

/// <summary>A policy version as the interface shows it.</summary>
internal sealed record PolicyShown
{
    /// <summary>Names the policy over all its versions.</summary>
    public required string Id { get; init; }

    /// <summary>Its version.</summary>
    public required int Version { get; init; }

    /// <summary>Where it stands today.</summary>
    public required PolicyState State { get; init; }

    /// <summary>Where it comes from.</summary>
    public required PolicyOrigin Origin { get; init; }

    /// <summary>First business day in force, or null for "since ever".</summary>
    public required DateOnly? From { get; init; }

    /// <summary>First business day no longer in force, with an end decided later; or null.</summary>
    public required DateOnly? To { get; init; }

    /// <summary>The least share on the day asked about, in basis points.</summary>
    public required int ThresholdBasisPoints { get; init; }

    /// <summary>The next step of the threshold after that day, or null.</summary>
    public required StepShown? NextStep { get; init; }

    /// <summary>The terms as they were made, in the data set's shape: change and send them back to make a version.
    /// </summary>
    public required JsonObject Terms { get; init; }

    /// <summary>When it was made; for one of the data set when a start of the service first saw it.</summary>
    public required DateTimeOffset MadeUtc { get; init; }

    /// <summary>By whom; for one of the data set the data set's name.</summary>
    public required string MadeBy { get; init; }

    /// <summary>The decision on its end, or null.</summary>
    public required EndingShown? Ended { get; init; }

    /// <summary>Shows a version.</summary>
    /// <param name="record">The version.</param>
    /// <param name="today">The present business day.</param>
    /// <param name="day">The day whose threshold is shown.</param>
    public static PolicyShown Of(PolicyRecord record, DateOnly today, DateOnly day) => new()
    {
        Id = record.Effective.Id,
        Version = record.Effective.Version,
        State = PolicyStates.On(record.Effective, today),
        Origin = record.Origin,
        From = record.Effective.From,
        To = record.Effective.To,
        ThresholdBasisPoints = record.Effective.ThresholdOn(day),
        NextStep = Next(record.Effective, day),
        Terms = PolicyJson.Write(record.Terms),
        MadeUtc = DateTimeOffset.FromUnixTimeMilliseconds(record.Made.UtcMs),
        MadeBy = record.Made.By,
        Ended = record.Ended is { } ended
            ? new EndingShown(ended.To, ended.Reason, DateTimeOffset.FromUnixTimeMilliseconds(ended.UtcMs), ended.By)
            : null,
    };

    private static StepShown? Next(Policy policy, DateOnly day) => policy.Threshold.Steps
        .Where(s => s.From > day && !(policy.To <= s.From))
        .Select(s => new StepShown(s.From, s.BasisPoints))
        .FirstOrDefault();
}

/// <summary>A step of the threshold.</summary>
/// <param name="From">Its first business day.</param>
/// <param name="BasisPoints">The least share from then on.</param>
internal sealed record StepShown(DateOnly From, int BasisPoints);

/// <summary>A decision on an end.</summary>
/// <param name="To">The first business day no longer in force.</param>
/// <param name="Reason">Why; may be empty.</param>
/// <param name="DecidedUtc">When.</param>
/// <param name="DecidedBy">By whom.</param>
internal sealed record EndingShown(DateOnly To, string Reason, DateTimeOffset DecidedUtc, string DecidedBy);

/// <summary>The policy in force for somebody on a day.</summary>
/// <param name="Day">The business day.</param>
/// <param name="VenueKind">The venue kind.</param>
/// <param name="Cabinet">The cabinet or venue asked about, or empty.</param>
/// <param name="Operator">The operator, or empty.</param>
/// <param name="County">The county, or empty.</param>
/// <param name="InForce">The policy that wins.</param>
/// <param name="Behind">Less specific ones that are in force too, the next in line first.</param>
internal sealed record InForceShown(
    DateOnly Day, string VenueKind, string Cabinet, string Operator, string County, PolicyShown InForce,
    IReadOnlyList<PolicyShown> Behind);

/// <summary>What a change came to.</summary>
/// <param name="Policy">The policy, as it is now.</param>
/// <param name="Ended">Versions that end by the same decision.</param>
internal sealed record PolicyChanged(PolicyShown Policy, IReadOnlyList<PolicyEndShown> Ended);

/// <summary>A version that ends.</summary>
/// <param name="Id">The policy.</param>
/// <param name="Version">The version.</param>
/// <param name="To">The first business day no longer in force; its first day when it never will be.</param>
internal sealed record PolicyEndShown(string Id, int Version, DateOnly To);
