using CsCheck;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Sending;
using Xunit;

namespace KioskFleet.Protocol.Tests.Sending;

public sealed class JournalSenderTests
{
    [Fact]
    public void Nothing_is_sent_before_the_first_hello_is_answered()
    {
        var bench = new SenderBench();
        Assert.IsType<SenderEffect.Nothing>(bench.Tick());
        bench.Greeted();

        Assert.IsType<SenderEffect.Nothing>(bench.Tick());
        Assert.Equal(SenderPhase.AwaitingHello, bench.Sender.Phase);
    }

    [Fact]
    public void The_answered_head_says_where_the_next_batch_begins()
    {
        var bench = new SenderBench().Greeted();

        Assert.Equal(new SenderEffect.MoveCommitted(SenderBench.HeadAt(4)), bench.Answer(
            ReceiptOutcome.Heard, SenderBench.HeadAt(4)));
        Assert.Equal(new SenderEffect.SendBatch(4, null, 500), bench.Tick());
    }

    [Fact]
    public void A_journal_that_is_committed_to_its_tail_waits_for_the_next_hello()
    {
        var bench = new SenderBench().Greeted();
        bench.Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(10));

        Assert.IsType<SenderEffect.Nothing>(bench.Tick());
        Assert.Equal(bench.NowMs + 600_000, bench.Sender.WakeAtMs(bench.Facts));
        bench.NowMs += 600_000;
        Assert.IsType<SenderEffect.SendHello>(bench.Tick());
    }

    [Fact]
    public void A_change_that_a_hello_tells_is_told_as_soon_as_nothing_is_in_flight()
    {
        var bench = new SenderBench().Greeted();
        bench.Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(10));
        Assert.IsType<SenderEffect.SendHello>(bench.Step(SenderInput.GreetSoon.Instance));
        bench.Sent();

        // The hello in flight was made before this change: it is told by another one.
        Assert.IsType<SenderEffect.Nothing>(bench.Step(SenderInput.GreetSoon.Instance));
        bench.Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(10));
        Assert.IsType<SenderEffect.SendHello>(bench.Tick());
        bench.Sent();
        bench.Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(10));
        Assert.IsType<SenderEffect.Nothing>(bench.Tick());
        Assert.Equal(bench.NowMs + 600_000, bench.Sender.WakeAtMs(bench.Facts));
    }

    [Fact]
    public void A_change_that_a_hello_tells_waits_for_the_batch_in_flight()
    {
        var bench = new SenderBench().Sending();

        Assert.IsType<SenderEffect.Nothing>(bench.Step(SenderInput.GreetSoon.Instance));
        bench.Answer(ReceiptOutcome.Committed, SenderBench.HeadAt(4));
        Assert.IsType<SenderEffect.SendHello>(bench.Tick());
    }

    [Theory]
    [InlineData(Refusal.UnknownCabinet, SenderPhase.HelloDue, typeof(SenderEffect.Enrol))]
    [InlineData(Refusal.UnknownKey, SenderPhase.HelloDue, typeof(SenderEffect.Enrol))]
    [InlineData(Refusal.BadSignature, SenderPhase.HelloDue, typeof(SenderEffect.Nothing))]
    [InlineData(Refusal.TooLarge, SenderPhase.Draining, typeof(SenderEffect.Nothing))]
    [InlineData(Refusal.Fork, SenderPhase.AwaitingSuccessor, typeof(SenderEffect.BeginSuccessor))]
    [InlineData(Refusal.BrokenChain, SenderPhase.AwaitingSuccessor, typeof(SenderEffect.BeginSuccessor))]
    [InlineData(Refusal.NotYourJournal, SenderPhase.AwaitingSuccessor, typeof(SenderEffect.BeginSuccessor))]
    [InlineData(Refusal.ForeignCabinet, SenderPhase.HelloDue, typeof(SenderEffect.Nothing))]
    [InlineData(Refusal.Malformed, SenderPhase.HelloDue, typeof(SenderEffect.Nothing))]
    [InlineData(Refusal.Busy, SenderPhase.Draining, typeof(SenderEffect.Nothing))]
    public void Each_refusal_of_a_batch_has_its_next_step(Refusal refusal, SenderPhase phase, Type effect)
    {
        var bench = new SenderBench().Sending();

        Assert.IsType(effect, bench.Refuse(refusal));

        Assert.Equal(phase, bench.Sender.Phase);
        Assert.NotEqual(long.MaxValue, bench.Sender.WakeAtMs(bench.Facts));
    }

    [Fact]
    public void A_message_that_the_link_would_not_take_now_is_sent_again_after_a_back_off()
    {
        var bench = new SenderBench();
        Assert.IsType<SenderEffect.SendHello>(bench.Step(SenderInput.LinkUp.Instance));
        Assert.IsType<SenderEffect.Nothing>(bench.Step(SenderInput.PutOff.Instance));
        Assert.Equal(SenderPhase.HelloDue, bench.Sender.Phase);
        Assert.True(bench.Sender.WakeAtMs(bench.Facts) > bench.NowMs);

        var sending = new SenderBench().Sending();
        Assert.IsType<SenderEffect.Nothing>(sending.Step(SenderInput.PutOff.Instance));
        Assert.IsType<SenderEffect.Nothing>(sending.Tick());
        sending.NowMs = sending.Sender.WakeAtMs(sending.Facts);
        Assert.IsType<SenderEffect.SendBatch>(sending.Tick());
    }

    [Fact]
    public void The_table_of_refusals_names_each_of_them() => Assert.Equal(
        Enum.GetValues<Refusal>().Length - 1,
        typeof(JournalSenderTests).GetMethod(nameof(Each_refusal_of_a_batch_has_its_next_step))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false).Length);

    [Fact]
    public void A_hello_refused_as_too_large_does_not_start_sending_from_an_unknown_head()
    {
        var bench = new SenderBench().Greeted();

        bench.Refuse(Refusal.TooLarge);

        Assert.Equal(SenderPhase.HelloDue, bench.Sender.Phase);
    }

    [Fact]
    public void Batches_that_are_too_large_are_halved_down_to_one_entry_and_grow_again()
    {
        var bench = new SenderBench(new SenderOptions { MaxEntries = 8 }).Sending();
        foreach (var expected in new[] { 4, 2, 1 })
        {
            bench.Refuse(Refusal.TooLarge);
            Assert.Equal(new SenderEffect.SendBatch(0, null, expected), bench.Tick());
            bench.Sent();
        }

        bench.Answer(ReceiptOutcome.Committed, SenderBench.HeadAt(1));
        Assert.Equal(new SenderEffect.SendBatch(1, null, 2), bench.Tick());
    }

    [Fact]
    public void A_receipt_for_another_message_moves_nothing()
    {
        var bench = new SenderBench().Sending();

        var effect = bench.Answer(
            ReceiptOutcome.Committed, SenderBench.HeadAt(9), answers: SenderBench.Hash(77));

        Assert.IsType<SenderEffect.Nothing>(effect);
        Assert.Equal(SenderPhase.AwaitingBatch, bench.Sender.Phase);
    }

    [Theory]
    [InlineData(7, SuccessionReason.Fork)]
    [InlineData(12, SuccessionReason.RolledBack)]
    public void A_head_that_is_not_held_ends_the_journal(ulong seq, SuccessionReason reason)
    {
        var bench = new SenderBench().Greeted();

        var effect = bench.Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(seq), HeadHolding.NotHeld);

        Assert.Equal(new SenderEffect.BeginSuccessor(reason), effect);
        Assert.IsType<SenderEffect.SendHello>(bench.Step(SenderInput.SuccessorBegun.Instance));
    }

    [Fact]
    public void A_restored_ledger_moves_the_committed_mark_back_even_before_what_is_retained()
    {
        var bench = new SenderBench();
        bench.Facts = bench.Facts with { Committed = SenderBench.HeadAt(9), OldestRetainedSeq = 5 };
        bench.Greeted();

        var effect = bench.Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(2), HeadHolding.BeforeRetention);

        Assert.Equal(new SenderEffect.MoveCommitted(SenderBench.HeadAt(2)), effect);
        Assert.Equal(new SenderEffect.DeclareGap(SenderBench.HeadAt(2)), bench.Tick());
        Assert.Equal(new SenderEffect.SendBatch(4, SenderBench.HeadAt(2), 500), bench.Tick());
    }

    [Fact]
    public void A_gap_that_opens_again_at_the_same_head_is_declared_again()
    {
        var bench = new SenderBench();
        bench.Facts = bench.Facts with { Committed = SenderBench.HeadAt(9), OldestRetainedSeq = 5 };
        bench.Greeted();
        bench.Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(2), HeadHolding.BeforeRetention);
        Assert.IsType<SenderEffect.DeclareGap>(bench.Tick());
        Assert.IsType<SenderEffect.SendBatch>(bench.Tick());
        bench.Sent();
        bench.Answer(ReceiptOutcome.Committed, SenderBench.HeadAt(10));
        bench.Step(SenderInput.LinkDown.Instance);
        bench.Facts = bench.Facts with { OldestRetainedSeq = 11, Committed = SenderBench.HeadAt(10) };
        bench.Greeted();
        bench.Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(2), HeadHolding.BeforeRetention);

        Assert.Equal(new SenderEffect.DeclareGap(SenderBench.HeadAt(2)), bench.Tick());
    }

    [Fact]
    public void Retention_waits_until_the_mark_is_confirmed_on_this_link()
    {
        var bench = new SenderBench().Greeted();
        Assert.False(bench.Sender.CommittedIsConfirmed);

        bench.Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(4));
        Assert.True(bench.Sender.CommittedIsConfirmed);

        bench.Step(SenderInput.LinkDown.Instance);
        Assert.False(bench.Sender.CommittedIsConfirmed);
    }

    [Fact]
    public void Unanswered_messages_are_sent_again_and_at_last_the_link_is_made_anew()
    {
        var bench = new SenderBench().Sending();
        for (var i = 0; i < 2; i++)
        {
            bench.NowMs += 30_000;
            Assert.IsType<SenderEffect.Nothing>(bench.Tick());
            bench.NowMs = bench.Sender.WakeAtMs(bench.Facts);
            Assert.IsType<SenderEffect.SendBatch>(bench.Tick());
            bench.Sent();
        }

        bench.NowMs += 30_000;
        Assert.IsType<SenderEffect.Reconnect>(bench.Tick());
        Assert.Equal(SenderPhase.Offline, bench.Sender.Phase);
    }

    [Fact]
    public void The_pace_of_a_receipt_holds_the_next_batch_back()
    {
        var bench = new SenderBench().Greeted();
        bench.Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(0), paceMs: 400);

        Assert.IsType<SenderEffect.Nothing>(bench.Tick());
        Assert.Equal(bench.NowMs + 400, bench.Sender.WakeAtMs(bench.Facts));
        bench.NowMs += 400;
        Assert.IsType<SenderEffect.SendBatch>(bench.Tick());
    }

    [Fact]
    public void Back_off_doubles_with_full_jitter_and_never_passes_its_cap() => Gen.Double[0, 1].Sample(jitter =>
    {
        var options = new SenderOptions { BackoffBaseMs = 100, BackoffCapMs = 5_000 };
        var bench = new SenderBench(options) { Jitter = jitter };
        bench.Sending();
        for (var i = 0; i < 40; i++)
        {
            bench.Refuse(Refusal.Busy);
            var wait = bench.Sender.WakeAtMs(bench.Facts) - bench.NowMs;
            var ceiling = Math.Min(5_000, 100L << Math.Min(i, 20));
            Assert.Equal((long)(ceiling * jitter), wait);
            bench.NowMs += wait;
            Assert.IsType<SenderEffect.SendBatch>(bench.Tick());
            bench.Sent();
        }
    });
}
