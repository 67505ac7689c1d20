using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Tests.CityLoad;

/// <summary>The city's counties and quotas as tests use them.</summary>
internal static class Chuzhou
{
    /// <summary>The eight counties with 2,700 cabinets in all.</summary>
    public static IReadOnlyList<PlannedCounty> Counties { get; } =
    [
        County("341125", "定远县", 415), County("341126", "凤阳县", 355), County("341182", "明光市", 345),
        County("341122", "来安县", 268), County("341124", "全椒县", 275), County("341102", "琅琊区", 380),
        County("341103", "南谯区", 180), County("341181", "天长市", 482),
    ];

    /// <summary>A Tuesday morning in the middle of a month.</summary>
    public static DateTimeOffset Start { get; } = new(2020, 9, 15, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A plan over the eight counties.</summary>
    public static CityPlan Plan(int cabinets, int days, ulong seed, DateTimeOffset? start = null) =>
        CityPlan.Create(Counties, new CityPlanOptions
        {
            Cabinets = cabinets, Days = days, Seed = seed, StartUtc = start ?? Start,
        });

    private static PlannedCounty County(string code, string name, int quota) =>
        new(CountyCode.Parse(code), name, quota);
}
