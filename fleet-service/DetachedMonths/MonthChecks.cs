using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.DetachedMonths;

/// <summary>What must hold before a month is detached or attached. Only reads.</summary>
internal static class MonthChecks
{
    /// <summary>What reads the ledger behind the commit, and how far it is; all of it must be past the month.</summary>
    private static readonly (string Name, string Position)[] Followers =
    [
        ("charts", "SELECT min(position) FROM chart_cursor"),
        ("recorded payments", "SELECT min(position) FROM recorded_cursor"),
        ("sales by product", "SELECT min(position) FROM product_sales_editions"),
        ("editions", "SELECT min(position) FROM edition_marks"),
        ("re-judging", "SELECT coalesce(min(cursor_position), 9223372036854775807) FROM rejudgings "
            + "WHERE finished_utc_ms IS NULL"),
    ];

    /// <summary>Checks a month that is to be detached.</summary>
    /// <exception cref="StorageException">It may not be.</exception>
    public static void BeforeDetaching(FleetConnection connection, MonthName month, DateTimeOffset now)
    {
        if (SealedMonthStore.Find(connection, month.Number) is { } before)
        {
            throw new StorageException($"{month}: it is detached already, with seal {before.Seal}.");
        }

        if (!Exists(connection, month.Entries))
        {
            throw new StorageException($"{month}: the ledger has no such month. 'detach-month' without a month lists "
                + "those it has.");
        }

        var from = month.End.AddDays(MonthDetachment.MinAgeDays);
        if (now < from)
        {
            throw new StorageException($"{month}: it may be detached from {from:yyyy-MM-dd} on. Until then cabinets "
                + "still hold its entries, and its sales may be refunded.");
        }

        var last = connection.Query($"SELECT coalesce(max(position), 0) FROM {month.Entries}", row => row.Long(0))[0];
        if (last == 0)
        {
            throw new StorageException($"{month}: nothing was committed in it; there is nothing to detach.");
        }

        if (connection.Query("SELECT max(position) FROM entries", row => row.Long(0))[0] == last)
        {
            throw new StorageException($"{month}: it holds the ledger's newest entry, from which positions go on. "
                + "Detach it when something was committed later.");
        }

        foreach (var (name, position) in Followers)
        {
            if (connection.Query(position, row => row.IsNull(0) ? 0 : row.Long(0))[0] is var at && at < last)
            {
                throw new StorageException($"{month}: {name} have read the ledger up to {at} and not yet the month's "
                    + $"last entry, {last}. Let the service run until they have.");
            }
        }
    }

    /// <summary>Checks a month that is to be attached again.</summary>
    /// <exception cref="StorageException">It cannot be.</exception>
    public static SealedMonth BeforeAttaching(FleetConnection connection, MonthName month)
    {
        var found = SealedMonthStore.Find(connection, month.Number)
            ?? throw new StorageException($"{month}: it is not detached.");
        foreach (var table in (string[])[month.DetachedEntries, month.DetachedBatches])
        {
            if (!Exists(connection, table))
            {
                throw new StorageException($"{month}: there is no table {table}. Restore it from the dump made when "
                    + "the month was detached: pg_restore --dbname=DATABASE FILE.");
            }
        }

        return found;
    }

    private static bool Exists(FleetConnection connection, string table) => connection.Query(
        "SELECT to_regclass($table) IS NOT NULL", row => row.Long(0) != 0, ("$table", table))[0];
}
