using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Restrict;

/// <summary>What a run is to be. Immutable.</summary>
internal sealed record RestrictOptions
{
    /// <summary>The fewest days off the network: a window must end within.</summary>
    public const int MinDays = 7;

    /// <summary>The most days off the network: as long as a cabinet must bear.</summary>
    public const int MaxDays = 60;

    /// <summary>The most cabinets.</summary>
    public const int MaxCabinets = 100;

    /// <summary>
    /// The first instant: a Monday, so that a whole window lies before the one in which the network goes. Asia/Shanghai
    /// midnight, given in UTC.
    /// </summary>
    public static readonly DateTimeOffset StartUtc =
        new DateTimeOffset(2020, 8, 31, 0, 0, 0, BusinessMonth.ShanghaiOffset).ToUniversalTime();

    /// <summary>When the network goes: at noon of the second window's Wednesday.</summary>
    public static readonly DateTimeOffset CutUtc = StartUtc.AddDays(9).AddHours(12);

    /// <summary>Cabinets. Default 10.</summary>
    public int Cabinets { get; init; } = 10;

    /// <summary>Days off the network. Default 30.</summary>
    public int Days { get; init; } = 30;

    /// <summary>The seed of all chance. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The folder that keeps ledgers and journals; null for a temporary one.</summary>
    public string? DataFolder { get; init; }

    /// <summary>When the network comes back.</summary>
    public DateTimeOffset EndUtc => CutUtc.AddDays(Days);
}
