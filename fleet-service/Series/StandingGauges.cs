using KioskFleet.Service.Compliance;
using KioskFleet.Service.Replicas;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Series;

/// <summary>
/// Writes how each cabinet stands now in the window of its own policy, every few minutes: share, headroom and standing.
/// A moment that the server missed is not told later; the next one is.
/// </summary>
internal sealed class StandingGauges(
    StandingsReader standings, SeriesDelivery delivery, IOptions<SeriesOptions> options, Leases leases,
    ILogger<StandingGauges> log) : BackgroundService
{
    /// <summary>The measurement.</summary>
    public const string Measurement = "kf_standing";

    /// <summary>Writes the present moment once; false when the server did not take all of it.</summary>
    internal async Task<bool> TellAsync(CancellationToken cancellationToken)
    {
        if (standings.Understand(StandingsReader.OwnWindow, null) is not WindowAsk.Windows ask)
        {
            throw new InvalidOperationException("The window of each one's own policy is always understood.");
        }

        var utcMs = leases.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var lines = standings.Read(ask)!
            .SelectMany(answer => answer.Judged.Rows
                .Where(row => row.CurrentOperator && answer.Holds(row.PolicyWindow)))
            .Select(row => SeriesLines.Of(row, utcMs));
        return await delivery.TellAsync(lines, cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leases.RunAsync("standing-gauges", LoopAsync, stoppingToken);

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.GaugeSeconds), leases.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Task.Run(() => TellAsync(stoppingToken), stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                SeriesLog.Failed(log, error);
            }
        }
    }
}
