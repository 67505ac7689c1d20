using KioskFleet.Service.Places;

namespace KioskFleet.Service.Reconciliation;

/// <summary>Days as the ledger keeps them, yyyymmdd, and as dates. Pure.</summary>
internal static class BillDays
{
    /// <summary>The date of a number.</summary>
    public static DateOnly Of(int number) => new(number / 10_000, number / 100 % 100, number % 100);

    /// <summary>The first millisecond after a day, Unix time in UTC.</summary>
    public static long NextStartUtcMs(BusinessZone zone, int number) => zone.StartOfUtcMs(Of(number).AddDays(1));
}
