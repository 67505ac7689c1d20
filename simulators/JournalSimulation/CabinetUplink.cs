using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Sending;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>A machine's senders, one for each journal on its disk, and the loop that performs what they say.</summary>
internal sealed class CabinetUplink(SimulationWorld world, CabinetMachine machine)
{
    private const int LongestPump = 200;

    private readonly Dictionary<JournalId, SenderLoop> _loops = [];
    private readonly Dictionary<JournalId, int> _heardGeneration = [];

    /// <summary>True when every journal has given what it can.</summary>
    public bool IsDrained => machine.Disk.Journals.All(IsJournalDrained);

    /// <summary>Where the senders stand, for a trace.</summary>
    public string Standing => string.Join("; ", machine.Disk.Journals.Select(journal =>
        $"{world.NameOf(journal.Id)} closed={journal.ClosedAt is not null} base={journal.Base.Seq}"
        + $" tail={journal.Tail.Seq} file={journal.FileTail.Seq}"
        + $" mark={journal.Committed.Seq} ledger={world.Ledger.Find(journal.Id)?.Head.Seq}"
        + $" until={world.Ledger.Find(journal.Id)?.SupersededAfter}"
        + $" phase={(_loops.TryGetValue(journal.Id, out var loop) ? loop.Sender.Phase : null)}"));

    /// <summary>A boot: new senders without a link.</summary>
    public void Start()
    {
        _loops.Clear();
        AddMissingLoops();
    }

    /// <summary>The disk was replaced: nothing of what this one heard is known any more.</summary>
    public void ForgetDisk() => _heardGeneration.Clear();

    /// <summary>The link is up.</summary>
    public void Connected() => StepAll(SenderInput.LinkUp.Instance);

    /// <summary>The link is down.</summary>
    public void Disconnected() => StepAll(SenderInput.LinkDown.Instance);

    /// <summary>Entries were appended.</summary>
    public void Appended() => Step(_loops[machine.Disk.Active.Id], SenderInput.Tick.Instance);

    /// <summary>A receipt arrives.</summary>
    public void Receive(DownMessage message)
    {
        var receipt = message.Receipt;
        if (!_loops.TryGetValue(receipt.Journal, out var loop))
        {
            return;
        }

        if (world.Sabotage == Sabotage.TrustAnyReceipt)
        {
            receipt = receipt with { Answers = loop.LastSent };
        }

        var accepted = receipt.Answers == loop.LastSent && receipt.Outcome != ReceiptOutcome.Refused
            && loop.Sender.Phase is SenderPhase.AwaitingHello or SenderPhase.AwaitingBatch;
        if (accepted)
        {
            if (message.Generation < _heardGeneration.GetValueOrDefault(receipt.Journal, -1))
            {
                world.Violate($"{machine.Name} goes by a receipt from before the ledger that it has heard of since");
            }

            _heardGeneration[receipt.Journal] = message.Generation;
        }

        loop.AfterRewind = receipt.Outcome == ReceiptOutcome.Rewind
            || (loop.AfterRewind && receipt.Outcome is not (ReceiptOutcome.Committed or ReceiptOutcome.Duplicate));
        loop.ReceiptGeneration = message.Generation;
        var holding = world.Sabotage == Sabotage.BelieveAnyHead ? HeadHolding.Held : loop.File.Hold(receipt.Head);
        Step(loop, new SenderInput.ReceiptArrived(receipt, holding));
    }

    /// <summary>True when retention may delete up to the journal's mark.</summary>
    public bool MayRetain(JournalFile journal) => !machine.Disk.IsCarriedOver(journal)
        && _loops.TryGetValue(journal.Id, out var loop) && loop.Sender.CommittedIsConfirmed;

    /// <summary>
    /// Retention may delete only what the ledger holds, as far as this cabinet can know. It cannot know that a clone of
    /// it declared a gap; that finding is open until a person brings an export.
    /// </summary>
    public void CheckRetention(JournalFile journal, ulong through)
    {
        if (_heardGeneration.GetValueOrDefault(journal.Id, -1) != world.Ledger.Generation)
        {
            return;
        }

        var missing = journal.Entries.FirstOrDefault(entry =>
            entry.Seq <= through && entry.Report is { } report && !world.Ledger.Counts(report)
            && !world.Ledger.IsDeclaredMissing(journal.Id, entry.Seq));
        if (missing is not null)
        {
            world.Violate($"{machine.Name} deletes {world.NameOf(journal.Id)}/{missing.Seq}, which is not committed");
        }
    }

    private bool IsJournalDrained(JournalFile journal)
    {
        var record = world.Ledger.Find(journal.Id);
        return journal.ClosedAt is null
            ? record is not null && record.Head == journal.FileTail && journal.Committed == journal.FileTail
            : machine.Disk.IsCarriedOver(journal) || journal.Tail.Seq <= journal.Base.Seq
                || world.Ledger.EntryHashAt(journal.Id, journal.Tail.Seq) == journal.Tail.Hash;
    }

    private void AddMissingLoops()
    {
        foreach (var journal in machine.Disk.Journals)
        {
            if (!_loops.ContainsKey(journal.Id))
            {
                _loops.Add(journal.Id, new SenderLoop(new JournalSender(world.Plan.Sender), journal));
            }
        }
    }

    private void StepAll(SenderInput input) => Array.ForEach([.. _loops.Values], loop => Step(loop, input));

    private void Step(SenderLoop loop, SenderInput input)
    {
        for (var i = 0; i < LongestPump; i++)
        {
            var effect = loop.Sender.Step(input, Moment(loop));
            if (effect is SenderEffect.Nothing)
            {
                Wake(loop);
                return;
            }

            input = Perform(loop, effect);
            if (world.Stopped)
            {
                return;
            }
        }

        world.Violate($"{machine.Name} has no end of work: {Standing}");
    }

    private SenderMoment Moment(SenderLoop loop) => new(world.NowMs, world.Chance.Fraction(), loop.File.Facts);

    private void Wake(SenderLoop loop)
    {
        var wakeAtMs = loop.Sender.WakeAtMs(loop.File.Facts);
        if (wakeAtMs == long.MaxValue)
        {
            return;
        }

        loop.SleeplessWakes = wakeAtMs <= world.NowMs ? loop.SleeplessWakes + 1 : 0;
        if (loop.SleeplessWakes > 3)
        {
            world.Violate($"{machine.Name} wakes for nothing again and again: {Standing}");
            return;
        }

        var token = ++loop.WakeToken;
        machine.AfterInThisLife((int)Math.Max(0, wakeAtMs - world.NowMs), () =>
        {
            if (token == loop.WakeToken && _loops.GetValueOrDefault(loop.File.Id) == loop)
            {
                Step(loop, SenderInput.Tick.Instance);
            }
        });
    }

    private SenderInput Perform(SenderLoop loop, SenderEffect effect)
    {
        switch (effect)
        {
            case SenderEffect.SendHello:
                return Send(loop, BuildHello(loop.File));
            case SenderEffect.SendBatch send:
                return SendBatch(loop, send);
            case SenderEffect.MoveCommitted move:
                Move(loop, move.Head);
                return SenderInput.Tick.Instance;
            case SenderEffect.DeclareGap gap:
                DeclareGap(loop.File, gap.ServiceHead);
                return SenderInput.Tick.Instance;
            case SenderEffect.BeginSuccessor begin:
                return BeginSuccessor(loop, begin.Reason);
            case SenderEffect.CarryOver when !machine.Disk.IsCarriedOver(loop.File)
                && world.Sabotage != Sabotage.AbandonRefusedRefill:
                machine.CarryOver(loop.File);
                machine.AfterInThisLife(0, Appended);
                return SenderInput.Tick.Instance;
            case SenderEffect.Enrol:
                machine.AfterInThisLife(world.Chance.Between(5, 200), () => world.Enrol(machine.Disk.Cabinet));
                return SenderInput.Tick.Instance;
            case SenderEffect.Reconnect:
                machine.AfterInThisLife(0, machine.Reconnect);
                return SenderInput.Tick.Instance;
            default:
                return SenderInput.Tick.Instance;
        }
    }

    private SenderInput.Sent Send(SenderLoop loop, UpMessage message)
    {
        loop.LastSent = message.Name;
        world.Network.SendUp(machine, message);
        return new SenderInput.Sent(message.Name);
    }

    private HelloMessage BuildHello(JournalFile file)
    {
        var facts = file.Facts;
        return new HelloMessage(machine.Disk.Cabinet, world.NextName(), new Hello(machine.Disk.Cabinet, file.Id,
            default(KeyId), machine.Boot, machine.MonotonicMs, world.NowMs, facts.Tail, facts.Committed,
            facts.OldestRetainedSeq, facts.Tail.Seq - Math.Min(facts.Committed.Seq, facts.Tail.Seq), 0, default,
            facts.Closed, "", ""));
    }

    private SenderInput SendBatch(SenderLoop loop, SenderEffect.SendBatch send)
    {
        var file = loop.File;
        var after = send.AfterSeq;
        if (world.Sabotage == Sabotage.ResendSkipsOne && loop.AfterRewind && after + 1 < file.Tail.Seq)
        {
            after++;
        }

        var last = Math.Min(file.Tail.Seq, after + (ulong)send.MaxEntries);
        if (after < file.Base.Seq || last <= after)
        {
            world.Violate($"{machine.Name} is asked for entries behind {after} that are not there: {Standing}");
            return SenderInput.Tick.Instance;
        }

        var entries = new List<byte[]>();
        for (var seq = after + 1; seq <= last; seq++)
        {
            if (!file.IsReadable(seq))
            {
                return BeginSuccessor(loop, SuccessionReason.Corrupt);
            }

            entries.Add(file.Entry(seq).Bytes);
        }

        return Send(loop, new BatchMessage(machine.Disk.Cabinet, world.NextName(), file.Id, send.GapBase,
            file.HeadAt(after), file.HeadAt(last), entries));
    }

    private SenderInput.SuccessorBegun BeginSuccessor(SenderLoop loop, SuccessionReason reason)
    {
        var predecessor = loop.File;
        machine.BeginSuccessor(reason);
        _loops.Remove(predecessor.Id);
        loop.File = machine.Disk.Active;
        _loops.Add(loop.File.Id, loop);
        AddMissingLoops();
        if (machine.Link != LinkState.Down)
        {
            machine.AfterInThisLife(0, () => Step(_loops[predecessor.Id], SenderInput.LinkUp.Instance));
        }

        return SenderInput.SuccessorBegun.Instance;
    }

    private void Move(SenderLoop loop, Head head)
    {
        var file = loop.File;
        if (file.Hold(head) == HeadHolding.NotHeld)
        {
            world.Violate($"{machine.Name} believes {world.NameOf(file.Id)}/{head}, which it does not hold");
        }

        if (loop.ReceiptGeneration == world.Ledger.Generation && world.Ledger.HashAt(file.Id, head.Seq) != head.Hash)
        {
            world.Violate($"{machine.Name} moves its mark to {world.NameOf(file.Id)}/{head}, which is not committed");
        }

        if (world.Sabotage != Sabotage.KeepMarkAfterRestore || head.Seq >= file.Committed.Seq)
        {
            file.Committed = head;
        }
    }

    private void DeclareGap(JournalFile file, Head serviceHead)
    {
        world.Note($"{machine.Name} declares a gap of {world.NameOf(file.Id)} from {serviceHead.Seq}");
        var gap = new GapBody(serviceHead.Seq + 1, file.Base.Seq, serviceHead.Hash, file.Base.Hash);
        machine.AppendSilently((seq, time) => EntryCodec.Encode(seq, time, gap));
    }
}
