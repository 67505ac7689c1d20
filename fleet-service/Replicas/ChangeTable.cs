using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Replicas;

/// <summary>One change that services have to read.</summary>
/// <param name="ChangeId">Its number; commits have rising ones.</param>
/// <param name="Topic">What.</param>
/// <param name="Key">Which cabinet; empty for all.</param>
internal readonly record struct ReplicaChange(long ChangeId, string Topic, string Key);

/// <summary>The table of changes, which triggers fill.</summary>
internal static class ChangeTable
{
    /// <summary>The number of the newest change; 0 before the first.</summary>
    public static long Newest(FleetConnection connection) => connection.Query(
        "SELECT coalesce(max(change_id), 0) FROM replica_changes", row => row.Long(0))[0];

    /// <summary>The number of the oldest change that is still there; 0 when there is none.</summary>
    public static long Oldest(FleetConnection connection) => connection.Query(
        "SELECT coalesce(min(change_id), 0) FROM replica_changes", row => row.Long(0))[0];

    /// <summary>Changes behind a number (1), oldest first and no more than a count of them (2).</summary>
    public static Statement Since(FleetConnection connection) => connection.Prepare(
        "SELECT change_id, topic, key FROM replica_changes WHERE change_id > ?1 ORDER BY change_id LIMIT ?2");

    /// <summary>Forgets what every service that lives has read long ago; the newest stays.</summary>
    public static void Trim(FleetConnection connection, TimeSpan keep) => connection.Execute(
        """
        DELETE FROM replica_changes
        WHERE made_utc_ms < CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) - $keep
          AND change_id < (SELECT max(change_id) FROM replica_changes)
        """, ("$keep", (long)keep.TotalMilliseconds));
}
