using System.Net;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.City;

/// <summary>What a city load on a running service is to be. Immutable.</summary>
internal sealed record CityOptions
{
    /// <summary>The fleet service.</summary>
    public required Uri Service { get; init; }

    /// <summary>A token of the service that may write.</summary>
    public required string Token { get; init; }

    /// <summary>Another person's token that may write, or null.</summary>
    public string? SecondToken { get; init; }

    /// <summary>The broker.</summary>
    public required DnsEndPoint Broker { get; init; }

    /// <summary>Cabinets.</summary>
    public required int Cabinets { get; init; }

    /// <summary>Days of sales.</summary>
    public required int Days { get; init; }

    /// <summary>The seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The first business day, Asia/Shanghai.</summary>
    public required DateOnly Start { get; init; }

    /// <summary>The folder that keeps the agents' journals; null for a temporary one.</summary>
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
        ["load"] = "city",
        ["service"] = $"{Service}",
        ["cabinets"] = $"{Cabinets}",
        ["days"] = $"{Days}",
        ["seed"] = $"{Seed}",
        ["start"] = $"{Start:yyyy-MM-dd}",
    };
}
