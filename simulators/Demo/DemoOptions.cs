using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Demo;

/// <summary>What a demo is to be. Immutable.</summary>
internal sealed record DemoOptions
{
    /// <summary>The first day of the city's activity month: the default start.</summary>
    public static readonly DateOnly DefaultStart = new(2020, 9, 1);

    /// <summary>Cabinets. Default 40.</summary>
    public int Cabinets { get; init; } = 40;

    /// <summary>Days of sales. Default 3.</summary>
    public int Days { get; init; } = 3;

    /// <summary>The seed of the load. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The first business day, Asia/Shanghai. Default 1 September 2020.</summary>
    public DateOnly Start { get; init; } = DefaultStart;

    /// <summary>The folder that keeps ledger and journals; null for a temporary one.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The load's options.</summary>
    public CityPlanOptions Plan => new()
    {
        Cabinets = Cabinets,
        Days = Days,
        Seed = Seed,
        StartUtc = new DateTimeOffset(Start.ToDateTime(TimeOnly.MinValue), BusinessMonth.ShanghaiOffset)
            .ToUniversalTime(),
    };

    /// <summary>What binds a kept folder to this load.</summary>
    public IReadOnlyDictionary<string, string> Binding => new Dictionary<string, string>
    {
        ["load"] = "demo",
        ["cabinets"] = $"{Cabinets}",
        ["days"] = $"{Days}",
        ["seed"] = $"{Seed}",
        ["start"] = $"{Start:yyyy-MM-dd}",
    };
}
