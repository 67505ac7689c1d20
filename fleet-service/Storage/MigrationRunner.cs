using Microsoft.Data.Sqlite;

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
        SqliteConnection connection, IReadOnlyList<Migration> migrations, TimeProvider time)
    {
        Execute(connection, """
            CREATE TABLE IF NOT EXISTS migrations (
              number         INTEGER PRIMARY KEY,
              name           TEXT    NOT NULL,
              sha256         TEXT    NOT NULL,
              applied_utc_ms INTEGER NOT NULL
            )
            """);
        var applied = ReadApplied(connection).ToDictionary(a => a.Number);
        RefuseForeign(connection.DataSource, applied, migrations);
        var missing = migrations.Where(m => !applied.ContainsKey(m.Number)).ToList();
        foreach (var migration in missing)
        {
            Apply(connection, migration, time);
        }

        return missing;
    }

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

    private static List<Applied> ReadApplied(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT number, name, sha256 FROM migrations ORDER BY number";
        using var reader = command.ExecuteReader();
        var applied = new List<Applied>();
        while (reader.Read())
        {
            applied.Add(new Applied(reader.GetInt32(0), reader.GetString(1), reader.GetString(2)));
        }

        return applied;
    }

    private static void Apply(SqliteConnection connection, Migration migration, TimeProvider time)
    {
        try
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            Execute(connection, migration.Sql);
            using var record = connection.CreateCommand();
            record.CommandText = """
                INSERT INTO migrations (number, name, sha256, applied_utc_ms) VALUES ($number, $name, $sha256, $now)
                """;
            record.Parameters.AddWithValue("$number", migration.Number);
            record.Parameters.AddWithValue("$name", migration.Name);
            record.Parameters.AddWithValue("$sha256", migration.Sha256);
            record.Parameters.AddWithValue("$now", time.GetUtcNow().ToUnixTimeMilliseconds());
            record.ExecuteNonQuery();
            transaction.Commit();
        }
        catch (SqliteException error)
        {
            throw new StorageException($"{connection.DataSource}: migration {migration.Number:0000} "
                + $"'{migration.Name}' failed and was undone: {error.Message}", error);
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
