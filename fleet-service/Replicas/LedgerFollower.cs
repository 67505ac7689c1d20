namespace KioskFleet.Service.Replicas;

/// <summary>
/// Follows the ledger in the background, one step after another, in one service of all. A step that fails is told and
/// tried again later: it never ends the service that keeps the sales. While cabinets wait for receipts it takes a part
/// of the time only, and comes up when they are in step.
/// </summary>
/// <param name="leases">They say which service follows.</param>
/// <param name="work">The work's name among the leases.</param>
/// <param name="idle">How long it waits when there was nothing to do, or after a failure.</param>
internal abstract class LedgerFollower(Leases leases, string work, TimeSpan idle) : BackgroundService
{
    /// <summary>While cabinets wait for receipts, a step is followed by so many times its length of pause.</summary>
    private const int PauseInSteps = 12;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>The time that it waits by.</summary>
    protected TimeProvider Time => leases.Time;

    /// <summary>Does one step; false when there was nothing to do. One caller at a time.</summary>
    internal abstract Task<bool> StepAsync(CancellationToken cancellationToken);

    /// <summary>The work came to this service: what it remembers of the far side may be old.</summary>
    protected virtual void Begin()
    {
    }

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
        Begin();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var (receipts, began) = (leases.Writers.FirstTurns, Time.GetTimestamp());
                if (await StepAsync(stoppingToken))
                {
                    if (leases.Writers.FirstTurns != receipts)
                    {
                        await MakeWayAsync(Time.GetElapsedTime(began), stoppingToken);
                    }

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

    private Task MakeWayAsync(TimeSpan step, CancellationToken stoppingToken)
    {
        var pause = PauseInSteps * step;
        return Task.Delay(pause < LongestPause ? pause : LongestPause, Time, stoppingToken);
    }
}
