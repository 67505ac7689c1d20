using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Charts;

/// <summary>
/// Follows the ledger with a cursor and sums it by hour and by day, so that charts need no other server. Sums and
/// cursor move in one transaction; after a restored ledger all is made anew in bounded steps.
/// </summary>
internal sealed class ChartWriter(
    FleetDatabase database, LedgerGenerationStore generations, Leases leases, ILogger<ChartWriter> log)
    : LedgerFollower(leases, "charts", ChartLimits.Idle)
{
    /// <summary>Does one step; false when there was nothing to do. One caller at a time.</summary>
    internal override async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var generation = generations.Current();
        var (cursor, stretch) = Find(generation);
        if (cursor?.Generation != generation)
        {
            var isCleared = !await database.WriteAsync(
                (connection, _) => ChartStore.Clear(connection, generation), cancellationToken);
            if (isCleared && cursor is not null)
            {
                ChartLog.Begun(log);
            }

            return true;
        }

        if (stretch is null)
        {
            return false;
        }

        // Summed outside the writers' queue, so that nobody waits for it.
        var change = ChartRule.Change(stretch);
        await database.WriteAsync(
            (connection, _) =>
            {
                ChartStore.Apply(connection, cursor, stretch, change);
                return true;
            },
            cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    protected override void Tell(Exception error) => ChartLog.Failed(log, error);

    private (ChartCursor? Cursor, ChartStretch? Stretch) Find(string generation)
    {
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        var cursor = ChartStore.Cursor(connection);
        return (cursor, cursor?.Generation == generation ? ChartLedgerStore.Read(connection, cursor) : null);
    }
}
