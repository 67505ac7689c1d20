using System.Threading.Channels;
using KioskFleet.Agent.Enrolment;
using KioskFleet.Agent.Journal;

namespace KioskFleet.Agent.Uplink;

/// <summary>
/// Links, one after the other, as long as the agent runs. Nothing ends this loop but the agent's stop: whatever a link
/// or a step throws is logged and followed by a back-off.
/// </summary>
internal sealed class UplinkLoop(
    JournalStore store, UplinkConnector connector, IUplinkTransport transport, IdentityFolder identity,
    UplinkServices services, ILogger<UplinkLoop> logger) : BackgroundService
{
    /// <summary>
    /// Signals of one link that may wait; receipts beyond these are lost, and lost receipts are harmless.
    /// </summary>
    public const int MaxSignals = 64;

    private readonly SenderRoster _roster = new(store, services.Settings.Sender);
    private int _failures;
    private long _linkedMs;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host starts its services one after the other; the first connect must not hold the others.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var reason = await RunGuardedAsync(stoppingToken);
            await EndLinkAsync(reason);
            if (services.NowMs - _linkedMs >= services.Settings.ReconnectCapSeconds * 1_000L)
            {
                _failures = 0;
            }

            // Links that end at once, one after the other, must not become a storm.
            await Task.Delay(TimeSpan.FromMilliseconds(services.BackOffMs(_failures++)), services.Time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<string> RunGuardedAsync(CancellationToken stopping)
    {
        _linkedMs = services.NowMs;
        try
        {
            var reason = await RunLinkAsync(stopping);
            UplinkLog.LinkEnded(logger, reason);
            return reason;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return "the agent stops";
        }
        catch (UplinkBrokenException exception)
        {
            UplinkLog.LinkEnded(logger, exception.Message);
            return exception.Message;
        }
        catch (Exception exception)
        {
            services.Metrics.Failed();
            UplinkLog.LoopFailed(logger, exception);
            return exception.Message;
        }
    }

    private async Task<string> RunLinkAsync(CancellationToken stopping)
    {
        var signals = Channel.CreateBounded<UplinkSignal>(
            new BoundedChannelOptions(MaxSignals)
            {
                FullMode = BoundedChannelFullMode.DropOldest,
                SingleReader = true,
            });
        var callbacks = new UplinkCallbacks(
            (topic, payload) => signals.Writer.TryWrite(
                new UplinkSignal.Received(topic, payload, services.Clock.MonotonicMs)),
            reason => signals.Writer.TryWrite(new UplinkSignal.Lost(reason)));
        var target = await connector.ConnectAsync(callbacks, stopping);
        services.Metrics.Linked();
        services.Monitor.Update(status => status with
        {
            Link = LinkState.Connected,
            Cabinet = target.Cabinet.Value,
            ConnectedWallUtcMs = services.Clock.WallUtcMs,
            Connects = status.Connects + 1,
            LastError = "",
        });
        using var signer = identity.OpenOrCreateKey();
        var composer = new MessageComposer(target.Cabinet, signer, services.Clock, store, services.Configs);
        var driver = new SenderDriver(store, _roster, transport, composer, services, logger)
        {
            EnrolAgain = connector.EnrolAgainAsync,
        };
        _linkedMs = services.NowMs;
        return await new UplinkSession(store, _roster, driver, services, logger) { Cabinet = target.Cabinet }
            .RunAsync(signals.Reader, stopping);
    }

    private async Task EndLinkAsync(string reason)
    {
        try
        {
            await transport.DropAsync();
        }
        catch (Exception exception)
        {
            UplinkLog.LoopFailed(logger, exception);
        }

        _roster.LinkDown(services.NowMs);
        services.Monitor.Update(status => status with
        {
            Link = LinkState.Connecting,
            CommittedIsConfirmed = false,
            ConnectedWallUtcMs = 0,
            LastError = reason,
        });
    }
}
