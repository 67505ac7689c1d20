namespace KioskFleet.Simulators.Series;

/// <summary>What a campaign of the time series is to be. Immutable.</summary>
internal sealed record SeriesCampaignOptions
{
    /// <summary>The most cabinets: each has an agent inside this process.</summary>
    public const int MaxCabinets = 500;

    /// <summary>The most days: every hour is asked for.</summary>
    public const int MaxDays = 60;

    /// <summary>The most kills.</summary>
    public const int MaxKills = 20;

    /// <summary>Cabinets.</summary>
    public int Cabinets { get; init; } = 20;

    /// <summary>Days of sales; the last one is yesterday.</summary>
    public int Days { get; init; } = 3;

    /// <summary>kill -9 of the writer's process while it catches up.</summary>
    public int Kills { get; init; } = 2;

    /// <summary>The load's seed.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The time-series server's program.</summary>
    public required string Program { get; init; }
}
