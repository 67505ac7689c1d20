using System.Threading.Channels;
using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Sending;
using KioskFleet.Protocol.Topics;

namespace KioskFleet.Agent.Uplink;

/// <summary>
/// One link's life: gives the senders their turns, one message in flight in all, until the link ends. Not thread-safe.
/// </summary>
internal sealed class UplinkSession(
    JournalStore store, SenderRoster roster, SenderDriver driver, UplinkServices services, ILogger logger)
{
    /// <summary>Longest sleep, in milliseconds: the watchdog looks at least that often.</summary>
    public const int MaxSleepMs = 1_000;

    private readonly long _connectedMs = services.NowMs;
    private long _progressMs = services.NowMs;
    private Head _committed;
    private long _spareMs = services.NowMs;
    private bool _greetSoon;

    /// <summary>The cabinet that this link speaks for.</summary>
    public required CabinetId Cabinet { get; init; }

    /// <summary>Runs until the link ends; returns why.</summary>
    /// <exception cref="UplinkBrokenException">The link broke while something was sent.</exception>
    public async Task<string> RunAsync(ChannelReader<UplinkSignal> signals, CancellationToken stopping)
    {
        while (true)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping);

            // Asked for before the senders look at their journals, so that no append falls between.
            var appended = store.Current.AppendedAsync(waiting.Token);
            var end = await TakeSignalsAsync(signals, stopping) ?? await TakeTurnsAsync(stopping) ?? Watch();
            TellWhetherConfirmed(end is null && roster.InOrder().All(slot => slot.IsSettled));
            if (end is not null)
            {
                await waiting.CancelAsync();
                return end;
            }

            await SendSpareAsync(stopping);
            var signalled = signals.WaitToReadAsync(waiting.Token).AsTask();
            var slept = Task.Delay(TimeSpan.FromMilliseconds(SleepMs()), services.Time, waiting.Token);
            await Task.WhenAny(appended, signalled, slept);
            await waiting.CancelAsync();
            stopping.ThrowIfCancellationRequested();
        }
    }

    private async Task<string?> TakeSignalsAsync(ChannelReader<UplinkSignal> signals, CancellationToken stopping)
    {
        while (signals.TryRead(out var signal))
        {
            switch (signal)
            {
                case UplinkSignal.Lost lost:
                    return lost.Reason;
                case UplinkSignal.Received received:
                    if (await TakePayloadAsync(received, stopping) == LinkWish.Reconnect)
                    {
                        return "the service answers nothing";
                    }

                    break;
            }
        }

        return null;
    }

    private async Task<LinkWish> TakePayloadAsync(UplinkSignal.Received received, CancellationToken stopping)
    {
        if (received.Topic.Lane == Lane.Config)
        {
            // Told at once, so that the service does not send the same config again.
            _greetSoon |= services.Configs.Take(received.Payload, Cabinet) is ConfigOutcome.Applied;
            return LinkWish.Keep;
        }

        if (received.Topic.Lane != Lane.Receipt || !Receipt.TryParse(received.Payload.Span, out var receipt))
        {
            UplinkLog.PayloadLeftAlone(logger, received.Topic.Lane, received.Payload.Length);
            return LinkWish.Keep;
        }

        services.Metrics.Received(receipt);
        services.Monitor.Update(status => status with
        {
            LastReceiptWallUtcMs = services.Clock.WallUtcMs,
            ClockOffsetMs = receipt.ServerUtcMs - services.Clock.WallUtcMs,
            LastRefusal = receipt.Refusal,
            LastError = "",
            NobodyListens = false,
            PaceMs = receipt.PaceMs,
            WantedConfigVersion = receipt.WantedConfigVersion,
        });

        // By the message in flight: a refusal of what could not be read names no journal.
        var slot = roster.InOrder().FirstOrDefault(slot => slot.IsAwaiting);
        return slot is null
            ? LinkWish.Keep
            : await driver.ReceiveAsync(slot, receipt, received.MonotonicMs, stopping);
    }

    /// <summary>Steps the sender that awaits an answer, or else each in turn until one sends.</summary>
    private async Task<string?> TakeTurnsAsync(CancellationToken stopping)
    {
        var slots = roster.InOrder();
        foreach (var slot in slots.OrderByDescending(slot => slot.IsAwaiting))
        {
            if (slot.NotBeforeMs > services.NowMs)
            {
                continue;
            }

            var isGreeting = _greetSoon && ReferenceEquals(slot.File, store.Current);
            _greetSoon &= !isGreeting;
            SenderInput input = !slot.IsLinked ? SenderInput.LinkUp.Instance
                : isGreeting ? SenderInput.GreetSoon.Instance
                : SenderInput.Tick.Instance;
            slot.IsLinked = true;
            if (await driver.DriveAsync(slot, input, stopping) == LinkWish.Reconnect)
            {
                return "the service answers nothing";
            }

            if (roster.InOrder().Any(other => other.IsAwaiting))
            {
                break;
            }
        }

        return null;
    }

    private async Task SendSpareAsync(CancellationToken stopping)
    {
        if (services.Spare is not { } spare)
        {
            return;
        }

        var slots = roster.InOrder();
        var view = new SpareView(services.NowMs, _spareMs, slots.Any(slot => slot.IsAwaiting),
            DueMs(slots, services.NowMs), store.Current.Backlog);
        if (!SpareTurnRule.MaySend(view) || spare.Next(Cabinet) is not { } message)
        {
            return;
        }

        _spareMs = services.NowMs;
        await driver.SendSpareAsync(Lane.Telemetry, message.Payload, stopping);
        spare.Sent(message);
    }

    private static long DueMs(IReadOnlyList<SenderSlot> slots, long nowMs) => slots.Min(slot =>
        Math.Max(slot.NotBeforeMs, slot.IsLinked ? slot.Sender.WakeAtMs(slot.File.Facts) : nowMs));

    private void TellWhetherConfirmed(bool confirmed)
    {
        if (services.Monitor.Status.CommittedIsConfirmed != confirmed)
        {
            services.Monitor.Update(status => status with { CommittedIsConfirmed = confirmed });
        }
    }

    private string? Watch()
    {
        var file = store.Current;
        var nowMs = services.NowMs;
        var committed = file.Facts.Committed;
        if (committed != _committed || file.Backlog == 0)
        {
            _committed = committed;
            _progressMs = nowMs;
        }

        var view = new WatchdogView(nowMs, _connectedMs, _progressMs, file.Backlog,
            services.Clock.WallUtcMs - file.OldestUnsentWallUtcMs);
        if (!WatchdogRule.MustReconnect(
            view, services.Settings.WatchdogAgeSeconds * 1_000L, services.Settings.WatchdogStallSeconds * 1_000L))
        {
            return null;
        }

        UplinkLog.WatchdogTripped(logger, file.Backlog);
        services.Metrics.WatchdogTripped();
        services.Monitor.Update(status => status with { WatchdogTrips = status.WatchdogTrips + 1 });
        return "watchdog: nothing was committed";
    }

    private long SleepMs()
    {
        var nowMs = services.NowMs;
        var slots = roster.InOrder();
        var awaiting = slots.FirstOrDefault(slot => slot.IsAwaiting);
        var wakeMs = awaiting?.Sender.WakeAtMs(awaiting.File.Facts) ?? DueMs(slots, nowMs);
        return Math.Clamp(wakeMs - nowMs, 1, MaxSleepMs);
    }
}
