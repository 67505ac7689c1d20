using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Observability;

/// <summary>The one row whose writing proves that the database takes writes.</summary>
internal static class ReadinessTable
{
    /// <summary>Writes the row inside the caller's transaction; returns the rows written.</summary>
    public static int Write(SqliteConnection connection, long nowUtcMs)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE readiness SET written_utc_ms = $now WHERE id = 1";
        command.Parameters.AddWithValue("$now", nowUtcMs);
        return command.ExecuteNonQuery();
    }
}
