using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Series;

/// <summary>A point that the server refused for good.</summary>
/// <param name="Position">The entry's position.</param>
/// <param name="Line">What was sent.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Words">The server's own words.</param>
internal sealed record DeadLetter(long Position, string Line, int Status, string Words);

/// <summary>
/// How far the writer has come. A cursor of another ledger generation begins anew: writing a point again changes
/// nothing.
/// </summary>
internal sealed class SeriesCursor(FleetDatabase database, LedgerGenerationStore generations, TimeProvider time)
{
    /// <summary>The present position, 0 at the beginning of a generation.</summary>
    public long Position()
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT position FROM series_cursor WHERE id = 1 AND generation = $generation";
        command.Parameters.AddWithValue("$generation", generations.Current());
        return command.ExecuteScalar() as long? ?? 0;
    }

    /// <summary>Moves the cursor and keeps what was refused, in one transaction.</summary>
    public Task MoveAsync(long position, IReadOnlyList<DeadLetter> refused, CancellationToken ct)
    {
        var generation = generations.Current();
        return database.WriteAsync(
            (connection, _) =>
            {
                foreach (var letter in refused)
                {
                    using var keep = connection.CreateCommand();
                    keep.CommandText = """
                        INSERT INTO series_dead_letters (generation, position, line, status, words, at_utc_ms)
                        VALUES ($generation, $position, $line, $status, $words, $now) ON CONFLICT DO NOTHING
                        """;
                    keep.Parameters.AddWithValue("$generation", generation);
                    keep.Parameters.AddWithValue("$position", letter.Position);
                    keep.Parameters.AddWithValue("$line", letter.Line);
                    keep.Parameters.AddWithValue("$status", letter.Status);
                    keep.Parameters.AddWithValue("$words", letter.Words);
                    keep.Parameters.AddWithValue("$now", time.GetUtcNow().ToUnixTimeMilliseconds());
                    keep.ExecuteNonQuery();
                }

                using var move = connection.CreateCommand();
                move.CommandText = """
                    INSERT INTO series_cursor (id, generation, position) VALUES (1, $generation, $position)
                    ON CONFLICT (id) DO UPDATE SET generation = excluded.generation, position = excluded.position
                    """;
                move.Parameters.AddWithValue("$generation", generation);
                move.Parameters.AddWithValue("$position", position);
                return move.ExecuteNonQuery();
            },
            ct);
    }
}
