using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Uplink;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Clock;

namespace KioskFleet.Agent.Telemetry;

/// <summary>
/// Listens to every source, cuts samples every so often, keeps them and lays them ready for the uplink. Nothing ends it
/// but the agent's stop, and nothing of it ends anything else.
/// </summary>
internal sealed class TelemetryLoop(
    TelemetryParts parts, IEnumerable<ITelemetrySource> sources, JournalStore journals, UplinkMonitor uplink,
    TimeProvider time, ILogger<TelemetryLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1);
    private readonly CutRule _rule = new(
        parts.Settings.IntervalSeconds * 1_000L, parts.Settings.FullMinutes * 60_000L);

    private readonly LogPace _turnFailures = new(time);
    private readonly LogPace _factFailures = new(time);

    private long _changes = 1;
    private long _laid;

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        parts.Keep.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var listening = sources.Select(source => Task.Run(
            () => ListenAsync(source, stoppingToken), CancellationToken.None)).ToList();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                TakeTurn();
            }
            catch (Exception exception)
            {
                if (_turnFailures.IsDue())
                {
                    TelemetryLog.TurnFailed(logger, exception);
                }
            }

            await Task.Delay(Turn, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(listening);
    }

    /// <summary>One turn: cut when it is time, take away what was sent, lay the newest ready.</summary>
    internal void TakeTurn()
    {
        var nowMs = time.GetTimestamp() * 1_000 / time.TimestampFrequency;
        var cut = _rule.Next(nowMs, parts.Desk.IsUrgent, uplink.Status.Connects);
        if (cut != Cut.None)
        {
            CutNow(cut == Cut.Full);
        }

        var sent = parts.Lane.TakeSent();
        if (sent.Count > 0)
        {
            parts.Keep.Remove(sent);
            _changes++;
        }

        if (_laid != _changes)
        {
            _laid = _changes;
            var newest = parts.Keep.Newest(Limits.MaxTelemetrySamples);
            parts.Lane.Lay(new ReadySamples(newest, ClocksOf(newest)));
        }
    }

    private void CutNow(bool full)
    {
        TakeOwnFacts();
        var samples = parts.Desk.Cut(full)
            .SelectMany(sample => SampleEncoding.Encode(sample).Select(bytes => (sample.Time.Boot, bytes))).ToList();
        if (samples.Count > 0)
        {
            parts.Keep.Add(samples);
            _changes++;
        }
    }

    /// <summary>A disk that cannot be asked costs the agent's own facts, never what sources tell.</summary>
    private void TakeOwnFacts()
    {
        try
        {
            parts.Desk.TakeOwn(parts.Facts.Gather());
        }
        catch (Exception exception)
        {
            if (_factFailures.IsDue())
            {
                TelemetryLog.OwnFactsFailed(logger, exception);
            }
        }
    }

    private List<ClockObservation> ClocksOf(IReadOnlyList<StoredSample> samples) =>
        [.. samples.Select(sample => sample.Boot).Distinct().Take(Limits.MaxClockObservations)
            .Select(boot => journals.Current.ObservationOf(boot) ?? journals.Closed.Reverse()
                .Select(closed => closed.ObservationOf(boot)).FirstOrDefault(found => found is not null))
            .OfType<ClockObservation>()];

    private async Task ListenAsync(ITelemetrySource source, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var outcome = await source.NextAsync(stopping);
                if (parts.Desk.Take(source.Name, outcome) && outcome is SourceOutcome.Failed failed)
                {
                    TelemetryLog.SourceFailed(logger, source.Name, failed.Why);
                }

                if (outcome is SourceOutcome.Told && !parts.Desk.IsWell(source.Name))
                {
                    source.Refused();
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                TelemetryLog.TurnFailed(logger, exception);
                await Task.Delay(Turn, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
