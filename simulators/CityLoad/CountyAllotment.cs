using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>A county of the load.</summary>
/// <param name="Code">GB/T 2260.</param>
/// <param name="Name">The name for people.</param>
/// <param name="Quota">How many cabinets the city's plan gives it; the weight of its part of the load.</param>
internal sealed record PlannedCounty(CountyCode Code, string Name, int Quota);

/// <summary>Shares a number of cabinets out over counties. Pure.</summary>
internal static class CountyAllotment
{
    /// <summary>
    /// Shares <paramref name="cabinets"/> out in proportion to the quotas by largest remainder; ties go to the earlier
    /// county. When there are at least as many cabinets as counties with a quota, each of these gets one or more: a
    /// county left without takes one from the county that has most.
    /// </summary>
    /// <param name="cabinets">Cabinets to share out, 0 or more.</param>
    /// <param name="quotas">A quota of 0 or more per county; one at least is positive.</param>
    /// <returns>Cabinets per county, in the order given; the sum is <paramref name="cabinets"/>.</returns>
    public static int[] Share(int cabinets, IReadOnlyList<int> quotas)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cabinets);
        var sum = quotas.Sum(static quota => quota >= 0
            ? (long)quota
            : throw new ArgumentOutOfRangeException(nameof(quotas), quota, "A quota is 0 or more."));
        if (sum == 0)
        {
            throw new ArgumentException("At least one quota must be positive.", nameof(quotas));
        }

        var parts = quotas.Select(quota => (int)(cabinets * (long)quota / sum)).ToArray();
        var byRemainder = Enumerable.Range(0, quotas.Count)
            .OrderByDescending(i => cabinets * (long)quotas[i] % sum)
            .ThenBy(static i => i);
        foreach (var i in byRemainder.Take(cabinets - parts.Sum()))
        {
            parts[i]++;
        }

        if (cabinets >= quotas.Count(static quota => quota > 0))
        {
            LiftEmpty(parts, quotas);
        }

        return parts;
    }

    private static void LiftEmpty(int[] parts, IReadOnlyList<int> quotas)
    {
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] == 0 && quotas[i] > 0)
            {
                parts[Array.IndexOf(parts, parts.Max())]--;
                parts[i]++;
            }
        }
    }
}
