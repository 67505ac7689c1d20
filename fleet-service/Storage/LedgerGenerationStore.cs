using System.Security.Cryptography;

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
    public Task<string> EnsureAsync(CancellationToken cancellationToken = default) => database.WriteAsync(
        (connection, _) => Read(connection) ?? Renew(connection, "database made", time), cancellationToken);

    /// <summary>Begins a new generation and returns it. Earlier ones stay on record with time and reason.</summary>
    public Task<string> RenewAsync(string reason, CancellationToken cancellationToken = default) =>
        database.WriteAsync((connection, _) => Renew(connection, reason, time), cancellationToken);

    /// <summary>Begins a new generation inside the caller's transaction.</summary>
    internal static string Renew(FleetConnection connection, string reason, TimeProvider time)
    {
        var generation = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        connection.Execute(
            "INSERT INTO ledger_generation (generation, made_utc_ms, reason) VALUES ($generation, $now, $reason)",
            ("$generation", generation), ("$now", time.GetUtcNow().ToUnixTimeMilliseconds()), ("$reason", reason));
        return generation;
    }

    private static string? Read(FleetConnection connection) => connection.Query(
        "SELECT generation FROM ledger_generation ORDER BY number DESC LIMIT 1", row => row.Text(0)).SingleOrDefault();
}
