using KioskFleet.Service.Replicas;

namespace KioskFleet.Service.Compliance;

/// <summary>Seals the editions that are due: a minute after the start, then every hour.</summary>
internal sealed class EditionJob(EditionDesk desk, Leases leases, ILogger<EditionJob> log) : BackgroundService
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Seals what is due now.</summary>
    internal async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        foreach (var edition in await Task.Run(() => desk.RunDueAsync(cancellationToken), cancellationToken))
        {
            ComplianceLog.Sealed(log, edition.Number, edition.Window.Name, edition.ContentSha256);
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leases.RunAsync("editions", LoopAsync, stoppingToken);

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(First);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            timer.Period = Interval;
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                ComplianceLog.EditionsFailed(log, error);
            }
        }
    }
}
