namespace KioskFleet.Service.Storage;

/// <summary>
/// Follows the ledger in the background, one step after another. A step that fails is told and tried again later: it
/// never ends the service that keeps the sales.
/// </summary>
/// <param name="time">The time that it waits by.</param>
/// <param name="idle">How long it waits when there was nothing to do, or after a failure.</param>
internal abstract class LedgerFollower(TimeProvider time, TimeSpan idle) : BackgroundService
{
    /// <summary>The time that it waits by.</summary>
    protected TimeProvider Time => time;

    /// <summary>Does one step; false when there was nothing to do. One caller at a time.</summary>
    internal abstract Task<bool> StepAsync(CancellationToken cancellationToken);

    /// <summary>Tells of a step that failed.</summary>
    protected abstract void Tell(Exception error);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await StepAsync(stoppingToken))
                {
                    continue;
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                Tell(error);
            }

            await Task.Delay(idle, Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
