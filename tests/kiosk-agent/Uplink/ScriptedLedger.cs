using System.Collections.Concurrent;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Receiving;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Agent.Tests.Uplink;

/// <summary>What the far side does with the next answer.</summary>
internal enum Mishap
{
    Lost,
    Doubled,
}

/// <summary>
/// The service's side by the protocol's own receiver, with a ledger in memory and a script of refusals and mishaps.
/// Thread-safe.
/// </summary>
internal sealed class ScriptedLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<JournalId, (JournalRecord Record, List<Digest> Hashes, Digest Genesis)> _journals = [];
    private readonly HashChain _chain = new();

    public ConcurrentQueue<Refusal> RefuseHello { get; } = new();

    public ConcurrentQueue<Refusal> RefuseBatch { get; } = new();

    public ConcurrentQueue<Mishap> Mishaps { get; } = new();

    public ConcurrentQueue<string> Seen { get; } = new();

    public ConcurrentQueue<IReadOnlyList<ClockObservation>> Clocks { get; } = new();

    /// <summary>The applied config of each hello that was heard.</summary>
    public ConcurrentQueue<string> AppliedConfigs { get; } = new();

    /// <summary>The config that receipts name.</summary>
    public string WantedConfig { get; set; } = "";

    public bool Silent { get; set; }

    /// <summary>What happens between a message and its answer.</summary>
    public Action Meanwhile { get; set; } = static () => { };

    public ulong HeadOf(JournalId journal)
    {
        lock (_gate)
        {
            return _journals.TryGetValue(journal, out var known) ? known.Record.Head.Seq : 0;
        }
    }

    public int Journals
    {
        get
        {
            lock (_gate)
            {
                return _journals.Count;
            }
        }
    }

    /// <summary>Puts a journal back to an earlier head, as a restored backup does.</summary>
    public void Restore(JournalId journal, int seq)
    {
        lock (_gate)
        {
            var known = _journals[journal];
            known.Hashes.RemoveRange(seq, known.Hashes.Count - seq);
            var head = new Head((ulong)seq, seq == 0 ? known.Genesis : known.Hashes[seq - 1]);
            _journals[journal] = known with { Record = known.Record with { Head = head } };
        }
    }

    /// <summary>Replaces the newest hash: the ledger then holds another history.</summary>
    public void Fork(JournalId journal)
    {
        lock (_gate)
        {
            var known = _journals[journal];
            var other = Digest.Of([1, 2, 3]);
            known.Hashes[^1] = other;
            _journals[journal] = known with {
                Record = known.Record with { Head = known.Record.Head with { Hash = other } } };
        }
    }

    public IReadOnlyList<byte[]> Handle(ReadOnlyMemory<byte> payload)
    {
        lock (_gate)
        {
            if (Silent)
            {
                return [];
            }

            var receipt = Hello.TryParse(payload.Span, out var hello)
                ? AnswerHello(hello, SignedMessage.HashOf(payload.Span))
                : AnswerBatch(payload);
            Meanwhile();
            var mishap = Mishaps.TryDequeue(out var next) ? next : (Mishap?)null;
            Seen.Enqueue($"{(hello is null ? "batch" : "hello")}:{receipt.Outcome}:{receipt.Refusal}:{mishap}");
            return mishap switch
            {
                Mishap.Lost => [],
                Mishap.Doubled => [receipt.Encode(), receipt.Encode()],
                _ => [receipt.Encode()],
            };
        }
    }

    private Receipt AnswerHello(Hello hello, Digest hash)
    {
        if (RefuseHello.TryDequeue(out var scripted))
        {
            return Refuse(hash, hello.Journal, scripted);
        }

        var known = Known(hello.Journal, hello.Cabinet);
        var refusal = JournalReceiver.DecideHello(known.Record, hello);
        if (refusal != Refusal.None)
        {
            return Refuse(hash, hello.Journal, refusal);
        }

        known.Record = known.Record with { Witness = JournalReceiver.WitnessAfter(known.Record, hello) };
        _journals[hello.Journal] = known;
        AppliedConfigs.Enqueue(hello.AppliedConfigVersion);
        return Answer(hash, hello.Journal, ReceiptOutcome.Heard, known.Record.Head);
    }

    private Receipt AnswerBatch(ReadOnlyMemory<byte> payload)
    {
        if (!ReceivedBatch.TryParse(payload, out var batch))
        {
            return Refuse(SignedMessage.HashOf(payload.Span), default, Refusal.Malformed);
        }

        if (RefuseBatch.TryDequeue(out var scripted))
        {
            return Refuse(batch.MessageHash, batch.Header.Journal, scripted);
        }

        if (!batch.ComputeHashes(_chain))
        {
            return Refuse(batch.MessageHash, batch.Header.Journal, Refusal.BrokenChain);
        }

        Clocks.Enqueue(batch.Header.Clocks);
        var known = Known(batch.Header.Journal, batch.Header.Cabinet);
        var facts = batch.Facts;
        var decision = JournalReceiver.Decide(known.Record, facts);
        if (decision is ReceiverDecision.NeedHash need)
        {
            decision = JournalReceiver.Decide(
                known.Record, facts, need.Seq == 0 ? known.Genesis : known.Hashes[(int)need.Seq - 1]);
        }

        switch (decision)
        {
            case ReceiverDecision.Append append:
                for (var i = append.Skip; i < batch.Count; i++)
                {
                    known.Hashes.Add(batch.Hash(i));
                }

                known.Record = known.Record with { Head = append.NewHead };
                _journals[batch.Header.Journal] = known;
                return Answer(batch.MessageHash, batch.Header.Journal, ReceiptOutcome.Committed, append.NewHead);
            case ReceiverDecision.AlreadyCommitted:
                return Answer(batch.MessageHash, batch.Header.Journal, ReceiptOutcome.Duplicate, known.Record.Head);
            case ReceiverDecision.Rewind:
                return Answer(batch.MessageHash, batch.Header.Journal, ReceiptOutcome.Rewind, known.Record.Head);
            case ReceiverDecision.Refuse refuse:
                return Refuse(batch.MessageHash, batch.Header.Journal, refuse.Why);
            default:
                throw new InvalidOperationException(decision.ToString());
        }
    }

    private (JournalRecord Record, List<Digest> Hashes, Digest Genesis) Known(JournalId journal, CabinetId cabinet) =>
        _journals.TryGetValue(journal, out var known)
            ? known
            : (JournalRecord.New(journal, cabinet), [], Head.Genesis(journal).Hash);

    private Receipt Answer(Digest hash, JournalId journal, ReceiptOutcome outcome, Head head) =>
        new(hash, journal, outcome, Refusal.None, head, ServerUtcMs, 0, 500, WantedConfig, "");

    private static Receipt Refuse(Digest hash, JournalId journal, Refusal why) =>
        new(hash, journal, ReceiptOutcome.Refused, why, default, ServerUtcMs, 0, 500, "", "scripted");

    private const long ServerUtcMs = 1_600_000_000_000;
}
