using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;

namespace KioskFleet.Service.Ledger;

/// <summary>Checks what is stored beside one entry's bytes against the bytes. Pure.</summary>
internal static class EntryRowProof
{
    // Any zone's day lies within these hours of the moment; the city's own zone is not in the ledger.
    private const long FurthestZoneMs = 14 * 3_600_000L;

    private const long DayMs = 86_400_000;

    /// <summary>What does not fit, in words; null when everything does.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="assignments">The cabinet's assignments.</param>
    public static string? Check(ProofEntry entry, IReadOnlySet<long> assignments)
    {
        var kind = EntryHeader.TryRead(entry.Bytes, out var header, out _) ? header.Kind : 0;
        if (entry.Kind != kind || !Enum.IsDefined(entry.State))
        {
            return $"it is stored as {entry.Kind}, {entry.State}; its bytes say {kind}";
        }

        if (!IsDayOf(entry.BusinessDay, entry.UtcMs))
        {
            return $"its business day {entry.BusinessDay} is not the day of its moment";
        }

        if (!assignments.Contains(entry.AssignmentId))
        {
            return $"its assignment {entry.AssignmentId} is none of the cabinet's";
        }

        return entry.Kind == EntryKind.Sale && entry.State == EntryState.Counted
            ? CheckSale(entry)
            : entry is { Amounts: { AidFen: 0, OrdinaryFen: 0, UnmappedFen: 0 }, LineClass: 0, LineClasses: null }
                ? null
                : "it has amounts or classes although it counts for none";
    }

    /// <summary>Paid amounts and lines by classes; null when the classes are not those of the lines.</summary>
    public static ClassAmounts? Sum(SaleBody sale, ReadOnlySpan<byte> classes)
    {
        if (classes.Length != sale.Lines.Count)
        {
            return null;
        }

        var sums = default(ClassAmounts);
        for (var i = 0; i < classes.Length; i++)
        {
            if (!Enum.IsDefined((ProductClass)classes[i]))
            {
                return null;
            }

            sums.Add((ProductClass)classes[i], sale.Lines[i].PaidFen);
        }

        return sums;
    }

    /// <summary>One class per line of a counted sale; empty when what is stored makes none.</summary>
    public static byte[] ClassesOf(ProofEntry entry, SaleBody sale) => entry.LineClasses is { } several
        ? entry.LineClass == 0 && several.AsSpan().ContainsAnyExcept(several.FirstOrDefault()) ? several : []
        : Enumerable.Repeat(entry.LineClass, sale.Lines.Count).ToArray();

    private static string? CheckSale(ProofEntry entry)
    {
        if (!EntryCodec.TryDecode(entry.Bytes, out _, out var body, out _) || body is not SaleBody sale)
        {
            return "it is counted as a sale and is none";
        }

        if (Sum(sale, ClassesOf(entry, sale)) is not { } sums)
        {
            return "its stored classes are not those of its lines";
        }

        var stored = entry.Amounts;
        return (sums.AidFen, sums.OrdinaryFen, sums.UnmappedFen)
            == (stored.AidFen, stored.OrdinaryFen, stored.UnmappedFen)
                ? null
                : "its stored amounts are not those of its lines";
    }

    private static bool IsDayOf(int businessDay, long utcMs)
    {
        if (businessDay == 0)
        {
            return utcMs is < Protocol.Clock.EntryDating.EarliestPlausibleUtcMs
                or >= Protocol.Clock.EntryDating.LatestPlausibleUtcMs;
        }

        var (year, month, day) = (businessDay / 10_000, businessDay / 100 % 100, businessDay % 100);
        if (year is < 2000 or > 9998 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        var start = new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        return utcMs >= start - FurthestZoneMs && utcMs < start + DayMs + FurthestZoneMs;
    }
}
