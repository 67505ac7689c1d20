using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Rejudging;

/// <summary>What one pass over the ledger has to do.</summary>
/// <param name="Catalogue">The snapshot that everything in it is judged by; it holds all versions of the pass.</param>
/// <param name="Versions">The versions, ascending; at least one.</param>
/// <param name="Skus">What they affect.</param>
/// <param name="Operators">The operator of each assignment.</param>
/// <param name="Stretches">The positions to read, first and last inside, in order.</param>
internal sealed record RejudgingPlan(
    CatalogueSnapshot Catalogue, IReadOnlyList<SweptVersion> Versions, AffectedSkus Skus,
    IReadOnlyDictionary<long, string> Operators, IReadOnlyList<(long First, long Last)> Stretches)
{
    /// <summary>How the work is cut into pieces.</summary>
    public RejudgingPace Pace { get; init; } = new();
}

/// <summary>
/// One pass: stretches of the ledger are read side by side outside the writers' queue, and what they find is judged and
/// written in order, a bounded number of sales in each turn, together with the cursor. A pass that ends anywhere goes
/// on from there. One caller.
/// </summary>
internal sealed class RejudgingPass : IDisposable
{
    private readonly FleetDatabase _database;
    private readonly RejudgingPlan _plan;
    private readonly TimeProvider _time;
    private readonly AffectedSaleCursor _sales;
    private readonly LedgerSession _session;
    private readonly RejudgementBook _book;
    private readonly RejudgingStore _store;
    private readonly List<AffectedSale> _waiting = [];
    private (long Id, CabinetId Cabinet, long CatalogueVersion) _batch;
    private long _written;

    /// <summary>Prepares the pass.</summary>
    public RejudgingPass(FleetDatabase database, RejudgingPlan plan, TimeProvider time)
    {
        _database = database;
        _plan = plan;
        _time = time;
        _sales = new AffectedSaleCursor(database, plan.Skus, plan.Operators);
        _session = new LedgerSession(database);
        _book = new RejudgementBook(_session);
        _store = new RejudgingStore(_session.Connection);
        _written = plan.Versions.Min(v => v.AfterPosition);
    }

    /// <summary>Sales that changed.</summary>
    public long Changed { get; private set; }

    /// <summary>Runs to the end, where the versions are finished.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var readings = new Queue<(long Last, Task<IReadOnlyList<AffectedSale>> Sales)>();
        try
        {
            foreach (var (first, last) in _plan.Stretches)
            {
                if (readings.Count == _plan.Pace.Readers)
                {
                    await TakeAsync(readings.Dequeue(), cancellationToken);
                }

                readings.Enqueue((last,
                    Task.Run(() => _sales.Read(first, last, cancellationToken), cancellationToken)));
            }

            while (readings.TryDequeue(out var reading))
            {
                await TakeAsync(reading, cancellationToken);
            }

            await WriteAsync(_plan.Versions.Max(v => v.ThroughPosition), cancellationToken);
            await FinishAsync(cancellationToken);
        }
        finally
        {
            // After a failure the others end before their results are left behind.
            await Task.WhenAll(readings.Select(Task (r) => r.Sales))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _store.Dispose();
        _session.Dispose();
    }

    private async Task TakeAsync(
        (long Last, Task<IReadOnlyList<AffectedSale>> Sales) reading, CancellationToken cancellationToken)
    {
        _waiting.AddRange(await reading.Sales);
        if (_waiting.Count >= _plan.Pace.SalesPerTurn
            || reading.Last - _written >= _plan.Pace.PositionsPerMark)
        {
            await WriteAsync(reading.Last, cancellationToken);
        }
    }

    /// <summary>Writes all that waits, up to a position.</summary>
    private async Task WriteAsync(long through, CancellationToken cancellationToken)
    {
        var sales = _waiting.ToArray();
        for (var done = 0; done < sales.Length || through > _written; done += _plan.Pace.SalesPerTurn)
        {
            var turn = sales.AsMemory(done, Math.Min(sales.Length - done, _plan.Pace.SalesPerTurn));
            var isLast = done + turn.Length == sales.Length;
            await WriteAsync(turn, isLast ? through : turn.Span[^1].Position, cancellationToken);
        }

        _waiting.Clear();
    }

    private async Task WriteAsync(
        ReadOnlyMemory<AffectedSale> sales, long through, CancellationToken cancellationToken)
    {
        using var turn = await _database.Writers.EnterAsync(cancellationToken);
        _session.Begin();
        try
        {
            var nowUtcMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
            var tallies = _plan.Versions.ToDictionary(v => v.Version, _ => new RejudgingTally());
            foreach (var sale in sales.Span)
            {
                Judge(sale, tallies, nowUtcMs);
            }

            foreach (var version in _plan.Versions)
            {
                _store.Advance(version, tallies[version.Version], _written, through);
            }

            _session.Commit();
            _written = through;
            Changed += tallies.Values.Sum(t => t.Changed);
        }
        catch (Exception error) when (error is not CommitOutcomeUnknownException)
        {
            _session.Rollback();
            throw;
        }
    }

    private void Judge(AffectedSale sale, Dictionary<long, RejudgingTally> tallies, long nowUtcMs)
    {
        if (_batch.Id != sale.BatchId)
        {
            var (cabinet, version) = _store.BatchOf(sale.BatchId);
            _batch = (sale.BatchId, cabinet, version);
        }

        if (PresentOf(sale) is not { } present)
        {
            return;
        }

        var outcome = RejudgingRule.Judge(sale, present, _plan.Catalogue);
        foreach (var version in outcome.Examined)
        {
            tallies[version.Version].Examined++;
        }

        if (outcome.Rejudged is { } rejudged)
        {
            var counted = new CountedSale(sale.Position, _batch.Cabinet, sale.AssignmentId, sale.BusinessDay);
            var refunds = _book.Correct(counted, rejudged, nowUtcMs);
            tallies[rejudged.CatalogueVersion].Add(rejudged.Change, outcome.MovedFen, refunds);
        }
    }

    /// <summary>How a sale counts now; null while it counts nothing.</summary>
    private PresentJudgement? PresentOf(AffectedSale sale)
    {
        if (_session.Corrections.LastOf(sale.Position) is { } last)
        {
            return sale.State == EntryState.Quarantined && _session.Successions.CountedFor(sale.Position) is not null
                ? null
                : new PresentJudgement(last.Classes, last.CatalogueVersion);
        }

        return sale.State == EntryState.Counted
            ? new PresentJudgement(sale.ClassesAtCommit, _batch.CatalogueVersion)
            : null;
    }

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        var nowUtcMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        await _database.WriteAsync((connection, _) =>
        {
            RejudgingStore.Finish(connection, _plan.Versions, nowUtcMs);
            return _plan.Versions.Count;
        }, cancellationToken);
    }
}
