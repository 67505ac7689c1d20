using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Simulators.Bench;

/// <summary>
/// The limit to measure against: the same rows through bare Microsoft.Data.Sqlite, prepared insert, WAL,
/// synchronous=FULL, no secondary index.
/// </summary>
internal static class BareSqlite
{
    /// <summary>Reads all rows of a table, to insert them again elsewhere.</summary>
    public static List<object[]> ReadRows(string database, string table, long limit)
    {
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM {table} LIMIT {limit}";
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>The statement that makes a table, as the product's own file holds it.</summary>
    public static string Schema(string database, string table)
    {
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT sql FROM sqlite_schema WHERE name = $table";
        command.Parameters.AddWithValue("$table", table);
        return (string)command.ExecuteScalar()!;
    }

    /// <summary>Inserts the rows into a new file and returns rows per second.</summary>
    public static double Insert(
        string database, string schema, string table, IReadOnlyList<object[]> rows, int rowsPerTransaction)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        Execute(connection, "PRAGMA journal_mode = WAL");
        Execute(connection, "PRAGMA synchronous = FULL");
        Execute(connection, schema);
        using var insert = connection.CreateCommand();
        insert.CommandText =
            $"INSERT INTO {table} VALUES ({string.Join(", ", rows[0].Select((_, i) => $"$p{i}"))})";
        var parameters = rows[0].Select((_, i) => insert.Parameters.AddWithValue($"$p{i}", DBNull.Value)).ToArray();
        insert.Prepare();
        var started = Stopwatch.GetTimestamp();
        for (var first = 0; first < rows.Count; first += rowsPerTransaction)
        {
            using var transaction = rowsPerTransaction > 1 ? connection.BeginTransaction() : null;
            insert.Transaction = transaction;
            for (var i = first; i < Math.Min(first + rowsPerTransaction, rows.Count); i++)
            {
                for (var p = 0; p < parameters.Length; p++)
                {
                    parameters[p].Value = rows[i][p];
                }

                insert.ExecuteNonQuery();
            }

            transaction?.Commit();
        }

        return rows.Count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
