using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Receiving;
using KioskFleet.Protocol.Signing;
using Xunit;

namespace KioskFleet.Protocol.Tests.Receiving;

public sealed class JournalReceiverTests
{
    private static readonly CabinetId Cabinet = CabinetId.Parse("C1");
    private static readonly JournalId Journal = JournalId.Parse("0123456789abcdef0123456789abcdef");
    private static readonly Head[] Ours = Chain(0);
    private static readonly Head[] Theirs = Chain(1);

    private static readonly BootId Boot = BootId.Parse("00000000000000000000000000000001");

    private static Head[] Chain(byte salt)
    {
        var chain = new HashChain();
        var heads = new Head[31];
        heads[0] = Head.Genesis(Journal);
        for (var i = 1; i < heads.Length; i++)
        {
            heads[i] = new Head((ulong)i, chain.Next(heads[i - 1].Hash, [(byte)i, salt]));
        }

        return heads;
    }

    private static BatchFacts Batch(Head[] history, int first, int last, Head? gapBase = null) => new(
        Cabinet, Journal, history[first - 1], gapBase, history[first..(last + 1)].Select(head => head.Hash).ToArray());

    private static JournalRecord Record(int head, ulong? supersededAfter = null, Witness? witness = null) =>
        new(Journal, Cabinet, Ours[head], supersededAfter, witness);

    private static Hello Hello(Head tail, BootId boot, long monotonicMs, bool closed = false) => new(Cabinet, Journal,
        default(KeyId), boot, monotonicMs, 0, tail, Head.Genesis(Journal), 1, 0, 0, default, closed, "", "");

    private static ReceiverDecision Decide(JournalRecord? known, BatchFacts batch)
    {
        var decision = JournalReceiver.Decide(known, batch);
        return decision is ReceiverDecision.NeedHash need
            ? JournalReceiver.Decide(known, batch, Ours[need.Seq].Hash)
            : decision;
    }

    [Fact]
    public void A_batch_behind_the_head_is_appended() => Assert.Equal(
        new ReceiverDecision.Append(0, Ours[8], null), Decide(Record(5), Batch(Ours, 6, 8)));

    [Fact]
    public void The_first_batch_of_an_unknown_journal_is_appended() => Assert.Equal(
        new ReceiverDecision.Append(0, Ours[3], null), Decide(null, Batch(Ours, 1, 3)));

    [Fact]
    public void What_the_ledger_has_already_is_skipped() => Assert.Equal(
        new ReceiverDecision.Append(3, Ours[8], null), Decide(Record(5), Batch(Ours, 3, 8)));

    [Fact]
    public void A_batch_behind_a_hole_is_sent_back_to_the_head() => Assert.Equal(
        new ReceiverDecision.Rewind(), Decide(Record(5), Batch(Ours, 8, 9)));

    [Fact]
    public void A_declared_gap_from_the_very_head_is_jumped() => Assert.Equal(
        new ReceiverDecision.Append(0, Ours[9], new SkippedRange(6, 7)),
        Decide(Record(5), Batch(Ours, 8, 9, Ours[5])));

    [Fact]
    public void A_gap_declared_from_another_head_is_sent_back() => Assert.Equal(
        new ReceiverDecision.Rewind(), Decide(Record(5), Batch(Ours, 8, 9, Ours[4])));

    [Theory]
    [InlineData(2, 4)]
    [InlineData(2, 5)]
    [InlineData(5, 5)]
    public void Equal_hashes_make_a_duplicate(int first, int last) => Assert.Equal(
        new ReceiverDecision.AlreadyCommitted(), Decide(Record(5), Batch(Ours, first, last)));

    [Theory]
    [InlineData(2, 4)]
    [InlineData(2, 5)]
    [InlineData(4, 9)]
    [InlineData(6, 9)]
    public void Other_hashes_at_the_same_number_make_a_fork(int first, int last) => Assert.Equal(
        new ReceiverDecision.Refuse(Refusal.Fork), Decide(Record(5), Batch(Theirs, first, last)));

    [Fact]
    public void A_journal_of_another_cabinet_is_refused() => Assert.Equal(
        new ReceiverDecision.Refuse(Refusal.NotYourJournal),
        Decide(Record(5) with { Cabinet = CabinetId.Parse("C2") }, Batch(Ours, 6, 8)));

    [Theory]
    [InlineData(8, true)]
    [InlineData(7, false)]
    public void A_superseded_journal_takes_entries_up_to_the_last_common_one(ulong end, bool taken) => Assert.Equal(
        taken ? new ReceiverDecision.Append(0, Ours[8], null) : new ReceiverDecision.Refuse(Refusal.NotYourJournal),
        Decide(Record(5, end), Batch(Ours, 6, 8)));

    [Fact]
    public void A_batch_that_contradicts_an_announced_tail_is_a_fork()
    {
        var witness = new Witness(Theirs[7], Boot, 1);

        Assert.Equal(new ReceiverDecision.Refuse(Refusal.Fork), Decide(Record(5, null, witness), Batch(Ours, 6, 8)));
        Assert.IsType<ReceiverDecision.Append>(Decide(Record(5, null, witness), Batch(Ours, 6, 6)));
        Assert.IsType<ReceiverDecision.Append>(
            Decide(Record(5, null, new Witness(Ours[7], Boot, 1)), Batch(Ours, 6, 8)));
    }

    [Fact]
    public void An_announced_tail_stays_the_witness_until_the_ledger_has_reached_it()
    {
        var known = Record(5, null, new Witness(Ours[9], Boot, 1));
        var later = Hello(Theirs[12], BootId.Parse("00000000000000000000000000000002"), 1);

        Assert.Equal(known.Witness, JournalReceiver.WitnessAfter(known, later));
        Assert.Equal(
            new Witness(later.Tail, later.Boot, 1), JournalReceiver.WitnessAfter(known with { Head = Ours[9] }, later));
    }

    [Fact]
    public void A_tail_before_the_announced_one_is_a_fork_unless_the_hello_was_overtaken()
    {
        var known = Record(5, null, new Witness(Ours[9], Boot, 100));

        Assert.Equal(Refusal.Fork, JournalReceiver.DecideHello(known, Hello(Ours[7], Boot, 200)));
        Assert.Equal(Refusal.None, JournalReceiver.DecideHello(known, Hello(Ours[7], Boot, 50)));
        Assert.Equal(known.Witness, JournalReceiver.WitnessAfter(known, Hello(Ours[7], Boot, 50)));
    }

    [Fact]
    public void A_closed_hello_is_heard_and_witnesses_nothing()
    {
        var known = Record(5, 6, new Witness(Ours[9], Boot, 100));

        Assert.Equal(Refusal.NotYourJournal, JournalReceiver.DecideHello(known, Hello(Ours[10], Boot, 200)));
        Assert.Equal(Refusal.None, JournalReceiver.DecideHello(known, Hello(Ours[6], Boot, 200, closed: true)));
        Assert.Equal(known.Witness, JournalReceiver.WitnessAfter(known, Hello(Ours[10], Boot, 200, closed: true)));
    }
}
