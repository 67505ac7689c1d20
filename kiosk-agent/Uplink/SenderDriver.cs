using KioskFleet.Agent.Journal;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Sending;
using KioskFleet.Protocol.Signing;
using KioskFleet.Protocol.Topics;

namespace KioskFleet.Agent.Uplink;

/// <summary>What a driven step asks of the link.</summary>
internal enum LinkWish
{
    /// <summary>Go on.</summary>
    Keep,

    /// <summary>Make it anew: it answers nothing.</summary>
    Reconnect,
}

/// <summary>
/// Performs the effects of one sender at a time on one link. Failures of a journal stay that journal's; only
/// <see cref="UplinkBrokenException"/> ends the link. Not thread-safe.
/// </summary>
internal sealed class SenderDriver(
    JournalStore store, SenderRoster roster, IUplinkTransport transport, MessageComposer composer,
    UplinkServices services, ILogger logger)
{
    /// <summary>Enrols again; set by the session, which knows the connector.</summary>
    public required Func<CancellationToken, Task> EnrolAgain { get; init; }

    /// <summary>Feeds one input and performs what follows until there is nothing to do.</summary>
    /// <exception cref="UplinkBrokenException">The link is of no use any more.</exception>
    public Task<LinkWish> DriveAsync(SenderSlot slot, SenderInput input, CancellationToken cancel) =>
        GuardAsync(slot, () => input, cancel);

    /// <summary>Takes a receipt that came at a moment of the boot's monotonic clock.</summary>
    public Task<LinkWish> ReceiveAsync(SenderSlot slot, Receipt receipt, long monotonicMs, CancellationToken cancel)
    {
        return receipt.Answers == slot.LastSent.Hash && slot.IsAwaiting
            ? GuardAsync(slot, () => InputOf(slot, receipt, monotonicMs), cancel)
            : Task.FromResult(LinkWish.Keep);
    }

    /// <summary>Sends what waits for no receipt.</summary>
    /// <exception cref="UplinkBrokenException">The link is of no use any more.</exception>
    public async Task SendSpareAsync(Lane lane, ReadOnlyMemory<byte> payload, CancellationToken cancel)
    {
        await transport.SendAsync(new CabinetTopic(composer.Cabinet, lane), payload, cancel);
        services.Metrics.SentSpare(payload.Length);
    }

    private async Task<LinkWish> GuardAsync(SenderSlot slot, Func<SenderInput> input, CancellationToken cancel)
    {
        try
        {
            return await PerformAllAsync(slot, input(), cancel);
        }
        catch (JournalDamagedException exception) when (!slot.File.IsClosed)
        {
            UplinkLog.Damaged(logger, exception, slot.File.Id);
            return await AfterDamageAsync(slot, exception, cancel);
        }
        catch (JournalDamagedException exception)
        {
            UplinkLog.ClosedDamaged(logger, exception, slot.File.Id);
            services.Metrics.Failed();
            SetAside(slot, SenderSlot.Never);
            return LinkWish.Keep;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or UplinkBrokenException))
        {
            Fail(slot, exception);
            return LinkWish.Keep;
        }
    }

    private SenderInput.ReceiptArrived InputOf(SenderSlot slot, Receipt receipt, long monotonicMs)
    {
        var clock = services.Clock;
        var observing = store.Current;
        if (slot.LastSent.IsHello && receipt.Outcome == ReceiptOutcome.Heard && !observing.HasObservation(clock.Boot))
        {
            // Durable before anything else is sent: every later batch dates this boot's entries by it. One per boot: a
            // successor takes the one that its predecessor has.
            var heard = store.Closed.Reverse().Select(closed => closed.ObservationOf(clock.Boot))
                .FirstOrDefault(observation => observation is not null);
            observing.RecordObservation(
                heard ?? new ClockObservation(clock.Boot, monotonicMs, receipt.ServerUtcMs));
            UplinkLog.ClockObserved(logger, receipt.ServerUtcMs - clock.WallUtcMs);
        }

        if (slot.LastSent.IsHello && receipt.Outcome == ReceiptOutcome.Heard)
        {
            services.Monitor.Update(status => status with { HeardWallUtcMs = slot.LastSent.WallUtcMs });
        }

        if (receipt.Refusal != Refusal.None)
        {
            UplinkLog.Refused(logger, slot.File.Id, receipt.Refusal, receipt.Detail);
        }

        slot.IsUnheard = false;
        slot.Failures = 0;
        slot.MaxEntryBytes = MessageComposer.MaxEntryBytesOfBatch;
        var holding = receipt.Outcome == ReceiptOutcome.Refused
            ? HeadHolding.Held
            : slot.File.HoldingOf(receipt.Head);
        return new SenderInput.ReceiptArrived(receipt, holding);
    }

    private async Task<LinkWish> PerformAllAsync(SenderSlot slot, SenderInput input, CancellationToken cancel)
    {
        for (var next = input; ;)
        {
            var effect = slot.Sender.Step(next, new SenderMoment(services.NowMs, services.Chance(), slot.File.Facts));
            switch (effect)
            {
                case SenderEffect.Nothing when next is SenderInput.Tick:
                    return LinkWish.Keep;
                case SenderEffect.Nothing:
                    next = SenderInput.Tick.Instance;
                    break;
                case SenderEffect.Reconnect:
                    return LinkWish.Reconnect;
                case SenderEffect.BeginSuccessor begin:
                    slot = BeginSuccessor(slot, begin.Reason, "");
                    next = SenderInput.SuccessorBegun.Instance;
                    break;
                default:
                    next = await PerformAsync(slot, effect, cancel);
                    break;
            }
        }
    }

    private async Task<SenderInput> PerformAsync(SenderSlot slot, SenderEffect effect, CancellationToken cancel)
    {
        switch (effect)
        {
            case SenderEffect.SendHello:
                return await SendAsync(slot, Lane.Hello, composer.Hello(slot.File), cancel);
            case SenderEffect.SendBatch wanted:
                var batch = composer.Batch(slot.File, wanted, slot.MaxEntryBytes);
                return await SendAsync(slot, Lane.Batch, batch, cancel);
            case SenderEffect.MoveCommitted move:
                slot.File.MoveCommitted(move.Head);
                UplinkLog.Committed(logger, move.Head, slot.File.Id);
                return SenderInput.Tick.Instance;
            case SenderEffect.DeclareGap gap:
                UplinkLog.GapDeclared(logger, slot.File.Id, gap.ServiceHead);
                slot.File.AppendGap(gap.ServiceHead);
                return SenderInput.Tick.Instance;
            case SenderEffect.CarryOver:
                store.CarryOver(slot.File.Id);
                return SenderInput.Tick.Instance;
            case SenderEffect.Enrol:
                await EnrolAgain(cancel);
                return SenderInput.Tick.Instance;
            default:
                throw new InvalidOperationException($"There is no way to perform {effect}.");
        }
    }

    private async Task<SenderInput> SendAsync(
        SenderSlot slot, Lane lane, SignedMessage message, CancellationToken cancel)
    {
        // Known before it is sent: the receipt may be here before the send returns.
        slot.LastSent = (message.Hash, lane == Lane.Hello, services.Clock.WallUtcMs);
        Handover handover;
        try
        {
            handover = await transport.SendAsync(
                new CabinetTopic(composer.Cabinet, lane), message.Payload, cancel);
        }
        catch (UplinkRefusedException refused) when (refused.Why == PublishRefusal.NotAuthorized)
        {
            await EnrolAgain(cancel);
            throw;
        }
        catch (UplinkRefusedException refused) when (refused.Why == PublishRefusal.Later)
        {
            // A new link would only add to what the broker limits.
            Halve(slot, lane);
            UplinkLog.PutOff(logger, slot.File.Id, refused.Message);
            services.Monitor.Update(status => status with { LastError = refused.Message });
            return SenderInput.PutOff.Instance;
        }
        catch (UplinkBrokenException)
        {
            Halve(slot, lane);
            throw;
        }

        if (lane == Lane.Hello)
        {
            NoteWhetherHeard(slot, handover);
        }

        services.Metrics.Sent(message.Payload.Length);
        return new SenderInput.Sent(message.Hash);
    }

    /// <summary>
    /// A broker may cut whoever sends more than it takes. Halving ends at a size that every service accepts.
    /// </summary>
    private static void Halve(SenderSlot slot, Lane lane)
    {
        if (lane == Lane.Batch)
        {
            slot.MaxEntryBytes = Math.Max(
                Limits.MinBatchBytesAccepted - MessageComposer.HeaderRoomBytes, slot.MaxEntryBytes / 2);
        }
    }

    /// <summary>Tells of a second hello that nobody wanted: at the first the broker may be in the service.</summary>
    private void NoteWhetherHeard(SenderSlot slot, Handover handover)
    {
        var unheard = handover == Handover.NobodyWantsIt;
        if (unheard && slot.IsUnheard)
        {
            services.Monitor.Update(status => status with { NobodyListens = true });
        }

        slot.IsUnheard = unheard;
    }

    private SenderSlot BeginSuccessor(SenderSlot slot, SuccessionReason reason, string detail)
    {
        store.BeginSuccessor(reason, detail, slot.File.Id);
        UplinkLog.Succeeded(logger, slot.File.Id, reason, store.Current.Id);
        return roster.Succeed(slot);
    }

    private async Task<LinkWish> AfterDamageAsync(
        SenderSlot slot, JournalDamagedException damage, CancellationToken cancel)
    {
        try
        {
            var successor = BeginSuccessor(slot, SuccessionReason.Corrupt, damage.Message);
            return await PerformAllAsync(successor, SenderInput.SuccessorBegun.Instance, cancel);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or UplinkBrokenException))
        {
            Fail(slot, exception);
            return LinkWish.Keep;
        }
    }

    private void Fail(SenderSlot slot, Exception exception)
    {
        var waitMs = services.BackOffMs(slot.Failures++);
        services.Metrics.Failed();
        UplinkLog.StepFailed(logger, exception, slot.File.Id, waitMs);
        SetAside(slot, services.NowMs + waitMs);
    }

    /// <summary>The journal begins again with a hello when its time comes; the others go on meanwhile.</summary>
    private void SetAside(SenderSlot slot, long notBeforeMs)
    {
        slot.IsLinked = false;
        slot.NotBeforeMs = notBeforeMs;
        slot.Sender.Step(SenderInput.LinkDown.Instance, new SenderMoment(services.NowMs, 0, default));
    }
}
