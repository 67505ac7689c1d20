using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Demo;

/// <summary>What a demo is to be. Immutable.</summary>
internal sealed record DemoOptions
{
    /// <summary>
    /// The first day of the city's activity month: by default a load lies across it, so that a month ends within.
    /// </summary>
    public static readonly DateOnly Turn = new(2020, 9, 1);

    /// <summary>Cabinets. Default 40.</summary>
    public int Cabinets { get; init; } = 40;

    /// <summary>Days of sales. Default 3.</summary>
    public int Days { get; init; } = 3;

    /// <summary>The seed of the load. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The first business day, Asia/Shanghai; null for the default.</summary>
    public DateOnly? StartDay { get; init; }

    /// <summary>
    /// The first business day: what was asked for, else so that two thirds of the load, or its only day, are before
    /// the turn of the month.
    /// </summary>
    public DateOnly Start => StartDay ?? Turn.AddDays(-Math.Max(1, Days * 2 / 3));

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
