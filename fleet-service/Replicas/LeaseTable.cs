using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Replicas;

/// <summary>The table of leases. Its clock is the database's: those of the services may differ.</summary>
internal static class LeaseTable
{
    private const string Now = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";

    // Shorter than any lease: whoever waits longer for one of them lets the others run out.
    private const int PatienceMs = 500;

    /// <summary>
    /// Takes or renews a lease, in a statement of its own, outside a transaction; null while another service has it.
    /// For the row of a lease whose holder is just writing it waits only briefly.
    /// </summary>
    /// <returns>The lease's term, which grows whenever it changes hands.</returns>
    /// <exception cref="System.Data.Common.DbException">Among others: the holder is just writing.</exception>
    public static long? Take(FleetConnection connection, string name, string holder, TimeSpan lease) =>
        connection.Query(
            $"""
            INSERT INTO replica_leases AS held (name, holder, term, until_utc_ms)
            SELECT $name, $holder, 1, {Now} + $lease WHERE set_config('lock_timeout', '{PatienceMs}', true) <> ''
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_utc_ms = excluded.until_utc_ms,
              term = held.term + CASE WHEN held.holder = excluded.holder THEN 0 ELSE 1 END
            WHERE held.holder = excluded.holder OR held.until_utc_ms < {Now}
            RETURNING term
            """,
            row => (long?)row.Long(0),
            ("$name", name), ("$holder", holder), ("$lease", (long)lease.TotalMilliseconds)).SingleOrDefault();

    /// <summary>
    /// True when the lease is the holder's in this term; it stays so until the end of the caller's transaction, since
    /// whoever takes it waits for the row.
    /// </summary>
    public static bool Hold(FleetConnection connection, string name, string holder, long term) => connection.Query(
        "SELECT term FROM replica_leases WHERE name = $name AND holder = $holder AND term = $term FOR SHARE",
        row => row.Long(0), ("$name", name), ("$holder", holder), ("$term", term)).Count > 0;

    /// <summary>Lets go of all leases of a holder: others need not wait for their end.</summary>
    public static void Release(FleetConnection connection, string holder) => connection.Execute(
        "UPDATE replica_leases SET until_utc_ms = 0 WHERE holder = $holder", ("$holder", holder));

    /// <summary>All leases: the work, who has it, and how long it is still theirs, in milliseconds.</summary>
    public static IReadOnlyList<(string Name, string Holder, long LeftMs)> Read(FleetConnection connection) =>
        connection.Query(
            $"SELECT name, holder, until_utc_ms - {Now} FROM replica_leases ORDER BY name",
            row => (row.Text(0), row.Text(1), row.Long(2)));
}
