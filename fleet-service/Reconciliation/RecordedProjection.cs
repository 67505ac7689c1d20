using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Reconciliation;

/// <summary>
/// Follows the ledger with a cursor and keeps what it says of payments, matched with the bills. A cursor of another
/// ledger generation begins anew. Each step is one bounded transaction. Thread-safe; steps run one after another.
/// </summary>
internal sealed class RecordedProjection(
    FleetDatabase database, LedgerGenerationStore generations, RecordedCursor cursor, LedgerFactStore ledger,
    IOptions<ReconciliationOptions> options, ILogger<RecordedProjection> log) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>True when everything of the ledger was read.</summary>
    public bool IsCurrent()
    {
        var at = cursor.Read();
        return at.Generation == generations.Current() && ledger.IsAtEnd(at);
    }

    /// <summary>Reads until nothing of the ledger is left.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        while (await StepAsync(cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Reads until nothing is left or the patience of a request ends; false in the second case.</summary>
    public async Task<bool> TryCatchUpAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        enough.CancelAfter(patience);
        try
        {
            await CatchUpAsync(enough.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Reads one stretch; false when there was nothing to do.</summary>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var at = cursor.Read();
            var generation = generations.Current();
            if (at.Generation != generation)
            {
                return await BeginAnewAsync(at, generation, cancellationToken);
            }

            var stretch = ledger.Read(at, options.Value.BatchEntries);
            return !stretch.IsEmpty && await ApplyAsync(at, stretch, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private Task<bool> ApplyAsync(RecordedPosition at, LedgerStretch stretch, CancellationToken cancellationToken) =>
        database.WriteAsync(
            (connection, _) =>
            {
                // Somebody else may have read the same stretch meanwhile; then there is still something to do.
                var to = at with { Position = stretch.Position, CorrectionId = stretch.CorrectionId };
                if (!RecordedCursor.Move(connection, at, to))
                {
                    return true;
                }

                using var sales = new MatchStore(connection);
                using var others = new RecordedOthersTable(connection);
                var positions = stretch.Facts.Select(PositionOf).ToList();
                sales.LookAt(positions);
                others.LookAt(positions);
                foreach (var fact in stretch.Facts)
                {
                    switch (fact)
                    {
                        case LedgerFact.Sale sale:
                            others.Remove(sale.Recorded.Place.Position);
                            sales.Put(sale.Recorded);
                            break;
                        case LedgerFact.Refund refund:
                            others.Put(refund);
                            break;
                        case LedgerFact.Other other:
                            others.Put(other);
                            break;
                        case LedgerFact.Nothing nothing:
                            others.Remove(nothing.Position);
                            break;
                        default:
                            throw new InvalidOperationException($"{fact.GetType().Name} is no fact.");
                    }
                }

                sales.Settle();
                return true;
            },
            cancellationToken);

    private static long PositionOf(LedgerFact fact) => fact switch
    {
        LedgerFact.Sale sale => sale.Recorded.Place.Position,
        LedgerFact.Refund refund => refund.Position,
        LedgerFact.Other other => other.Place.Position,
        LedgerFact.Nothing nothing => nothing.Position,
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact."),
    };

    /// <summary>Takes some of the earlier generation's sales back; when none is left the new one begins.</summary>
    private async Task<bool> BeginAnewAsync(
        RecordedPosition at, string generation, CancellationToken cancellationToken)
    {
        var begun = await database.WriteAsync(
            (connection, _) =>
            {
                using var sales = new MatchStore(connection);
                using var others = new RecordedOthersTable(connection);
                var some = others.SomeSales(options.Value.BatchEntries);
                foreach (var position in some)
                {
                    sales.Remove(position);
                }

                sales.Settle();
                if (some.Count > 0)
                {
                    return false;
                }

                others.Clear();
                return RecordedCursor.Move(connection, at, new RecordedPosition(generation, 0, 0));
            },
            cancellationToken);
        if (begun && at.Generation.Length > 0)
        {
            ReconciliationLog.BeginsAnew(log);
        }

        return true;
    }
}

/// <summary>Keeps the projection near the ledger's end.</summary>
internal sealed class RecordedProjectionLoop(
    RecordedProjection projection, IOptions<ReconciliationOptions> options, Leases leases,
    ILogger<RecordedProjectionLoop> log)
    : LedgerFollower(leases, "recorded-payments", TimeSpan.FromMilliseconds(options.Value.IdleMilliseconds))
{
    /// <inheritdoc/>
    internal override Task<bool> StepAsync(CancellationToken cancellationToken) =>
        projection.StepAsync(cancellationToken);

    /// <inheritdoc/>
    protected override void Tell(Exception error) => ReconciliationLog.Failed(log, error);
}
