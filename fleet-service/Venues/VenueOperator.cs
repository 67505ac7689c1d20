namespace KioskFleet.Service.Venues;

/// <summary>Who runs a venue from a day on, until the next.</summary>
/// <param name="OperatorId">The operator.</param>
/// <param name="From">Its first business day.</param>
internal sealed record VenueOperator(string OperatorId, DateOnly From)
{
    /// <summary>The business day on which it was told.</summary>
    public DateOnly RecordedOn { get; init; } = From;

    /// <summary>Why; may be empty where it was told on its own day.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What proves it; likewise.</summary>
    public string Evidence { get; init; } = "";
}
