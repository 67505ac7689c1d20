using KioskFleet.Service.Findings;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Replicas;

namespace KioskFleet.Service.Enforcement;

/// <summary>
/// Plans soon after the catalogue or a policy changed, without waiting for the next assessment: a product suspended for
/// quality must not be vended any more. Also once after a start: what changed while nothing ran, or was changed by
/// another process, is not left to the next assessment. One loop.
/// </summary>
internal sealed class EnforcementTrigger(
    EnforcementSources sources, EnforcementPlanner planner, Leases leases, TimeProvider time,
    ILogger<EnforcementTrigger> log) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leases.RunAsync("enforcement-planner", LoopAsync, stoppingToken);

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        (long Version, PolicyBook Book)? planned = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested
                || (planned is { } before && sources.Catalogue.Version == before.Version
                    && ReferenceEquals(sources.Policies, before.Book)))
            {
                continue;
            }

            // Taken before planning: a change that comes meanwhile is planned next time. Remembered only behind it: a
            // plan that failed is tried again.
            var seen = (sources.Catalogue.Version, sources.Policies);
            try
            {
                var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
                await planner.RunAsync(new CheckMoment(nowUtcMs, sources.Zone.DayOf(nowUtcMs)), stoppingToken);
                planned = seen;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                EnforcementLog.NotPlanned(log, error);
            }
        }
    }
}
