using KioskFleet.Protocol.Receipts;
using KioskFleet.Protocol.Sending;
using Xunit;

namespace KioskFleet.Protocol.Tests.Sending;

public sealed class ClosedJournalTests
{
    private static SenderBench Closed(ulong oldest = 1) => new SenderBench
    {
        Facts = new(SenderBench.Journal, SenderBench.HeadAt(10), SenderBench.HeadAt(10), oldest, true),
    }.Greeted();

    [Fact]
    public void A_closed_journal_refills_a_restored_ledger()
    {
        var bench = Closed();
        Assert.IsType<SenderEffect.MoveCommitted>(bench.Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(6)));

        Assert.Equal(new SenderEffect.SendBatch(6, null, 500), bench.Tick());
    }

    [Fact]
    public void A_closed_journal_with_nothing_left_is_never_asked_for_an_empty_batch()
    {
        var bench = Closed(oldest: 11);

        bench.Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(6), HeadHolding.BeforeRetention);

        Assert.Equal(SenderPhase.Finished, bench.Sender.Phase);
        Assert.IsType<SenderEffect.Nothing>(bench.Tick());
    }

    [Fact]
    public void A_finished_journal_asks_again_with_the_next_hello_without_a_new_link()
    {
        var bench = Closed(oldest: 11);
        bench.Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(6), HeadHolding.BeforeRetention);

        bench.NowMs = bench.Sender.WakeAtMs(bench.Facts);

        Assert.IsType<SenderEffect.SendHello>(bench.Tick());
    }

    [Fact]
    public void A_head_behind_the_tail_is_probed_with_the_last_entry_and_a_duplicate_ends_it()
    {
        var bench = Closed();

        Assert.Equal(new SenderEffect.SendBatch(9, null, 500),
            bench.Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(15), HeadHolding.NotHeld));
        bench.Sent();
        Assert.False(bench.Sender.CommittedIsConfirmed);
        Assert.IsType<SenderEffect.Nothing>(
            bench.Answer(ReceiptOutcome.Duplicate, SenderBench.HeadAt(15), HeadHolding.NotHeld));
        Assert.Equal(SenderPhase.Finished, bench.Sender.Phase);
        Assert.True(bench.Sender.CommittedIsConfirmed);
    }

    [Fact]
    public void A_closed_journal_of_which_the_service_holds_another_history_is_carried_over()
    {
        var probed = Closed();
        probed.Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(15), HeadHolding.NotHeld);
        probed.Sent();

        Assert.IsType<SenderEffect.CarryOver>(probed.Refuse(Refusal.Fork));
        Assert.IsType<SenderEffect.CarryOver>(
            Closed().Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(7), HeadHolding.NotHeld));
    }

    [Theory]
    [InlineData(Refusal.Fork)]
    [InlineData(Refusal.BrokenChain)]
    [InlineData(Refusal.NotYourJournal)]
    public void A_refill_that_is_refused_for_good_is_carried_over_and_begins_no_second_successor(Refusal refusal)
    {
        var bench = Closed();
        bench.Answer(ReceiptOutcome.Heard, SenderBench.HeadAt(6));
        bench.Tick();
        bench.Sent();

        Assert.IsType<SenderEffect.CarryOver>(bench.Refuse(refusal));
        Assert.Equal(SenderPhase.Finished, bench.Sender.Phase);
    }
}
