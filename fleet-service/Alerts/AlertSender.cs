using KioskFleet.Service.Replicas;

namespace KioskFleet.Service.Alerts;

/// <summary>
/// Puts due notices together into messages and sends them, one channel after the other. A channel that fails holds no
/// other up: its messages wait for their next time.
/// </summary>
internal sealed class AlertSender(
    AlertOutboxStore outbox, IEnumerable<IAlertChannel> channels, AlertTerms terms, AlertMetrics metrics,
    Leases leases, ILogger<AlertSender> log) : BackgroundService
{
    private const long Day = 86_400_000;
    private const int KeepDays = 400;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private long _forgotUtcMs;

    /// <summary>Makes and sends what is due now; how many messages were taken.</summary>
    internal async Task<int> TellAsync(CancellationToken cancellationToken)
    {
        var taken = 0;
        foreach (var channel in channels)
        {
            while (outbox.HasNotices(channel.Name, terms.NowUtcMs)
                && await outbox.FormAsync(channel.Name, terms.MakeMessageId(), terms.NowUtcMs, cancellationToken))
            {
                await Task.Yield();
            }

            // A channel that was switched off keeps its messages for when it is on again.
            foreach (var message in outbox.Due(channel.Name, terms.NowUtcMs))
            {
                taken += await SendAsync(channel, message, cancellationToken) ? 1 : 0;
            }
        }

        return taken;
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leases.RunAsync("alert-sender", LoopAsync, stoppingToken);

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, terms.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await TellAsync(stoppingToken);
                if (terms.NowUtcMs - _forgotUtcMs >= Day)
                {
                    _forgotUtcMs = terms.NowUtcMs;
                    await outbox.ForgetAsync(terms.NowUtcMs - KeepDays * Day, stoppingToken);
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                AlertLog.TellingFailed(log, error);
            }
        }
    }

    private async Task<bool> SendAsync(
        IAlertChannel channel, OutboxMessage message, CancellationToken cancellationToken)
    {
        if (await channel.SendAsync(message, cancellationToken) is not { } why)
        {
            await outbox.SentAsync(message.MessageId, terms.NowUtcMs, cancellationToken);
            metrics.Message(channel.Name, "sent");
            return true;
        }

        var wait = RetryRule.WaitMs(message.Attempts + 1, terms.Options.Retry);
        await outbox.FailedAsync(message.MessageId, terms.NowUtcMs + wait, why, cancellationToken);
        metrics.Message(channel.Name, wait is null ? "dead" : "failed");
        AlertLog.NotTaken(log, message.MessageId, channel.Name, why);
        if (wait is null)
        {
            AlertLog.Dead(log, message.MessageId, channel.Name, message.Attempts + 1);
        }

        return false;
    }
}
