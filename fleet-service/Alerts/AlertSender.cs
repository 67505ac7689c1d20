using KioskFleet.Service.Replicas;

namespace KioskFleet.Service.Alerts;

/// <summary>
/// Puts due notices together into messages and sends them, each channel in a loop of its own: one that fails or is slow
/// holds no other up. Its round ends with its first failure; the messages wait for their next time.
/// </summary>
internal sealed class AlertSender(
    AlertOutboxStore outbox, IEnumerable<IAlertChannel> channels, AlertTerms terms, AlertMetrics metrics,
    Leases leases, ILogger<AlertSender> log) : BackgroundService
{
    private const long Day = 86_400_000;
    private const int KeepDays = 400;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private long _forgotUtcMs;

    /// <summary>Makes and sends what is due now on all channels; how many messages were taken.</summary>
    internal async Task<int> TellAsync(CancellationToken cancellationToken) => (await Task.WhenAll(
        channels.Select(channel => Task.Run(() => TellAsync(channel, cancellationToken), cancellationToken)))).Sum();

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leases.RunAsync("alert-sender", LoopAsync, stoppingToken);

    private Task LoopAsync(CancellationToken stoppingToken) => Task.WhenAll(channels
        .Select(channel => RepeatAsync(() => TellAsync(channel, stoppingToken), stoppingToken))
        .Append(RepeatAsync(() => ForgetAsync(stoppingToken), stoppingToken)));

    private async Task RepeatAsync(Func<Task> turn, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, terms.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Task.Run(turn, stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                AlertLog.TellingFailed(log, error);
            }
        }
    }

    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        if (terms.NowUtcMs - _forgotUtcMs >= Day)
        {
            _forgotUtcMs = terms.NowUtcMs;
            await outbox.ForgetAsync(terms.NowUtcMs - KeepDays * Day, cancellationToken);
        }
    }

    private async Task<int> TellAsync(IAlertChannel channel, CancellationToken cancellationToken)
    {
        while (outbox.HasNotices(channel.Name, terms.NowUtcMs)
            && await outbox.FormAsync(channel.Name, terms.MakeMessageId(), terms.NowUtcMs, cancellationToken))
        {
            await Task.Yield();
        }

        // A channel that was switched off keeps its messages for when it is on again.
        var taken = 0;
        foreach (var message in outbox.Due(channel.Name, terms.NowUtcMs))
        {
            if (!await SendAsync(channel, message, cancellationToken))
            {
                break;
            }

            taken++;
        }

        return taken;
    }

    private async Task<bool> SendAsync(
        IAlertChannel channel, OutboxMessage message, CancellationToken cancellationToken)
    {
        if (await WhyNotAsync(channel, message, cancellationToken) is not { } why)
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

    /// <summary>Why a channel did not take a message; null when it did. Whatever it throws is a failed try.</summary>
    private async Task<string?> WhyNotAsync(
        IAlertChannel channel, OutboxMessage message, CancellationToken cancellationToken)
    {
        try
        {
            return await channel.SendAsync(message, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            AlertLog.ChannelFailed(log, error, channel.Name, message.MessageId);
            return error.Message;
        }
    }
}
