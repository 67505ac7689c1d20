using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Storage;

/// <summary>
/// The ledger's generation: a random id made with the database and renewed when it is restored from a backup.
/// Ledger positions mean something only together with it: a cursor of another generation starts anew. Thread-safe.
/// </summary>
internal sealed class LedgerGenerationStore(FleetDatabase database, TimeProvider time)
{
    /// <summary>The present generation, 32 hex digits.</summary>
    public string Current()
    {
        using var reader = database.OpenReader();
        return Read(reader) ?? throw new InvalidOperationException("The database has no ledger generation.");
    }

    /// <summary>Makes the first generation of a new database; does nothing when there is one.</summary>
    public Task EnsureAsync(CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, _) => Read(connection) ?? Renew(connection, "database made", time), cancellationToken);

    /// <summary>Begins a new generation and returns it. Earlier ones stay on record with time and reason.</summary>
    public Task<string> RenewAsync(string reason, CancellationToken cancellationToken = default) =>
        database.WriteAsync((connection, _) => Renew(connection, reason, time), cancellationToken);

    /// <summary>Begins a new generation inside the caller's transaction.</summary>
    internal static string Renew(SqliteConnection connection, string reason, TimeProvider time)
    {
        var generation = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO ledger_generation (generation, made_utc_ms, reason) VALUES ($generation, $now, $reason)
            """;
        command.Parameters.AddWithValue("$generation", generation);
        command.Parameters.AddWithValue("$now", time.GetUtcNow().ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$reason", reason);
        command.ExecuteNonQuery();
        return generation;
    }

    private static string? Read(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT generation FROM ledger_generation ORDER BY number DESC LIMIT 1";
        return (string?)command.ExecuteScalar();
    }
}
