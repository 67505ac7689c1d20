using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Telemetry;
using KioskFleet.Service.Fleet;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Telemetry;

/// <summary>
/// Reads what arrived, takes it apart and writes it in groups. Before each group it lets every other writer of the
/// database go first. A group that fails is lost: telemetry is told again.
/// </summary>
internal sealed class TelemetryLoop(
    TelemetryIntake intake, TelemetryStore store, FleetRegister register, TelemetryMetrics metrics,
    TelemetryClock clock, ILogger<TelemetryLoop> log) : BackgroundService
{
    /// <summary>How long a group lets others go first at most; then it takes its turn among them.</summary>
    public static readonly TimeSpan LongestYield = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private readonly Dictionary<string, long> _heard = [];

    /// <summary>Writes what waits now, at most one group; how many messages it took.</summary>
    internal async Task<int> StepAsync(CancellationToken cancellationToken)
    {
        var folded = new List<FoldedMessage>();
        var taken = 0;
        while (taken < clock.Options.MaxGroupMessages && intake.Arrived.TryRead(out var arrived))
        {
            taken++;
            if (Fold(arrived) is { } one)
            {
                folded.Add(one);
            }
        }

        if (folded.Count == 0)
        {
            return taken;
        }

        await YieldAsync(cancellationToken);
        var began = clock.Time.GetTimestamp();
        try
        {
            await store.WriteAsync(folded, cancellationToken);
            metrics.Messages("written", folded.Count);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            metrics.Messages("dropped", folded.Count);
            TelemetryLog.Failed(log, error, folded.Count);
        }

        metrics.Wrote(clock.Time.GetElapsedTime(began));
        metrics.Undated(folded.Sum(message => message.Undated));
        return taken;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        foreach (var heard in store.Heard())
        {
            _heard[heard.Cabinet] = heard.ReceivedUtcMs;
        }

        while (await intake.Arrived.WaitToReadAsync(stoppingToken))
        {
            if (await StepAsync(stoppingToken) < clock.Options.MaxGroupMessages)
            {
                await Task.Delay(
                    TimeSpan.FromMilliseconds(clock.Options.GatherMilliseconds), clock.Time, stoppingToken);
            }
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

        var folded = TelemetryFold.Fold(read, receivedUtcMs, _heard.GetValueOrDefault(cabinet.Value),
            clock.Options.OnlineGapSeconds * 1_000L);
        _heard[cabinet.Value] = receivedUtcMs;
        return folded;
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
