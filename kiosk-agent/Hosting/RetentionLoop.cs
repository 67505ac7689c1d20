using KioskFleet.Agent.Journal;

namespace KioskFleet.Agent.Hosting;

/// <summary>
/// Applies the retention of committed entries, at the start and then every hour. A failure waits for the next.
/// </summary>
internal sealed class RetentionLoop(JournalStore store, TimeProvider time, ILogger<RetentionLoop> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                store.ApplyRetention(time.GetUtcNow());
            }
            catch (Exception exception)
            {
                HostingLog.RetentionFailed(logger, exception);
            }

            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
