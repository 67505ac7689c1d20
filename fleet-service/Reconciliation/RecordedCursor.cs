using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Reconciliation;

/// <summary>How far the ledger was read.</summary>
/// <param name="Generation">Of which generation; empty before the first time.</param>
/// <param name="Position">The last entry.</param>
/// <param name="CorrectionId">The last correction.</param>
internal sealed record RecordedPosition(string Generation, long Position, long CorrectionId);

/// <summary>Keeps how far the ledger was read. Thread-safe.</summary>
internal sealed class RecordedCursor(FleetDatabase database)
{
    /// <summary>The present position.</summary>
    public RecordedPosition Read()
    {
        using var connection = database.OpenReader();
        return Read(connection);
    }

    /// <summary>Moves the cursor within a transaction; false when it is no longer where it was read.</summary>
    public static bool Move(FleetConnection connection, RecordedPosition from, RecordedPosition to)
    {
        if (Read(connection) != from)
        {
            return false;
        }

        using var move = connection.Prepare("""
            INSERT INTO recorded_cursor (id, generation, position, correction_id) VALUES (1, ?1, ?2, ?3)
            ON CONFLICT (id) DO UPDATE SET generation = excluded.generation, position = excluded.position,
              correction_id = excluded.correction_id
            """);
        move.Set(1, to.Generation).Set(2, to.Position).Set(3, to.CorrectionId).Run();
        return true;
    }

    private static RecordedPosition Read(FleetConnection connection)
    {
        using var query = connection.Prepare(
            "SELECT generation, position, correction_id FROM recorded_cursor WHERE id = 1");
        return query.Next() ? new RecordedPosition(query.Text(0), query.Long(1), query.Long(2))
            : new RecordedPosition("", 0, 0);
    }
}
