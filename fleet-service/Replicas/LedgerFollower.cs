using KioskFleet.Service.Storage;

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
    /// <summary>
    /// While cabinets always wait for receipts, a step is followed by so many times its length of pause; while they
    /// wait for a part of the time, by that part of it.
    /// </summary>
    private const int PauseInSteps = 24;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

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
        await leases.RunAsync(work, FollowAsync, stoppingToken);
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        Begin();
        var receipts = new ReceiptLoad(leases.Writers, Time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var began = Time.GetTimestamp();
                if (await StepAsync(stoppingToken))
                {
                    await MakeWayAsync(receipts.Share() * Time.GetElapsedTime(began), stoppingToken);
                    continue;
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                if (!leases.IsAway(error))
                {
                    Tell(error);
                }
            }

            await Task.Delay(idle, Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task MakeWayAsync(TimeSpan step, CancellationToken stoppingToken)
    {
        var pause = PauseInSteps * step;
        if (pause >= ShortestPause)
        {
            await Task.Delay(pause < LongestPause ? pause : LongestPause, Time, stoppingToken);
        }
    }

    /// <summary>
    /// For which part of the time since the last look cabinets waited for receipts; all of it when they do now, so that
    /// a load which begins is not met by steps that are measured by the rest before it. That they do not wait at this
    /// moment says little: of several services each has its turn at the database only now and then.
    /// </summary>
    private sealed class ReceiptLoad(WriterGate writers, TimeProvider time)
    {
        private TimeSpan _awaited = writers.ReceiptsAwaited;
        private long _looked = time.GetTimestamp();

        public double Share()
        {
            var (awaited, now) = (writers.ReceiptsAwaited, time.GetTimestamp());
            var passed = time.GetElapsedTime(_looked, now);
            var share = writers.AreReceiptsAwaited ? 1
                : passed > TimeSpan.Zero ? Math.Clamp((awaited - _awaited) / passed, 0, 1) : 0;
            (_awaited, _looked) = (awaited, now);
            return share;
        }
    }
}
