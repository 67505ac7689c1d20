using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Replicas;

namespace KioskFleet.Service.Enforcement;

/// <summary>
/// Sends wanted configs down, retained. A config that does not get to the broker stays unsent in the database and is
/// tried again; one that a cabinet lost is asked for by its hello. One loop.
/// </summary>
internal sealed class ConfigCourier(
    EnforcementStore store, WantedConfigs wanted, IBrokerLink broker, Leases leases, TimeProvider time,
    ILogger<ConfigCourier> log) : BackgroundService
{
    private readonly Dictionary<CabinetId, (string Version, long SentAt)> _sent = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var unsent = leases.RunAsync("unsent-configs", LookForUnsentAsync, stoppingToken);
        foreach (var (cabinetId, state) in store.ReadStates())
        {
            wanted.Remember(CabinetId.Parse(cabinetId), state.WantedVersion);
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error)
            {
                // The broker is away, or the database is busy: what is unsent is found again.
                EnforcementLog.NotSent(log, error);
                await Task.Delay(EnforcementLimits.PauseAfterFailure, time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await unsent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// Finds what another service planned and did not send: it may have ended in between. Seldom, because each service
    /// sends its own at once.
    /// </summary>
    private async Task LookForUnsentAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(EnforcementLimits.LookForUnsent, time, stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                foreach (var cabinetId in store.ReadUnsent())
                {
                    wanted.SendAgain(CabinetId.Parse(cabinetId));
                }
            }
            catch (Exception error)
            {
                EnforcementLog.NotSent(log, error);
            }
        }
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        foreach (var cabinet in store.ReadUnsent())
        {
            await SendAsync(CabinetId.Parse(cabinet), stopping);
        }

        await foreach (var cabinet in wanted.ToSend.ReadAllAsync(stopping))
        {
            await SendAsync(cabinet, stopping);
        }
    }

    private async Task SendAsync(CabinetId cabinet, CancellationToken stopping)
    {
        var version = wanted.VersionOf(cabinet);
        if (version.Length == 0 || WasJustSent(cabinet, version)
            || store.ReadConfig(cabinet.Value, version) is not { } payload)
        {
            return;
        }

        await broker.SendDownAsync(new CabinetTopic(cabinet, Lane.Config), payload, retain: true, stopping);
        _sent[cabinet] = (version, time.GetTimestamp());
        await store.MarkSentAsync(
            cabinet.Value, version, time.GetUtcNow().ToUnixTimeMilliseconds(), stopping);
        EnforcementLog.Sent(log, version, cabinet);
    }

    /// <summary>A cabinet that says hello before it has applied what it just got needs no second copy.</summary>
    private bool WasJustSent(CabinetId cabinet, string version) => _sent.TryGetValue(cabinet, out var sent)
        && sent.Version == version && time.GetElapsedTime(sent.SentAt) < EnforcementLimits.SendAgainAfter;
}
