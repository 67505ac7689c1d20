using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Receiving;

namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>
/// One process of the fleet service: parses, decides from its cache, and commits groups of batches in one transaction.
/// Everything in it is volatile.
/// </summary>
internal sealed class Replica(SimulationWorld world, string name)
{
    private static readonly Refusal[] PassingRefusals =
        [Refusal.Busy, Refusal.TooLarge, Refusal.BadSignature, Refusal.UnknownKey, Refusal.Malformed];

    private readonly Dictionary<JournalId, JournalRecord?> _cache = [];
    private readonly List<PendingAppend> _group = [];
    private readonly HashChain _chain = new();
    private int _life;

    /// <summary>True while the process runs.</summary>
    public bool Running { get; private set; } = true;

    /// <summary>The process dies and is started again.</summary>
    public void Crash()
    {
        world.Note($"{name} crashes");
        _life++;
        _group.Clear();
        Running = false;
        if (world.Sabotage != Sabotage.CacheSurvivesRestore)
        {
            _cache.Clear();
        }

        world.After(world.Chance.Between(50, 1_500), () => Running = true);
        if (world.Sabotage == Sabotage.ForgetHeadOnRestart)
        {
            world.Ledger.ForgetHeads();
        }
    }

    /// <summary>A message arrives.</summary>
    public void Receive(UpMessage message)
    {
        if (!world.Ledger.Knows(message.Cabinet))
        {
            Answer(message, ReceiptOutcome.Refused, Refusal.UnknownCabinet, default);
            return;
        }

        if (!world.Healing && world.Chance.PerMille(world.Plan.PassingRefusalPerMille))
        {
            Answer(message, ReceiptOutcome.Refused, world.Chance.Pick(PassingRefusals), default);
            return;
        }

        switch (message)
        {
            case HelloMessage hello:
                OnHello(hello);
                break;
            case BatchMessage batch:
                OnBatch(batch);
                break;
        }
    }

    /// <summary>A hello is one small transaction: it reads the ledger, never the cache.</summary>
    private void OnHello(HelloMessage message)
    {
        var hello = message.Hello;
        var known = world.Ledger.Find(hello.Journal);
        var refusal = JournalReceiver.DecideHello(known, hello);
        if (refusal != Refusal.None)
        {
            Refuse(message, hello.Journal, refusal);
            return;
        }

        var witness = world.Sabotage == Sabotage.LatestWitnessWins && !hello.Closed
            ? new Witness(hello.Tail, hello.Boot, hello.MonotonicMs)
            : JournalReceiver.WitnessAfter(known, hello);
        world.Ledger.SetWitness(message.Cabinet, hello.Journal, witness);
        var head = world.Ledger.Find(hello.Journal)!.Head;
        if (hello.Closed && hello.Tail.Seq > head.Seq && hello.OldestRetainedSeq > hello.Tail.Seq)
        {
            world.Ledger.Raise(message.Cabinet, hello.Journal, FindingKind.SequenceGap);
        }

        if (world.Sabotage == Sabotage.CacheSurvivesRestore && _cache.GetValueOrDefault(hello.Journal) is { } cached)
        {
            head = cached.Head;
        }
        else
        {
            _cache[hello.Journal] = world.Ledger.Find(hello.Journal);
        }

        Answer(message, ReceiptOutcome.Heard, Refusal.None, head);
    }

    private void OnBatch(BatchMessage batch)
    {
        if (!batch.TryHash(_chain, out var facts))
        {
            Refuse(batch, batch.Journal, Refusal.BrokenChain);
            return;
        }

        if (!_cache.TryGetValue(batch.Journal, out var known))
        {
            _cache[batch.Journal] = known = world.Ledger.Find(batch.Journal);
        }

        var decision = Decide(known, facts);
        if (decision is not ReceiverDecision.Append && world.Ledger.Find(batch.Journal) is var fresh && fresh != known)
        {
            // A cache may be stale: only an Append is guarded by the compare-and-set, any other answer needs a fresh
            // look.
            _cache[batch.Journal] = known = fresh;
            decision = Decide(known, facts);
        }

        Perform(batch, facts, known, decision);
    }

    private ReceiverDecision Decide(JournalRecord? known, in BatchFacts facts)
    {
        var decision = JournalReceiver.Decide(known, facts);
        if (decision is ReceiverDecision.NeedHash need)
        {
            if (world.Sabotage == Sabotage.DuplicateWithoutHash)
            {
                return new ReceiverDecision.AlreadyCommitted();
            }

            // The number may lie in a declared gap: then nothing can be proven, and the present head is the answer.
            return world.Ledger.EntryHashAt(facts.Journal, need.Seq) is { } hash
                ? JournalReceiver.Decide(known, facts, hash)
                : new ReceiverDecision.Rewind();
        }

        return world.Sabotage == Sabotage.AcceptGap && decision is ReceiverDecision.Rewind
            && facts.Previous.Seq > (known?.Head.Seq ?? 0)
                ? new ReceiverDecision.Append(0, facts.Last, null)
                : decision;
    }

    private void Perform(BatchMessage batch, in BatchFacts facts, JournalRecord? known, ReceiverDecision decision)
    {
        var head = known?.Head ?? Head.Genesis(batch.Journal);
        switch (decision)
        {
            case ReceiverDecision.Append append:
                Enqueue(new PendingAppend(batch, facts, known, append));
                break;
            case ReceiverDecision.AlreadyCommitted:
                var stated = world.Sabotage == Sabotage.DuplicateWithoutHash ? batch.Last : head;
                Answer(batch, ReceiptOutcome.Duplicate, Refusal.None, stated);
                break;
            case ReceiverDecision.Rewind:
                Answer(batch, ReceiptOutcome.Rewind, Refusal.None, head);
                break;
            case ReceiverDecision.Refuse refuse:
                Refuse(batch, batch.Journal, refuse.Why);
                break;
            default:
                world.Violate($"{name} has no answer to a batch of {batch.Journal}: {decision}");
                break;
        }
    }

    private void Enqueue(PendingAppend work)
    {
        if (_group.Count == 0)
        {
            var life = _life;
            world.After(world.Chance.Between(2, 60), () =>
            {
                if (life == _life)
                {
                    CommitGroup();
                }
            });
        }

        if (_group.Exists(other => other.Batch.Journal == work.Batch.Journal))
        {
            Answer(work.Batch, ReceiptOutcome.Refused, Refusal.Busy, default);
            return;
        }

        _group.Add(work);
        if (world.Sabotage == Sabotage.ReceiptBeforeCommit)
        {
            Answer(work.Batch, ReceiptOutcome.Committed, Refusal.None, work.Append.NewHead);
        }
    }

    private void CommitGroup()
    {
        var group = _group.ToArray();
        _group.Clear();
        var trouble = !world.Healing && world.Chance.PerMille(world.Plan.CommitTroublePerMille)
            ? world.Chance.Between(1, 5)
            : 0;
        switch (trouble)
        {
            case 1:
                Crash();
                return;
            case 2:
                world.Note($"{name}: the database is away");
                Array.ForEach(group, work => Answer(work.Batch, ReceiptOutcome.Refused, Refusal.Busy, default));
                return;
            case 3:
                Unknown(group);
                return;
        }

        var outcomes = Array.ConvertAll(
            group, work => world.Ledger.TryAppend(work.Batch, work.Facts, work.DecidedFrom, work.Append));
        world.CheckLedger();
        if (trouble == 4)
        {
            Crash();
            return;
        }

        if (trouble == 5)
        {
            Unknown(group);
            return;
        }

        for (var i = 0; i < group.Length; i++)
        {
            Conclude(group[i], outcomes[i]);
        }
    }

    /// <summary>Nobody knows how the transaction ended: no receipt, and the caches go.</summary>
    private void Unknown(PendingAppend[] group)
    {
        world.Note($"{name}: a commit's outcome is unknown");
        _cache.Clear();
        if (world.Sabotage == Sabotage.ReceiptOnUnknownCommit)
        {
            Array.ForEach(
                group, work => Answer(work.Batch, ReceiptOutcome.Committed, Refusal.None, work.Append.NewHead));
        }
    }

    private void Conclude(PendingAppend work, bool won)
    {
        var journal = work.Batch.Journal;
        var record = world.Ledger.Find(journal);
        _cache[journal] = record;
        if (won)
        {
            // A Succession changes other journals' rows in the same transaction.
            foreach (var other in _cache.Keys.ToArray())
            {
                _cache[other] = other == journal ? record : world.Ledger.Find(other);
            }

            world.Note($"{name} commits {world.NameOf(journal)} to {record!.Head.Seq}");
        }

        Answer(work.Batch, won ? ReceiptOutcome.Committed : ReceiptOutcome.Rewind, Refusal.None, record!.Head);
    }

    private void Refuse(UpMessage message, JournalId journal, Refusal refusal)
    {
        world.Note($"{name} refuses {world.NameOf(journal)}: {refusal}");
        if (refusal == Refusal.Fork)
        {
            world.Ledger.Raise(message.Cabinet, journal, FindingKind.Fork);
        }

        Answer(message, ReceiptOutcome.Refused, refusal, default);
    }

    private void Answer(UpMessage message, ReceiptOutcome outcome, Refusal refusal, Head head)
    {
        var journal = message switch
        {
            HelloMessage hello => hello.Hello.Journal,
            BatchMessage batch => batch.Journal,
            _ => default,
        };
        var receipt = new Receipt(message.Name, journal, outcome, refusal, head, world.NowMs,
            (uint)world.Chance.Below(30), (ushort)world.Chance.Between(1, 8), "", "");
        world.Network.SendDown(message.Cabinet, new DownMessage(receipt, world.Ledger.Generation));
    }
}
