using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Fleet;

/// <summary>A cabinet of a load: how it is registered and what happens at it. Immutable.</summary>
internal sealed record LoadCabinet
{
    /// <summary>The cabinet.</summary>
    public required CabinetId Id { get; init; }

    /// <summary>The county it stands in.</summary>
    public required CountyCode County { get; init; }

    /// <summary>Who runs it; null for nobody yet.</summary>
    public string? OperatorId { get; init; }

    /// <summary>The concrete place.</summary>
    public string SiteName { get; init; } = "";

    /// <summary>The kind of place in the data set's words; null when it is not known.</summary>
    public string? SiteKind { get; init; }

    /// <summary>The row of the progress table that counts it.</summary>
    public required string Row { get; init; }

    /// <summary>What it should hold; null for a cabinet without a plan.</summary>
    public CabinetPlan? Plan { get; init; }

    /// <summary>How far its wall clock is ahead of the truth.</summary>
    public TimeSpan WallError { get; init; }

    /// <summary>True when it loses its power after its last event and is never heard again.</summary>
    public bool Leaves { get; init; }

    /// <summary>Its events in the order of time; the same each time it is asked.</summary>
    public required Func<IEnumerable<LoadEvent>> Events { get; init; }
}

/// <summary>A row of the progress table.</summary>
/// <param name="Key">What <see cref="LoadCabinet.Row"/> names.</param>
/// <param name="Name">The name for people.</param>
internal sealed record LoadRow(string Key, string Name);

/// <summary>Everything that a fleet is to go through. Immutable.</summary>
internal sealed record FleetLoad
{
    /// <summary>The rows to import into the catalogue.</summary>
    public required IReadOnlyList<CatalogueRow> Catalogue { get; init; }

    /// <summary>The cabinets.</summary>
    public required IReadOnlyList<LoadCabinet> Cabinets { get; init; }

    /// <summary>The rows of the progress table.</summary>
    public required IReadOnlyList<LoadRow> Rows { get; init; }

    /// <summary>The first instant, UTC.</summary>
    public required DateTimeOffset StartUtc { get; init; }

    /// <summary>The first instant after the load, UTC.</summary>
    public required DateTimeOffset EndUtc { get; init; }

    /// <summary>How many events each row has, for the progress bar.</summary>
    public required IReadOnlyDictionary<string, long> Events { get; init; }

    /// <summary>
    /// The load is sold in steps of this length; all cabinets finish one before the next begins, and the service's
    /// clock follows. Default one day.
    /// </summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromDays(1);
}
