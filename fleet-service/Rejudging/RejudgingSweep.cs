using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Rejudging;

/// <summary>What a run came to.</summary>
/// <param name="Passes">Passes over the ledger; 0 when nothing was open.</param>
/// <param name="SalesChanged">Sales that changed.</param>
internal sealed record RejudgingRun(int Passes, long SalesChanged);

/// <summary>
/// Judges again exactly the sales that catalogue versions with effect in the past affect. All versions that are open
/// are done in one pass; one that is made meanwhile gets the next. Progress is kept with every turn, so that a run that
/// was killed goes on where it was, and running twice changes nothing. Thread-safe; one run at a time.
/// </summary>
internal sealed class RejudgingSweep(
    FleetDatabase database, CurrentCatalogue catalogue, TimeProvider time, ILogger<RejudgingSweep> log) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>How the work is cut into pieces.</summary>
    public RejudgingPace Pace { get; init; } = new();

    /// <summary>Runs until no version up to the snapshot in force is open.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; what was written stays, the rest goes on next time.
    /// </exception>
    public async Task<RejudgingRun> RunAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var run = new RejudgingRun(0, 0);
            while (await PlanAsync(cancellationToken) is { } plan)
            {
                using var pass = new RejudgingPass(database, plan, time);
                RejudgingLog.PassBegins(log, plan.Versions[0].Version, plan.Versions[^1].Version,
                    plan.Versions.Max(v => v.ThroughPosition));
                await pass.RunAsync(cancellationToken);
                RejudgingLog.PassEnds(log, plan.Versions[0].Version, plan.Versions[^1].Version, pass.Changed);
                run = new RejudgingRun(run.Passes + 1, run.SalesChanged + pass.Changed);
            }

            return run;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<RejudgingPlan?> PlanAsync(CancellationToken cancellationToken)
    {
        using (var reader = database.OpenReader())
        {
            if (!RejudgingStore.IsAnyOpen(reader, catalogue.Snapshot.Version))
            {
                return null;
            }
        }

        // The snapshot is taken inside the turn, as every commit takes its own: whatever is committed after this turn
        // is judged by this snapshot or a newer one, so the newest entry of now is the last that may need another look.
        var (snapshot, versions) = await database.WriteAsync((connection, _) =>
        {
            var present = catalogue.Snapshot;
            return (present, RejudgingStore.Begin(
                connection, present.Version, time.GetUtcNow().ToUnixTimeMilliseconds()));
        }, cancellationToken);
        if (versions.Count == 0)
        {
            return null;
        }

        using var connection = database.OpenReader();
        var skus = new AffectedSkus(RejudgingStore.Spans(connection, versions), versions);
        return new RejudgingPlan(snapshot, versions, skus, RejudgingStore.Operators(connection),
            RejudgingStore.Stretches(connection, skus.Times,
                (versions.Min(v => v.AfterPosition), versions.Max(v => v.ThroughPosition)), Pace.BlocksPerStretch))
        {
            Pace = Pace,
        };
    }
}
