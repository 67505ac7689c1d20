namespace KioskFleet.Service.Venues;

/// <summary>The states of a venue's life. Their names are stored.</summary>
internal enum VenueLife
{
    /// <summary>Named, and not opened yet.</summary>
    Planned,

    /// <summary>In business.</summary>
    Open,

    /// <summary>Closed for a time; it does not count as one that exists.</summary>
    Paused,

    /// <summary>Closed for good.</summary>
    Closed,
}

/// <summary>A step of a venue's life.</summary>
/// <param name="Life">The state.</param>
/// <param name="From">Its first business day.</param>
internal sealed record VenueLifeStep(VenueLife Life, DateOnly From)
{
    /// <summary>The business day on which it was told.</summary>
    public DateOnly RecordedOn { get; init; } = From;

    /// <summary>What proves it; empty where it was told on its own day.</summary>
    public string Evidence { get; init; } = "";
}

/// <summary>Which changes of a venue's life are legal: a table of transitions. Pure.</summary>
internal static class VenueLifeRules
{
    /// <summary>The states that may follow a state, in the enum's order; empty for the last one.</summary>
    public static IReadOnlyList<VenueLife> AllowedFrom(VenueLife state) => state switch
    {
        VenueLife.Planned => [VenueLife.Open, VenueLife.Closed],
        VenueLife.Open => [VenueLife.Paused, VenueLife.Closed],
        VenueLife.Paused => [VenueLife.Open, VenueLife.Closed],
        VenueLife.Closed => [],
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "There is no such state."),
    };

    /// <summary>True when the change is legal.</summary>
    public static bool MayChange(VenueLife from, VenueLife to) => AllowedFrom(from).Contains(to);

    /// <summary>
    /// True when a step may begin on a day: after the one before, and not in the future. A planned venue may have
    /// opened before anybody wrote it down.
    /// </summary>
    public static bool MayBegin(VenueLifeStep last, DateOnly day, DateOnly today) =>
        day >= VenueLimits.FirstDay && day <= today && (last.Life == VenueLife.Planned || day > last.From);
}
