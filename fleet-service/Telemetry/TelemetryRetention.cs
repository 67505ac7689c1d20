using KioskFleet.Service.Replicas;

namespace KioskFleet.Service.Telemetry;

/// <summary>Forgets old hours and things that nobody tells of any more, every ten minutes and in small bites.</summary>
internal sealed class TelemetryRetention(
    TelemetryStore store, TelemetryClock clock, Leases leases, ILogger<TelemetryRetention> log) : BackgroundService
{
    private const long Day = 24 * TelemetryHour.Milliseconds;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>Forgets all that is old now.</summary>
    internal async Task ForgetAsync(CancellationToken cancellationToken)
    {
        var nowUtcMs = clock.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var beforeHour = (nowUtcMs - clock.Options.HourDays * Day) / TelemetryHour.Milliseconds;
        while (await store.ForgetAsync(beforeHour, nowUtcMs - clock.Options.StateDays * Day, cancellationToken) > 0)
        {
            await Task.Yield();
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leases.RunAsync("telemetry-retention", LoopAsync, stoppingToken);

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ForgetAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                TelemetryLog.ForgettingFailed(log, error);
            }
        }
    }
}
