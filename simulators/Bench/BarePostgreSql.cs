using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;

namespace KioskFleet.Simulators.Bench;

/// <summary>
/// The least that a ledger append can cost on PostgreSQL: the same rows by COPY into a table without any index, and one
/// upsert of the heads, in one durable transaction per group; nothing decided, no sums.
/// </summary>
internal static class BarePostgreSql
{
    private const string Columns =
        "position, batch_id, seq, hash, bytes, kind, state, utc_ms, business_day, assignment_id, aid_fen, "
        + "ordinary_fen, unmapped_fen, line_class, line_classes";

    /// <summary>Reads the rows of a ledger's entries.</summary>
    public static List<object?[]> ReadRows(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand($"SELECT {Columns} FROM entries ORDER BY position", connection);
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i)
                ? null
                : reader.GetValue(i))]);
        }

        return rows;
    }

    /// <summary>
    /// Appends rows behind those of earlier calls, so many per transaction; rows per second. The table grows as a
    /// ledger does: new pages cost both the same.
    /// </summary>
    public static double Append(NpgsqlConnection connection, List<object?[]> rows, int rowsPerTransaction)
    {
        Run(connection, $"""
            CREATE TABLE IF NOT EXISTS bare_entries WITH (autovacuum_enabled = off) AS
              SELECT {Columns} FROM entries WHERE false;
            CREATE TABLE IF NOT EXISTS bare_heads (
              journal_no BIGINT PRIMARY KEY, head_seq BIGINT NOT NULL, head_hash BYTEA NOT NULL)
            """);
        var started = Stopwatch.GetTimestamp();
        foreach (var group in rows.Chunk(rowsPerTransaction))
        {
            using var transaction = connection.BeginTransaction();
            Copy(connection, group);
            var heads = group.GroupBy(row => (long)row[1]!).Select(batch => batch.Last()).ToList();
            using var upsert = new NpgsqlCommand("""
                INSERT INTO bare_heads SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])
                ON CONFLICT (journal_no) DO UPDATE SET head_seq = excluded.head_seq, head_hash = excluded.head_hash
                """, connection);
            upsert.Parameters.AddWithValue(heads.Select(row => (long)row[1]!).ToArray());
            upsert.Parameters.AddWithValue(heads.Select(row => (long)row[2]!).ToArray());
            upsert.Parameters.AddWithValue(heads.Select(row => (byte[])row[3]!).ToArray());
            upsert.ExecuteNonQuery();
            transaction.Commit();
        }

        return rows.Count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static void Copy(NpgsqlConnection connection, object?[][] rows)
    {
        using var copy = connection.BeginBinaryImport($"COPY bare_entries ({Columns}) FROM STDIN (FORMAT BINARY)");
        foreach (var row in rows)
        {
            copy.StartRow();
            foreach (var value in row)
            {
                switch (value)
                {
                    case null:
                        copy.WriteNull();
                        break;
                    case long number:
                        copy.Write(number, NpgsqlDbType.Bigint);
                        break;
                    default:
                        copy.Write((byte[])value, NpgsqlDbType.Bytea);
                        break;
                }
            }
        }

        copy.Complete();
    }

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
