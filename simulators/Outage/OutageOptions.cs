using System.Globalization;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Outage;

/// <summary>What the return of a whole city after an outage is to be. Immutable.</summary>
internal sealed record OutageOptions
{
    /// <summary>Longest outage, in days.</summary>
    public const int MaxDays = 60;

    /// <summary>Most sales of a cabinet a day.</summary>
    public const int MaxSalesPerDay = 1_000;

    /// <summary>Most cabinets that were never away.</summary>
    public const int MaxHealthy = 1_000;

    /// <summary>Cabinets that come back. 1 to <see cref="CityPlanOptions.MaxCabinets"/>.</summary>
    public required int Cabinets { get; init; }

    /// <summary>Cabinets beside them that were never away and go on selling. 1 to <see cref="MaxHealthy"/>.</summary>
    public required int Healthy { get; init; }

    /// <summary>How long the others were away.</summary>
    public required TimeSpan Outage { get; init; }

    /// <summary>Sales of a cabinet a day. 1 to <see cref="MaxSalesPerDay"/>.</summary>
    public required int SalesPerDay { get; init; }

    /// <summary>
    /// True when all try to connect within one second; false when the return finds each somewhere within its back-off.
    /// </summary>
    public required bool IsAtOnce { get; init; }

    /// <summary>The seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>A new or empty folder that keeps ledger and logs; null for a temporary one.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Reads a length such as <c>7d</c> or <c>36h</c>; null when it is none, or out of range.</summary>
    public static TimeSpan? LengthOf(string text)
    {
        if (text.Length < 2 || !int.TryParse(
            text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        var hours = text[^1] switch
        {
            'd' => 24L * number,
            'h' => number,
            _ => 0,
        };
        return hours is >= 1 and <= 24 * MaxDays ? TimeSpan.FromHours(hours) : null;
    }
}
