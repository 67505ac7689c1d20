using KioskFleet.Protocol.Telemetry;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Telemetry;

namespace KioskFleet.Service.Alerts;

/// <summary>Judges every cabinet every minute and writes what changed, with its notices, in one transaction.</summary>
internal sealed class AlertCheck(
    AlertStore store, AlertSources sources, AlertTerms terms, AlertMetrics metrics, Leases leases,
    ILogger<AlertCheck> log) : BackgroundService
{
    private long _listeningSinceUtcMs = terms.NowUtcMs;

    /// <summary>Makes one check; how many alerts opened and closed.</summary>
    internal async Task<(int Opened, int Closed)> CheckAsync(CancellationToken cancellationToken)
    {
        sources.Rhythms.Follow(cancellationToken);
        var nowUtcMs = terms.NowUtcMs;
        if (!sources.Link.IsReady)
        {
            // Without its broker this service is deaf: the silence is not the cabinets'.
            _listeningSinceUtcMs = nowUtcMs;
        }

        var steps = Plan(nowUtcMs, cancellationToken);
        if (steps.Count == 0)
        {
            return (0, 0);
        }

        var fleet = sources.Register.Current;
        await store.TakeAsync(
            [.. steps], nowUtcMs, (step, id) => NoticesOf(step, id, nowUtcMs, fleet), cancellationToken);
        foreach (var step in steps)
        {
            switch (step)
            {
                case AlertStep.Open open:
                    metrics.Alert(open.Sign.Key.Kind, AlertEvent.Opened);
                    break;
                case AlertStep.Close close:
                    metrics.Alert(close.Alert.Key.Kind, AlertEvent.Closed);
                    break;
            }
        }

        var (opened, closed) = (steps.OfType<AlertStep.Open>().Count(), steps.OfType<AlertStep.Close>().Count());
        if (opened + closed > 0)
        {
            AlertLog.Checked(log, opened, closed);
        }

        return (opened, closed);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leases.RunAsync("alert-check", LoopAsync, stoppingToken);

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(terms.Options.CheckSeconds), terms.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Task.Run(() => CheckAsync(stoppingToken), stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                AlertLog.CheckFailed(log, error);
            }
        }
    }

    private List<AlertStep> Plan(long nowUtcMs, CancellationToken cancellationToken)
    {
        var known = new Known(
            store.Live().ToLookup(alert => alert.Key.Cabinet), store.Hellos(),
            sources.Telemetry.Heard().ToDictionary(one => one.Cabinet),
            sources.Telemetry.StatesSince(0).ToLookup(state => state.Cabinet, state => state.Reading));
        var steps = new List<AlertStep>();
        foreach (var cabinet in sources.Register.Current.Cabinets)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                steps.AddRange(StepsOf(cabinet, known, nowUtcMs));
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // Its alerts stay as they are; those of all others go on.
                AlertLog.CabinetFailed(log, error, cabinet.Id.Value);
            }
        }

        return steps;
    }

    private IReadOnlyList<AlertStep> StepsOf(CabinetModel cabinet, Known known, long nowUtcMs)
    {
        var id = cabinet.Id.Value;
        List<LiveAlert> before = [.. known.Live[id]];
        if (cabinet.LifeAt(nowUtcMs) != CabinetLife.Active)
        {
            // Out of service: nothing is wrong with it any more.
            return AlertPlan.Of(before, new AlertVerdict([], new HashSet<AlertKind>()));
        }

        var told = known.Heard.GetValueOrDefault(id);
        var hello = known.Hellos.GetValueOrDefault(id);
        List<StoredReading> readings = [.. known.States[id]];
        var heardUtcMs = sources.Link.IsConnected(cabinet.Id) ? nowUtcMs : Math.Max(
            cabinet.RegisteredUtcMs, Math.Max(told?.ReceivedUtcMs ?? 0, hello?.HeardUtcMs ?? 0));
        var facts = new CabinetFacts(id, nowUtcMs, _listeningSinceUtcMs, heardUtcMs, told, readings,
            UnsentOf(readings, hello), sources.Rhythms.Of(id), before);
        return AlertPlan.Of(before, AlertRules.Judge(facts, terms.Options));
    }

    /// <summary>What is told of a step; nothing when it cannot be said, so that the other steps are taken.</summary>
    private IEnumerable<NoticeDraft> NoticesOf(AlertStep step, long alertId, long nowUtcMs, FleetSnapshot fleet)
    {
        try
        {
            return terms.NoticesOf(step, alertId, nowUtcMs, fleet);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            AlertLog.NoticeFailed(log, error, alertId);
            return [];
        }
    }

    /// <summary>Whichever of hello and telemetry is newer says what waits on the cabinet.</summary>
    private static (long AgeMs, long AtUtcMs)? UnsentOf(List<StoredReading> readings, HeardHello? hello)
    {
        var backlog = readings.Find(reading => reading.Key.Kind == TelemetryKind.Backlog);
        if (backlog is not null && backlog.MeasuredUtcMs >= (hello?.HeardUtcMs ?? 0))
        {
            return backlog.Extra is { } ageMs ? (ageMs, backlog.MeasuredUtcMs) : null;
        }

        return hello?.OldestUnsentUtcMs is { } oldest ? (hello.HeardUtcMs - oldest, hello.HeardUtcMs) : null;
    }

    /// <summary>What a check knows of all cabinets, by cabinet.</summary>
    private sealed record Known(
        ILookup<string, LiveAlert> Live, IReadOnlyDictionary<string, HeardHello> Hellos,
        IReadOnlyDictionary<string, HeardCabinet> Heard, ILookup<string, StoredReading> States);
}

/// <summary>Where the facts of a check come from.</summary>
internal sealed record AlertSources(
    FleetRegister Register, TelemetryStore Telemetry, IBrokerLink Link, SaleRhythms Rhythms);
