using KioskFleet.Simulators.Fleet;

namespace KioskFleet.Simulators.Restrict;

/// <summary>Compares the service's own windows with those that were counted from the single sales.</summary>
internal static class ServiceWindows
{
    /// <summary>What differs, in words.</summary>
    public static async Task<IReadOnlyList<string>> DifferencesAsync(
        FleetApi api, IReadOnlyList<WindowVerdict> verdicts, CancellationToken cancel)
    {
        var differences = new List<string>();
        foreach (var week in verdicts.GroupBy(static verdict => verdict.First))
        {
            var name = BusinessWeek.NameOf(week.Key);
            var standings = (await api.StandingsAsync(name, cancel))
                .ToDictionary(static row => row.CabinetId, static row => (row.AidFen, row.TotalFen));
            differences.AddRange(week
                .Where(verdict => standings.GetValueOrDefault(verdict.Cabinet) != (verdict.AidFen, verdict.TotalFen))
                .Select(verdict => $"{verdict.Cabinet} {name}: the service counts "
                    + $"{standings.GetValueOrDefault(verdict.Cabinet)}, the sales are "
                    + $"({verdict.AidFen}, {verdict.TotalFen})"));
        }

        return differences;
    }
}
