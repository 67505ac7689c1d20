namespace KioskFleet.Service.Findings;

/// <summary>The moment of an assessment.</summary>
/// <param name="NowUtcMs">Unix milliseconds UTC.</param>
/// <param name="Today">The business day in the data set's zone.</param>
internal sealed record CheckMoment(long NowUtcMs, DateOnly Today);

/// <summary>Whom a finding is about. Texts that do not apply are empty.</summary>
/// <param name="CabinetId">The cabinet, or empty.</param>
/// <param name="OperatorId">The operator, or empty.</param>
/// <param name="CountyCode">The county, or empty.</param>
/// <param name="VenueId">A venue that is no cabinet, or empty.</param>
internal sealed record FindingAbout(
    string CabinetId = "", string OperatorId = "", string CountyCode = "", string VenueId = "");

/// <summary>Something that a check found.</summary>
/// <param name="Kind">What.</param>
/// <param name="About">Whom it is about.</param>
/// <param name="Subject">
/// What exactly, with the window where there is one; the same kind, cabinet and subject is one finding, seen again.
/// What is about no cabinet names in it whom it is about.
/// </param>
/// <param name="Evidence">JSON; the newest replaces the older.</param>
/// <param name="Weight">
/// How bad it is, at least 1, in a unit of the kind (fen, pieces, hours); compared only with the same finding's earlier
/// ones, to know whether an accepted one got worse. Without it an accepted finding would never open again.
/// </param>
/// <exception cref="ArgumentOutOfRangeException">The weight is less than 1.</exception>
internal sealed record FindingDraft(FindingKind Kind, FindingAbout About, string Subject, string Evidence, long Weight)
{
    /// <summary>How bad it is, at least 1.</summary>
    public long Weight { get; } = Weight >= 1
        ? Weight
        : throw new ArgumentOutOfRangeException(nameof(Weight), Weight, $"A {Kind} takes a weight of at least 1.");
}

/// <summary>A finding of a source's kinds that is not closed.</summary>
/// <param name="FindingId">Its number.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="CabinetId">The cabinet, or empty.</param>
/// <param name="Subject">What exactly.</param>
internal sealed record OpenFinding(long FindingId, FindingKind Kind, string CabinetId, string Subject);

/// <summary>What a check says.</summary>
/// <param name="Found">What is wrong now.</param>
/// <param name="Ended">
/// Open findings whose condition has ended by itself; the service closes them. What can no longer be judged, such as a
/// window that is final, has not ended: only a person closes it.
/// </param>
internal sealed record FindingCheck(IReadOnlyList<FindingDraft> Found, IReadOnlyList<OpenFinding> Ended);

/// <summary>
/// A check that runs with every assessment: reads what it needs and asks a pure rule. Implementations are thread-safe
/// and write nothing.
/// </summary>
internal interface IFindingSource
{
    /// <summary>
    /// The kinds that only this source finds, about cabinets and whom they stand for, or about venues.
    /// </summary>
    IReadOnlyList<FindingKind> Kinds { get; }

    /// <summary>True for a check of venues that are no cabinets: halls, zones.</summary>
    bool AboutVenues => false;

    /// <summary>Checks.</summary>
    /// <param name="moment">The moment of the assessment.</param>
    /// <param name="open">Findings of this source's kinds that are not closed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    FindingCheck Check(CheckMoment moment, IReadOnlyList<OpenFinding> open, CancellationToken cancellationToken);
}
