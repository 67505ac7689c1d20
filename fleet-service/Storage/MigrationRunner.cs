using System.Data.Common;

namespace KioskFleet.Service.Storage;

/// <summary>
/// Brings a database to the program's shape: compares what was applied with what the program holds, then applies
/// what is missing in order, each migration in one transaction together with its record.
/// </summary>
internal static class MigrationRunner
{
    /// <summary>A migration that the database says was applied.</summary>
    private sealed record Applied(int Number, string Name, string Sha256);

    /// <summary>Applies what is missing.</summary>
    /// <returns>The migrations applied now, in order.</returns>
    /// <exception cref="StorageException">
    /// An applied migration was changed, the database is newer than the program, or a migration failed (it left
    /// nothing behind).
    /// </exception>
    public static IReadOnlyList<Migration> Run(
        FleetConnection connection, IReadOnlyList<Migration> migrations, TimeProvider time)
    {
        using (var transaction = connection.BeginWrite())
        {
            connection.Script("""
                CREATE TABLE IF NOT EXISTS migrations (
                  number         INTEGER PRIMARY KEY,
                  name           TEXT    NOT NULL,
                  sha256         TEXT    NOT NULL,
                  applied_utc_ms BIGINT  NOT NULL
                )
                """);
            transaction.Commit();
        }

        var applied = ReadApplied(connection).ToDictionary(a => a.Number);
        RefuseForeign(connection.Name, applied, migrations);
        var missing = migrations.Where(m => !applied.ContainsKey(m.Number)).ToList();
        missing.RemoveAll(migration => !Apply(connection, migration, time));
        return missing;
    }

    /// <summary>Makes sure that there is a database of the service, without making anything.</summary>
    /// <exception cref="DbException">There is none, or it cannot be read.</exception>
    public static void RequireAny(FleetConnection connection) =>
        connection.Query("SELECT max(number) FROM migrations", row => row.IsNull(0) ? 0 : row.Long(0));

    /// <summary>How many migrations a database has; 0 when it has no tables yet.</summary>
    public static int CountOf(FleetConnection connection) => ReadApplied(connection).Count;

    private static void RefuseForeign(
        string path, Dictionary<int, Applied> applied, IReadOnlyList<Migration> migrations)
    {
        var known = migrations.ToDictionary(m => m.Number);
        foreach (var done in applied.Values.OrderBy(a => a.Number))
        {
            if (!known.TryGetValue(done.Number, out var migration))
            {
                throw new StorageException($"{path}: the database has migration {done.Number:0000} '{done.Name}', "
                    + "which this program does not know: the database is newer. Start the newer program, or restore "
                    + "a backup made before it ran.");
            }

            if (migration.Sha256 != done.Sha256)
            {
                throw new StorageException($"{path}: migration {done.Number:0000} '{migration.Name}' was changed "
                    + $"after it was applied: the database has SHA-256 {done.Sha256}, the program {migration.Sha256}. "
                    + "Put its text back and add a new migration instead.");
            }
        }
    }

    private static List<Applied> ReadApplied(FleetConnection connection) => connection.Query(
        "SELECT number, name, sha256 FROM migrations ORDER BY number",
        row => new Applied((int)row.Long(0), row.Text(1), row.Text(2)));

    /// <summary>Applies a migration; false when another service did it meanwhile.</summary>
    private static bool Apply(FleetConnection connection, Migration migration, TimeProvider time)
    {
        try
        {
            using var transaction = connection.BeginWrite();
            if (ReadApplied(connection).Exists(a => a.Number == migration.Number))
            {
                return false;
            }

            connection.Script(migration.Sql);
            connection.Execute(
                "INSERT INTO migrations (number, name, sha256, applied_utc_ms) VALUES ($number, $name, $sha256, $now)",
                ("$number", migration.Number), ("$name", migration.Name), ("$sha256", migration.Sha256),
                ("$now", time.GetUtcNow().ToUnixTimeMilliseconds()));
            transaction.Commit();
            return true;
        }
        catch (DbException error)
        {
            throw new StorageException($"{connection.Name}: migration {migration.Number:0000} "
                + $"'{migration.Name}' failed and was undone: {error.Message}", error);
        }
    }
}
