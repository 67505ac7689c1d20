using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Uplink;

namespace KioskFleet.Agent.Hosting;

/// <summary>
/// Applies the retention of committed entries every hour, while the service confirms what is committed. A failure waits
/// for the next.
/// </summary>
internal sealed class RetentionLoop(
    JournalStore store, UplinkMonitor uplink, TimeProvider time, ILogger<RetentionLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            if (!uplink.Status.CommittedIsConfirmed)
            {
                await Task.Delay(AskAgain, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

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
