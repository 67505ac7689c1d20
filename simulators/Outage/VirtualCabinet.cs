using System.Threading.Channels;
using KioskFleet.Agent.Uplink;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Presence;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Sending;
using KioskFleet.Protocol.Signing;
using KioskFleet.Protocol.Topics;
using KioskFleet.Simulators.Bench;

namespace KioskFleet.Simulators.Outage;

/// <summary>
/// A light cabinet that is real on the wire: the agent's own connection and the protocol's own sender, over a journal
/// in memory. It connects, greets, drains and paces itself as an agent does, and backs off as an agent does.
/// </summary>
/// <param name="identity">Identity, key and password.</param>
/// <param name="journal">Its journal.</param>
/// <param name="uplink">Times of sender and link, as of an agent.</param>
/// <param name="tally">Where it tells what happened.</param>
/// <param name="random">Its own jitter.</param>
internal sealed class VirtualCabinet(
    BenchCabinet identity, VirtualJournal journal, VirtualUplink uplink, LinkTally tally, Random random)
    : IAsyncDisposable
{
    private readonly JournalSender _sender = new(uplink.Settings.Sender);
    private readonly BatchWriter _writer = new();
    private readonly MqttTransport _transport = new(uplink.Broker);
    private readonly Channel<Signal> _signals = Channel.CreateBounded<Signal>(
        new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest });

    private ulong _session;
    private (Protocol.Identity.Digest Hash, bool IsHello) _lastSent;

    /// <summary>Who it is.</summary>
    public BenchCabinet Identity => identity;

    /// <summary>Its journal.</summary>
    public VirtualJournal Journal => journal;

    /// <summary>How long its batches waited for their receipts.</summary>
    public ReceiptWatch Watch { get; } = new();

    /// <summary>What can wake it.</summary>
    private abstract record Signal
    {
        /// <summary>Something was recorded.</summary>
        public sealed record Appended : Signal;

        /// <summary>A payload came.</summary>
        public sealed record Received(ReadOnlyMemory<byte> Payload) : Signal;

        /// <summary>The connection ended.</summary>
        public sealed record Lost(string Reason) : Signal;
    }

    /// <summary>Records one sale now and lets the sender see it.</summary>
    public void Sell(OutageSales sales)
    {
        sales.Sell(journal, uplink.UtcNowMs);
        _signals.Writer.TryWrite(new Signal.Appended());
    }

    /// <summary>Links, one after the other, until it is stopped.</summary>
    /// <param name="firstTryMs">Wait before the first try, in milliseconds.</param>
    /// <param name="stop">Ends it as a network ends: without a goodbye.</param>
    public async Task RunAsync(long firstTryMs, CancellationToken stop)
    {
        await SleepAsync(firstTryMs, stop);
        var failures = 0;
        while (!stop.IsCancellationRequested)
        {
            var linkedMs = uplink.NowMs;
            try
            {
                await ConnectAsync(stop);
                linkedMs = uplink.NowMs;
                await RunLinkAsync(stop);
            }
            catch (UplinkBrokenException)
            {
                tally.Broken();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The run ends the link; the loop ends with it.
                failures = 0;
            }

            await _transport.DropAsync();
            _sender.Step(SenderInput.LinkDown.Instance, Moment());
            if (uplink.NowMs - linkedMs >= uplink.Settings.ReconnectCapSeconds * 1_000L)
            {
                failures = 0;
            }

            await SleepAsync(uplink.BackOffMs(random, failures++), stop);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        identity.Signer.Dispose();
    }

    private async Task ConnectAsync(CancellationToken stop)
    {
        for (var attempt = 0; ; attempt++)
        {
            while (_signals.Reader.TryRead(out _))
            {
                // Of an earlier link.
            }

            try
            {
                _session = PresenceNote.NextSession(_session, uplink.UtcNowMs);
                var target = new UplinkTarget(identity.Id, "127.0.0.1", uplink.Port, identity.Id.Value,
                    identity.Password, new PresenceNote(true, _session, uplink.UtcNowMs));
                var callbacks = new UplinkCallbacks(
                    (topic, payload) => Take(topic, payload),
                    reason => _signals.Writer.TryWrite(new Signal.Lost(reason)));
                if (await _transport.ConnectAsync(target, callbacks, stop) is ConnectOutcome.Connected)
                {
                    tally.Connected();
                    return;
                }

                tally.Refused();
            }
            catch (UplinkBrokenException)
            {
                tally.Refused();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(uplink.BackOffMs(random, attempt)), uplink.Time, stop);
        }
    }

    private void Take(CabinetTopic topic, ReadOnlyMemory<byte> payload)
    {
        if (topic.Lane == Lane.Receipt)
        {
            _signals.Writer.TryWrite(new Signal.Received(payload));
        }
    }

    private async Task RunLinkAsync(CancellationToken stop)
    {
        if (!await PerformAllAsync(SenderInput.LinkUp.Instance, stop))
        {
            return;
        }

        Task<bool>? signalled = null;
        while (true)
        {
            while (_signals.Reader.TryRead(out var signal))
            {
                if (signal is Signal.Lost)
                {
                    tally.Broken();
                    return;
                }

                if (signal is Signal.Received received && InputOf(received.Payload) is { } input
                    && !await PerformAllAsync(input, stop))
                {
                    return;
                }
            }

            if (!await PerformAllAsync(SenderInput.Tick.Instance, stop))
            {
                return;
            }

            signalled ??= _signals.Reader.WaitToReadAsync(stop).AsTask();
            var waitMs = Math.Clamp(_sender.WakeAtMs(journal.Facts) - uplink.NowMs, 1, 60_000);
            using var woken = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await Task.WhenAny(signalled, Task.Delay(TimeSpan.FromMilliseconds(waitMs), uplink.Time, woken.Token));
            await woken.CancelAsync();
            stop.ThrowIfCancellationRequested();
            signalled = signalled.IsCompleted ? null : signalled;
        }
    }

    private SenderInput.ReceiptArrived? InputOf(ReadOnlyMemory<byte> payload)
    {
        if (!Receipt.TryParse(payload.Span, out var receipt) || receipt.Answers != _lastSent.Hash)
        {
            return null;
        }

        if (receipt.Outcome == ReceiptOutcome.Refused)
        {
            tally.Answered(receipt.Refusal);
            return new SenderInput.ReceiptArrived(receipt, HeadHolding.Held);
        }

        if (_lastSent.IsHello)
        {
            journal.Observation ??= new ClockObservation(
                journal.Boot, journal.MonotonicAt(uplink.UtcNowMs), receipt.ServerUtcMs);
        }

        tally.Paced(receipt.PaceMs);
        return new SenderInput.ReceiptArrived(receipt, journal.HoldingOf(receipt.Head));
    }

    /// <summary>Feeds an input and performs what follows; false when the link must be made anew.</summary>
    private async Task<bool> PerformAllAsync(SenderInput input, CancellationToken stop)
    {
        for (var next = input; ;)
        {
            var effect = _sender.Step(next, Moment());
            switch (effect)
            {
                case SenderEffect.Nothing when next is SenderInput.Tick:
                    return true;
                case SenderEffect.Nothing:
                    next = SenderInput.Tick.Instance;
                    break;
                case SenderEffect.SendHello:
                    next = await SendAsync(Lane.Hello, Hello(), stop);
                    break;
                case SenderEffect.SendBatch wanted:
                    var batch = Batch(wanted, out var last);
                    Watch.Sent(last, uplink.NowMs);
                    next = await SendAsync(Lane.Batch, batch, stop);
                    break;
                case SenderEffect.MoveCommitted move:
                    Watch.Committed(move.Head.Seq, uplink.NowMs);
                    Watch.Waited(journal.OldestUnsentUtcMs is { } oldest ? uplink.UtcNowMs - oldest : 0);
                    journal.MoveCommitted(move.Head);
                    next = SenderInput.Tick.Instance;
                    break;
                case SenderEffect.Reconnect:
                    tally.Unanswered();
                    return false;
                default:
                    throw new InvalidOperationException($"Cabinet {identity.Id} was driven to {effect}.");
            }
        }
    }

    private async Task<SenderInput> SendAsync(Lane lane, SignedMessage message, CancellationToken stop)
    {
        // Known before it is sent: the receipt may be here before the send returns.
        _lastSent = (message.Hash, lane == Lane.Hello);
        await _transport.SendAsync(new CabinetTopic(identity.Id, lane), message.Payload, stop);
        return new SenderInput.Sent(message.Hash);
    }

    private SignedMessage Hello()
    {
        var (facts, now) = (journal.Facts, uplink.UtcNowMs);
        return new Hello(identity.Id, journal.Id, identity.Signer.KeyId, journal.Boot, journal.MonotonicAt(now), now,
            facts.Tail, facts.Committed, 1, facts.Tail.Seq - facts.Committed.Seq, journal.OldestUnsentUtcMs ?? 0,
            journal.Sums, false, "", "virtual").Sign(identity.Signer);
    }

    private SignedMessage Batch(SenderEffect.SendBatch wanted, out ulong last)
    {
        _writer.Clear();
        var head = journal.HeadAt(wanted.AfterSeq)!.Value;
        last = wanted.AfterSeq;
        var lastHash = head.Hash;
        foreach (var (bytes, hash, _) in journal.Read(wanted.AfterSeq, wanted.MaxEntries))
        {
            if (!_writer.TryAdd(bytes, wanted.MaxEntries, MessageComposer.MaxEntryBytesOfBatch))
            {
                break;
            }

            (last, lastHash) = (last + 1, hash);
        }

        return _writer.Sign(new BatchHeader(identity.Id, journal.Id, identity.Signer.KeyId, wanted.GapBase, head,
            new Protocol.Identity.Head(last, lastHash), [journal.Observation!.Value]), identity.Signer);
    }

    private SenderMoment Moment() => new(uplink.NowMs, random.NextDouble(), journal.Facts);

    private Task SleepAsync(long milliseconds, CancellationToken stop) =>
        Task.Delay(TimeSpan.FromMilliseconds(milliseconds), uplink.Time, stop)
            .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
}
