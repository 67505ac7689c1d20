using KioskFleet.Service.Storage;


namespace KioskFleet.Service.Observability;

/// <summary>The one row whose writing proves that the database takes writes.</summary>
internal static class ReadinessTable
{
    /// <summary>Writes the row inside the caller's transaction; returns the rows written.</summary>
    public static long Write(FleetConnection connection, long nowUtcMs) => connection.Execute(
        "UPDATE readiness SET written_utc_ms = $now WHERE id = 1", ("$now", nowUtcMs));
}
