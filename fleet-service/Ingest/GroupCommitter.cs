using KioskFleet.Service.Broker;
using KioskFleet.Service.Ledger;

namespace KioskFleet.Service.Ingest;

/// <summary>
/// Commits what the checking threads let through: everything that waits, up to a limit, in one transaction, and answers
/// after the commit. Hellos are heard first: they are few bytes, and what they say is shown while batches wait. While
/// one group is committed the next one gathers; where several services write in turn, a group grows by all that came
/// until its turn. One loop.
/// </summary>
internal sealed class GroupCommitter(
    LedgerWriter ledger, GreetingWriter greetings, IngestAnswers answers, ByteBudget budget, IngestMetrics metrics,
    ILogger<GroupCommitter> log)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly List<IngestItem.Batch> _batches = [];
    private readonly List<IngestItem.Greeting> _greetings = [];
    private readonly List<IngestItem.Refused> _refused = [];
    private readonly List<IngestItem.Refused> _answered = [];
    private int _entries;
    private int _bytes;

    /// <summary>False while the ledger cannot be written.</summary>
    public bool IsHealthy { get; private set; } = true;

    /// <summary>Runs until the channel is completed and empty, or cancelled.</summary>
    public async Task RunAsync(
        FairQueue<IngestItem> items, int maxGroupEntries, CancellationToken cancellationToken)
    {
        while (await items.WaitToReadAsync(cancellationToken))
        {
            var begun = answers.GroupBegun();
            Gather(items, maxGroupEntries);
            try
            {
                await HearAsync(isAnswered: false, cancellationToken);
                var isCommitted = await CommitAsync(() => GatherLate(items, maxGroupEntries), cancellationToken);
                await HearAsync(isAnswered: false, cancellationToken);
                if (isCommitted)
                {
                    _refused.AddRange(_answered);
                    await HearAsync(isAnswered: true, cancellationToken);
                    answers.GroupDone(_batches.Sum(b => b.Verified.Batch.Count), begun);
                }
            }
            finally
            {
                budget.Return(_bytes);
                (_entries, _bytes) = (0, 0);
                _batches.Clear();
                _greetings.Clear();
                _refused.Clear();
                _answered.Clear();
            }
        }
    }

    private void Gather(FairQueue<IngestItem> items, int maxGroupEntries)
    {
        while (_entries < maxGroupEntries && items.TryRead(out var item))
        {
            _bytes += item.PayloadBytes;
            switch (item)
            {
                case IngestItem.Batch batch:
                    _batches.Add(batch);
                    _entries += batch.Verified.Batch.Count;
                    break;
                case IngestItem.Greeting greeting:
                    _greetings.Add(greeting);
                    _entries++;
                    break;
                case IngestItem.Refused refused:
                    _refused.Add(refused);
                    _entries++;
                    break;
                default:
                    throw new InvalidOperationException($"There is no way for {item.GetType().Name}.");
            }
        }
    }

    /// <summary>The batches among what came until the group's turn; the rest is heard after it.</summary>
    private IEnumerable<VerifiedBatch> GatherLate(FairQueue<IngestItem> items, int maxGroupEntries)
    {
        var before = _batches.Count;
        Gather(items, maxGroupEntries);
        return _batches.Skip(before).Select(batch => batch.Verified);
    }

    /// <summary>Commits and answers the batches; false when that failed.</summary>
    private async Task<bool> CommitAsync(Func<IEnumerable<VerifiedBatch>> late, CancellationToken cancellationToken)
    {
        if (_batches.Count == 0)
        {
            return true;
        }

        IReadOnlyList<CommitOutcome> outcomes;
        try
        {
            var started = TimeProvider.System.GetTimestamp();
            outcomes = await ledger.CommitAsync([.. _batches.Select(b => b.Verified)], cancellationToken, late);
            metrics.Committed(TimeProvider.System.GetElapsedTime(started));
            IsHealthy = true;
        }
        catch (CommitOutcomeUnknownException error)
        {
            // Neither yes nor no can be said: the agents ask again, and the head answers.
            await FailedAsync(error, cancellationToken);
            return false;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            await Task.WhenAll(_batches.Select(b => answers.BusyAsync(b, b.Verified.Journal)));
            await FailedAsync(error, cancellationToken);
            return false;
        }

        // All at once: an external broker acknowledges each receipt, and a group may hold thousands.
        var evidence = await Task.WhenAll(_batches.Select((b, i) => answers.DecidedAsync(b, outcomes[i])));
        _answered.AddRange(evidence.OfType<IngestItem.Refused>());
        return true;
    }

    /// <summary>
    /// Hears the hellos and keeps the evidence that were gathered in one transaction, then answers what was not
    /// answered yet.
    /// </summary>
    private async Task HearAsync(bool isAnswered, CancellationToken cancellationToken)
    {
        if (_greetings.Count + _refused.Count == 0)
        {
            return;
        }

        try
        {
            var outcomes = await greetings.WriteAsync(_greetings, _refused, cancellationToken);
            IsHealthy = true;
            await Task.WhenAll(_greetings.Select((g, i) => answers.HeardAsync(g, outcomes[i])));
            if (!isAnswered)
            {
                await Task.WhenAll(_refused.Select(answers.RefusedAsync));
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            await Task.WhenAll(_greetings.Select(g => answers.BusyAsync(g, g.Hello.Journal)));
            await FailedAsync(error, cancellationToken);
        }
        finally
        {
            _greetings.Clear();
            _refused.Clear();
        }
    }

    private async Task FailedAsync(Exception error, CancellationToken cancellationToken)
    {
        IsHealthy = false;
        var waiting = _batches.Count + _greetings.Count;
        if (error is CommitOutcomeUnknownException)
        {
            IngestLog.CommitUnknown(log, waiting, error);
        }
        else
        {
            IngestLog.CommitFailed(log, waiting, error);
        }

        await Task.Delay(PauseAfterFailure, cancellationToken);
    }
}
