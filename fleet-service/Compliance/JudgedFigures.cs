namespace KioskFleet.Service.Compliance;

/// <summary>
/// What every standing says, whoever it is of: what was sold, what is judged, by which policy, and whether it is final.
/// Amounts in fen. Immutable.
/// </summary>
internal abstract record JudgedFigures
{
    /// <summary>The standing of what is judged.</summary>
    public required Standing Standing { get; init; }

    /// <summary>Aid sales.</summary>
    public required long AidFen { get; init; }

    /// <summary>Ordinary sales.</summary>
    public required long OrdinaryFen { get; init; }

    /// <summary>All sales that are counted there.</summary>
    public required long TotalFen { get; init; }

    /// <summary>The share of aid sales, rounded down; null without a positive total.</summary>
    public required long? ShareBasisPoints { get; init; }

    /// <summary>Aid sales of what is judged.</summary>
    public required long JudgedAidFen { get; init; }

    /// <summary>Total of what is judged.</summary>
    public required long JudgedTotalFen { get; init; }

    /// <summary>Smallest aid sales that make the test true; null when none do, or where no policy is in force.
    /// </summary>
    public required long? ShortfallFen { get; init; }

    /// <summary>The policy in force, or null when none is: then the sales are only told.</summary>
    public required string? PolicyId { get; init; }

    /// <summary>Its version.</summary>
    public required int? PolicyVersion { get; init; }

    /// <summary>Its threshold in basis points, with the steps that have begun.</summary>
    public required int? ThresholdBasisPoints { get; init; }

    /// <summary>Whether the standing may still change by what is told late.</summary>
    public required bool Provisional { get; init; }

    /// <summary>From when it is final.</summary>
    public required DateTimeOffset FinalFromUtc { get; init; }
}
