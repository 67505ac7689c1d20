using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Venues;

/// <summary>How far the roll-out of cabinets is in one place.</summary>
/// <param name="Code">The city or a county.</param>
/// <param name="Zh">Its Chinese name.</param>
/// <param name="En">Its English name.</param>
/// <param name="Quota">Cabinets it must have.</param>
/// <param name="PositionsPinned">Registered cabinets with a concrete site.</param>
/// <param name="Installed">Enrolled cabinets.</param>
/// <param name="Running">Cabinets in service.</param>
/// <param name="PositionsLeft">Positions that are missing; 0 when the quota is reached.</param>
/// <param name="InstallationsLeft">Installations that are missing, likewise.</param>
internal sealed record RolloutPlace(
    string Code, string Zh, string En, int Quota, int PositionsPinned, int Installed, int Running, int PositionsLeft,
    int InstallationsLeft);

/// <summary>How far a milestone is.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Zh">Its Chinese name.</param>
/// <param name="En">Its English name.</param>
/// <param name="By">Last day; null where the plan names none.</param>
/// <param name="Force">How strongly the plan asks.</param>
/// <param name="Cabinets">Cabinets it speaks of, or null.</param>
/// <param name="Measure">What is counted toward them, or null.</param>
/// <param name="Count">How many there are, or null.</param>
/// <param name="Status">
/// <c>reached</c>, <c>pending</c>, <c>overdue</c>; <c>dated</c> for a step of which this service counts nothing.
/// </param>
/// <param name="DaysLeft">Days until the last day, without today; negative after it; null where there is none.</param>
/// <param name="Clause">The clause it comes from.</param>
internal sealed record MilestoneProgress(
    string Id, string Zh, string En, DateOnly? By, DutyForce Force, int? Cabinets, CabinetMeasure? Measure, int? Count,
    string Status, int? DaysLeft, string Clause);

/// <summary>The roll-out against the plan.</summary>
internal sealed record RolloutView(
    DateOnly Today, RolloutPlace City, IReadOnlyList<RolloutPlace> Counties,
    IReadOnlyList<MilestoneProgress> Milestones);

/// <summary>
/// Counts cabinets toward the counties' quotas and the plan's milestones (点位落实、安装到位). A retired cabinet counts
/// nowhere; a cabinet belongs to the county of its present assignment. Pure.
/// </summary>
internal static class RolloutRule
{
    /// <summary>Counts.</summary>
    /// <param name="places">The data set.</param>
    /// <param name="cabinets">All registered cabinets.</param>
    /// <param name="nowUtcMs">The moment, Unix milliseconds UTC.</param>
    public static RolloutView Count(PlacesDataSet places, IReadOnlyList<CabinetModel> cabinets, long nowUtcMs)
    {
        var today = places.Zone.DayOf(nowUtcMs);
        var present = cabinets.Where(c => c.Life != CabinetLife.Retired).ToList();
        var byCounty = present.ToLookup(c => c.CurrentAssignment.County.Value, StringComparer.Ordinal);
        var city = Place(
            (places.City.Code.Value, places.City.Zh, places.City.En, places.City.CabinetTotal), present, nowUtcMs);
        return new RolloutView(
            today,
            city,
            [.. places.Counties.Select(c => Place(
                (c.Code.Value, c.Zh, c.En, c.CabinetQuota), [.. byCounty[c.Code.Value]], nowUtcMs))],
            [.. places.Milestones.Select(m => Progress(m, city, today))]);
    }

    private static RolloutPlace Place(
        (string Code, string Zh, string En, int Quota) of, IReadOnlyList<CabinetModel> cabinets, long nowUtcMs)
    {
        var pinned = cabinets.Count(c => c.CurrentAssignment.SiteName.Length > 0);
        var installed = cabinets.Count(c => c.Keys.Count > 0);
        return new RolloutPlace(
            of.Code, of.Zh, of.En, of.Quota, pinned, installed,
            cabinets.Count(c => c.LifeAt(nowUtcMs) == CabinetLife.Active),
            Math.Max(0, of.Quota - pinned), Math.Max(0, of.Quota - installed));
    }

    private static MilestoneProgress Progress(Milestone milestone, RolloutPlace city, DateOnly today)
    {
        int? count = milestone.Measure switch
        {
            CabinetMeasure.PositionsPinned => city.PositionsPinned,
            CabinetMeasure.Installed => city.Installed,
            CabinetMeasure.Running => city.Running,
            _ => null,
        };
        var status = count is null ? "dated"
            : count >= milestone.Cabinets ? "reached"
            : today > milestone.By ? "overdue" : "pending";
        return new MilestoneProgress(
            milestone.Id, milestone.Zh, milestone.En, milestone.By, milestone.Force, milestone.Cabinets,
            milestone.Measure, count, status, milestone.By?.DayNumber - today.DayNumber, milestone.Clause);
    }
}
