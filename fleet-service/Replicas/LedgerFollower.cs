namespace KioskFleet.Service.Replicas;

/// <summary>
/// Follows the ledger in the background, one step after another, in one service of all. A step that fails is told and
/// tried again later: it never ends the service that keeps the sales.
/// </summary>
/// <param name="leases">They say which service follows.</param>
/// <param name="work">The work's name among the leases.</param>
/// <param name="idle">How long it waits when there was nothing to do, or after a failure.</param>
internal abstract class LedgerFollower(Leases leases, string work, TimeSpan idle) : BackgroundService
{
    /// <summary>The time that it waits by.</summary>
    protected TimeProvider Time => leases.Time;

    /// <summary>Does one step; false when there was nothing to do. One caller at a time.</summary>
    internal abstract Task<bool> StepAsync(CancellationToken cancellationToken);

    /// <summary>Tells of a step that failed.</summary>
    protected abstract void Tell(Exception error);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await leases.RunAsync(work, FollowAsync, stoppingToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
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
