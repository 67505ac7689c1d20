using System.Text.Json;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Fleet;

namespace KioskFleet.Simulators.City;

/// <summary>Turns the plan of a city load into what a fleet goes through. Pure.</summary>
internal static class CityFleetLoad
{
    private const int SlotCapacity = 20;

    /// <summary>The load of a plan.</summary>
    public static FleetLoad Of(CityPlan plan, PlantedTruth truth) => new()
    {
        Catalogue = plan.Products.Catalogue,
        Cabinets = [.. plan.Cabinets.Select(cabinet => Cabinet(plan, cabinet))],
        Rows = [.. plan.Counties.Select(static county => new LoadRow(county.Code.Value, county.Name))],
        StartUtc = plan.Options.StartUtc,
        EndUtc = plan.Options.EndUtc,
        Events = truth.Cabinets.GroupBy(static cabinet => cabinet.Cabinet.County.Code.Value)
            .ToDictionary(static county => county.Key, static county => county.Sum(static one => one.Counts.Told)),
    };

    /// <summary>A county of the service's data set as the load plans it.</summary>
    public static PlannedCounty Planned(ApiCounty county) =>
        new(CountyCode.Parse(county.Code), county.Zh, county.CabinetQuota);

    private static LoadCabinet Cabinet(CityPlan plan, PlannedCabinet cabinet) => new()
    {
        Id = cabinet.Id,
        County = cabinet.County.Code,
        OperatorId = cabinet.Operator.Id,
        SiteName = cabinet.Site.Name,
        SiteKind = JsonNamingPolicy.KebabCaseLower.ConvertName(cabinet.Site.Kind.ToString()),
        Row = cabinet.County.Code.Value,
        WallError = WallErrorOf(cabinet, plan.Options.StartUtc),
        Plan = new CabinetPlan(
            [.. cabinet.Slots.Select(static slot => new PlanSlot(slot.Name, slot.Product.Sku, slot.Product.Name,
                slot.Product.UnitPriceFen, SlotCapacity, SlotCapacity))],
            plan.Options.StartUtc.ToUnixTimeMilliseconds()),
        Leaves = cabinet.Behaviour == Behaviour.Silent,
        Events = () => CityStream.ToldTo(plan, cabinet),
    };

    /// <summary>Of ten cabinets one has lost its clock's battery and says 1970, one is a year ahead.</summary>
    private static TimeSpan WallErrorOf(PlannedCabinet cabinet, DateTimeOffset startUtc) => (cabinet.Number % 10) switch
    {
        3 => DateTimeOffset.UnixEpoch - startUtc,
        7 => TimeSpan.FromDays(365),
        _ => TimeSpan.Zero,
    };
}
