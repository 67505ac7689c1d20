using Npgsql;

namespace KioskFleet.Service.Storage;

/// <summary>
/// Ends the connection of a service that stands still in the middle of a COPY and keeps every other writer out:
/// stopped, frozen with its machine, or cut off. The server ends a transaction that idles, but to it a COPY that
/// nothing comes of is at work.
/// </summary>
internal static class FrozenWriter
{
    /// <summary>The writer that waits for its client, and how far its COPY is; no row when there is none.</summary>
    private const string Holder = """
        SELECT a.pid, a.xact_start, coalesce(c.bytes_processed, -1)
        FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid LEFT JOIN pg_stat_progress_copy c ON c.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = $1 AND l.objsubid = 1
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND a.state = 'active' AND a.wait_event = 'ClientRead'
        """;

    /// <summary>Seconds between two looks; who is alive sends more meanwhile, or ends.</summary>
    private const int LookSeconds = 1;

    /// <summary>Ends the writer that holds a lock, when nothing came from it between two looks.</summary>
    /// <param name="connection">A connection of the same role, outside a transaction.</param>
    /// <param name="writerLock">The advisory lock, below 2^32.</param>
    /// <returns>True when one was ended: the lock is free.</returns>
    public static bool End(NpgsqlConnection connection, long writerLock)
    {
        if (Look(connection, writerLock) is not { } first)
        {
            return false;
        }

        using (var wait = new NpgsqlCommand($"SELECT pg_sleep({LookSeconds})", connection))
        {
            wait.ExecuteNonQuery();
        }

        if (Look(connection, writerLock) != first)
        {
            return false;
        }

        using var end = new NpgsqlCommand("SELECT pg_terminate_backend($1, 1000)", connection)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = first.Pid } },
        };
        return end.ExecuteScalar() is true;
    }

    private static (int Pid, DateTime Began, long Bytes)? Look(NpgsqlConnection connection, long writerLock)
    {
        using var query = new NpgsqlCommand(Holder, connection)
        {
            Parameters = { new NpgsqlParameter<uint> { TypedValue = (uint)writerLock, DataTypeName = "oid" } },
        };
        using var row = query.ExecuteReader();
        return row.Read() ? (row.GetInt32(0), row.GetDateTime(1), row.GetInt64(2)) : null;
    }
}
