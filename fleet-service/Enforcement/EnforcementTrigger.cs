using KioskFleet.Service.Findings;

namespace KioskFleet.Service.Enforcement;

/// <summary>
/// Plans soon after the catalogue or a policy changed, without waiting for the next assessment: a product suspended for
/// quality must not be vended any more. One loop.
/// </summary>
internal sealed class EnforcementTrigger(
    EnforcementSources sources, EnforcementPlanner planner, TimeProvider time, ILogger<EnforcementTrigger> log)
    : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var (version, book) = (sources.Catalogue.Version, sources.Policies);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested
                || (sources.Catalogue.Version == version && ReferenceEquals(sources.Policies, book)))
            {
                continue;
            }

            // Taken before planning: a change that comes meanwhile is planned next time.
            (version, book) = (sources.Catalogue.Version, sources.Policies);
            try
            {
                var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
                await planner.RunAsync(new CheckMoment(nowUtcMs, sources.Zone.DayOf(nowUtcMs)), stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                EnforcementLog.NotPlanned(log, error);
            }
        }
    }
}
