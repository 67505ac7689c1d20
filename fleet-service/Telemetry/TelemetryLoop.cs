using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Telemetry;
using KioskFleet.Service.Fleet;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Telemetry;

/// <summary>
/// Reads what arrived, takes it apart and writes it in groups. Before each transaction it lets every other writer of
/// the database go first. A group that fails is lost: telemetry is told again.
/// </summary>
internal sealed class TelemetryLoop(
    TelemetryIntake intake, TelemetryStore store, FleetRegister register, TelemetryMetrics metrics,
    TelemetryClock clock, ILogger<TelemetryLoop> log) : BackgroundService
{
    /// <summary>How long a group lets others go first at most; then it takes its turn among them.</summary>
    public static readonly TimeSpan LongestYield = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>Writes what waits now, at most one group; how many messages it took.</summary>
    internal async Task<int> StepAsync(CancellationToken cancellationToken)
    {
        var folded = new List<FoldedMessage>();
        var taken = 0;
        while (taken < clock.Options.MaxGroupMessages && intake.TryNext(out var arrived))
        {
            taken++;
            if (TryFold(arrived) is { } one)
            {
                folded.Add(one);
            }
        }

        if (folded.Count == 0)
        {
            return taken;
        }

        await WriteAsync(folded, cancellationToken);
        return taken;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await intake.WaitAsync(stoppingToken);
                if (await StepAsync(stoppingToken) >= clock.Options.MaxGroupMessages)
                {
                    continue;
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // An end of this loop would be the end of the whole service.
                TelemetryLog.StepFailed(log, error);
            }

            await Task.Delay(
                TimeSpan.FromMilliseconds(clock.Options.GatherMilliseconds), clock.Time, stoppingToken);
        }
    }

    private async Task WriteAsync(List<FoldedMessage> folded, CancellationToken cancellationToken)
    {
        var took = TimeSpan.Zero;
        var (next, refused) = (0, folded.Sum(message => message.Refused));
        try
        {
            while (next < folded.Count)
            {
                await YieldAsync(cancellationToken);
                var began = clock.Time.GetTimestamp();
                (next, var tooMany) = await store.WriteSomeAsync(folded, next, cancellationToken);
                refused += tooMany;
                took += clock.Time.GetElapsedTime(began);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            metrics.Messages("dropped", folded.Count - next);
            TelemetryLog.Failed(log, error, folded.Count - next);
        }

        metrics.Messages("written", next);
        metrics.Wrote(took);
        metrics.Undated(folded.Sum(message => message.Undated));
        metrics.Refused(refused);
    }

    private FoldedMessage? TryFold(ArrivedMessage arrived)
    {
        try
        {
            return Fold(arrived);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            metrics.Messages("dropped", 1);
            TelemetryLog.Failed(log, error, 1);
            return null;
        }
    }

    private FoldedMessage? Fold(ArrivedMessage arrived)
    {
        var (message, receivedUtcMs) = arrived;
        var cabinet = message.Topic.Cabinet;
        if (!TelemetryReader.TryRead(message.Payload, out var read, out var problem))
        {
            metrics.Messages("unreadable", 1);
            TelemetryLog.Unreadable(log, cabinet.Value, problem.ToString());
            return null;
        }

        if (read.Header.Cabinet != cabinet || !IsKnown(cabinet))
        {
            metrics.Messages("unknown", 1);
            return null;
        }

        return TelemetryFold.Fold(read, receivedUtcMs, clock.Options);
    }

    private bool IsKnown(CabinetId cabinet) =>
        register.Current.TryGet(cabinet, out var known) && known.Life != CabinetLife.Retired;

    private async Task YieldAsync(CancellationToken cancellationToken)
    {
        var began = clock.Time.GetTimestamp();
        while (store.WritersWaiting > 0 && clock.Time.GetElapsedTime(began) < LongestYield)
        {
            await Task.Delay(Step, clock.Time, cancellationToken);
        }
    }
}

/// <summary>The lane's settings with the time that they are measured by.</summary>
internal sealed record TelemetryClock(TimeProvider Time, TelemetryOptions Options)
{
    /// <summary>Puts both together.</summary>
    public TelemetryClock(TimeProvider time, IOptions<TelemetryOptions> options) : this(time, options.Value)
    {
    }
}
