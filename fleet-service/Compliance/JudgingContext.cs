using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Compliance;

/// <summary>What standings are judged by. Immutable.</summary>
/// <param name="Policies">The policies.</param>
/// <param name="Zone">The zone of business days.</param>
/// <param name="Day">The business day whose policy and threshold hold: of a window that is over its last day.</param>
/// <param name="Now">The present moment: says what is still provisional.</param>
/// <param name="CatalogueVersion">The catalogue that the sales are classified by; null when nobody asks.</param>
internal sealed record JudgingContext(
    PolicyBook Policies, BusinessZone Zone, DateOnly Day, DateTimeOffset Now, long? CatalogueVersion = null)
{
    private const long MillisecondsPerDay = 86_400_000;

    /// <summary>At the present moment: today's policy for a running window, the last day's for one that is over.
    /// </summary>
    public static JudgingContext At(
        PolicyBook policies, BusinessZone zone, JudgingWindow window, DateTimeOffset now, long? catalogueVersion = null)
    {
        var today = zone.DayOf(now.ToUnixTimeMilliseconds());
        var day = today < window.From ? window.From : today > window.Last ? window.Last : today;
        return new JudgingContext(policies, zone, day, now, catalogueVersion);
    }

    /// <summary>From when a window's standings by a policy are final.</summary>
    public DateTimeOffset FinalFrom(JudgingWindow window, Policy? policy) => DateTimeOffset.FromUnixTimeMilliseconds(
        Zone.StartOfUtcMs(window.To) + (policy?.ProvisionalDays ?? 0) * MillisecondsPerDay);
}
