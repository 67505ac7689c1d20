using System.Threading.Channels;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Replicas;

namespace KioskFleet.Service.Rejudging;

/// <summary>Runs the sweep at start and after each change of the catalogue.</summary>
internal sealed class RejudgingJob(
    RejudgingSweep sweep, CurrentCatalogue catalogue, Leases leases, ILogger<RejudgingJob> log) : BackgroundService
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(30);

    // One waiting signal stands for any number of changes.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leases.RunAsync("rejudging", LoopAsync, stoppingToken);

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        catalogue.Replaced += Wake;
        try
        {
            Wake();
            await foreach (var _ in _wake.Reader.ReadAllAsync(stoppingToken))
            {
                await RunOnceAsync(stoppingToken);
            }
        }
        finally
        {
            catalogue.Replaced -= Wake;
        }
    }

    private async Task RunOnceAsync(CancellationToken stoppingToken)
    {
        try
        {
            await sweep.RunAsync(stoppingToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            RejudgingLog.Failed(log, error);
            await Task.Delay(PauseAfterFailure, stoppingToken);
            Wake();
        }
    }

    private void Wake() => _wake.Writer.TryWrite(true);
}
