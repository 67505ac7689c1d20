using KioskFleet.Service.Replicas;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Assessment;

/// <summary>Runs the assessment from time to time.</summary>
internal sealed class AssessmentLoop(
    AssessmentRun run, IOptions<AssessmentOptions> options, Leases leases, TimeProvider time,
    ILogger<AssessmentLoop> log) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leases.RunAsync("assessments", LoopAsync, stoppingToken);

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        if (options.Value.IntervalMinutes == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(options.Value.IntervalMinutes), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await run.RunAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                AssessmentLog.RunFailed(log, error);
            }
        }
    }
}
