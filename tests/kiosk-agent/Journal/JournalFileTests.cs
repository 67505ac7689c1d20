using KioskFleet.Agent.Journal;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Sending;
using Xunit;

namespace KioskFleet.Agent.Tests.Journal;

public sealed class JournalFileTests
{
    [Fact]
    public void What_was_appended_is_there_after_a_restart_with_chain_sums_and_backlog()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(10);
        cabinet.Journal.Append(new RefundBody("r1", cabinet.Journal.Id, 1, 0, 200, 0, "", ""));
        var facts = cabinet.Journal.Facts;
        cabinet.Restart();
        Assert.Equal(facts, cabinet.Journal.Facts);
        Assert.Equal(new RunningSums(5_000, 200, 10), cabinet.Journal.Sums);
        Assert.Equal(11, cabinet.Journal.Backlog);
        Assert.True(cabinet.Journal.Verify().IsWhole);
        Assert.Equal(11UL, cabinet.Journal.Verify().Checked);
        Assert.Equal(1UL, cabinet.Journal.Verify(11).Checked);
        Assert.Empty(cabinet.Store.Closed);
    }

    [Fact]
    public void A_read_ends_at_its_limits_and_begins_behind_its_number()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(20);
        Assert.Equal([6UL, 7UL, 8UL], cabinet.Journal.Read(5, 3, int.MaxValue).Select(e => e.Seq));
        var size = cabinet.Journal.Read(0, 1, 1)[0].Bytes.Length + 4;
        Assert.Equal(2, cabinet.Journal.Read(0, 500, 2 * size).Count);
        Assert.Single(cabinet.Journal.Read(0, 500, 1));
        Assert.Empty(cabinet.Journal.Read(20, 500, int.MaxValue));
        Assert.Empty(cabinet.Journal.Read(99, 500, int.MaxValue));
    }

    [Fact]
    public void A_head_is_held_only_with_its_very_hash()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(5);
        var journal = cabinet.Journal;
        Assert.Equal(HeadHolding.Held, journal.HoldingOf(Head.Genesis(journal.Id)));
        Assert.Equal(HeadHolding.Held, journal.HoldingOf(journal.HeadAt(3)!.Value));
        Assert.Equal(HeadHolding.Held, journal.HoldingOf(journal.Facts.Tail));
        Assert.Equal(HeadHolding.NotHeld, journal.HoldingOf(new Head(3, journal.HeadAt(2)!.Value.Hash)));
        Assert.Equal(HeadHolding.NotHeld, journal.HoldingOf(new Head(6, journal.Facts.Tail.Hash)));
        Assert.Equal(HeadHolding.NotHeld, journal.HoldingOf(new Head(0, journal.Facts.Tail.Hash)));
    }

    [Fact]
    public void Before_retention_nobody_can_tell_whether_a_head_was_held()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(5);
        var heads = Enumerable.Range(0, 6).Select(i => cabinet.Journal.HeadAt((ulong)i)!.Value).ToList();
        cabinet.Commit(4);
        cabinet.Journal.DeleteThrough(3);
        Assert.Equal(4UL, cabinet.Journal.Facts.OldestRetainedSeq);
        Assert.Equal(HeadHolding.BeforeRetention, cabinet.Journal.HoldingOf(heads[2]));
        Assert.Equal(HeadHolding.BeforeRetention, cabinet.Journal.HoldingOf(heads[0]));
        Assert.Equal(HeadHolding.Held, cabinet.Journal.HoldingOf(heads[3]));
        Assert.Equal(HeadHolding.NotHeld, cabinet.Journal.HoldingOf(new Head(3, heads[2].Hash)));
        Assert.Equal(HeadHolding.Held, cabinet.Journal.HoldingOf(heads[4]));
        Assert.Equal([4UL, 5UL], cabinet.Journal.Read(3, 500, int.MaxValue).Select(e => e.Seq));
        Assert.True(cabinet.Journal.Verify().IsWhole);
        cabinet.Restart();
        Assert.Equal(2_500, cabinet.Journal.Sums.SalesFen);
    }

    [Fact]
    public void A_committed_mark_moved_back_keeps_every_entry_and_holds_after_a_restart()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(10);
        cabinet.Commit(8);
        Assert.Equal(2, cabinet.Journal.Backlog);
        cabinet.Commit(3);
        Assert.Equal(7, cabinet.Journal.Backlog);
        cabinet.Journal.DeleteThrough(8);
        Assert.Equal(4UL, cabinet.Journal.Facts.OldestRetainedSeq);
        Assert.Equal(7, TestCabinet.All(cabinet.Journal).Count);
        cabinet.Restart();
        Assert.Equal(3UL, cabinet.Journal.Facts.Committed.Seq);
        var copy = CommittedCopy.Read(CommittedCopy.PathOf(cabinet.Options.JournalsDirectory, cabinet.Journal.Id));
        Assert.Equal(3UL, copy!.Value.Seq);
        Assert.Throws<InvalidOperationException>(
            () => cabinet.Journal.MoveCommitted(new Head(5, cabinet.Journal.Facts.Tail.Hash)));
    }

    [Fact]
    public void A_ledger_older_than_everything_retained_gets_one_gap_that_names_both_hashes()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(6);
        var service = cabinet.Journal.HeadAt(1)!.Value;
        var anchor = cabinet.Journal.HeadAt(4)!.Value;
        cabinet.Commit(6);
        cabinet.Journal.DeleteThrough(4);
        cabinet.Journal.MoveCommitted(service);
        Assert.Equal(2, cabinet.Journal.Backlog);
        cabinet.Journal.AppendGap(service);
        cabinet.Journal.AppendGap(service);
        Assert.Equal(new GapBody(2, 4, service.Hash, anchor.Hash),
            TestCabinet.Decode(TestCabinet.All(cabinet.Journal)[^1]).Body);
        Assert.Equal(7UL, cabinet.Journal.Facts.Tail.Seq);
        cabinet.Restart();
        Assert.Equal(service, cabinet.Journal.Facts.Committed);
        Assert.Equal(7UL, cabinet.Journal.Facts.Tail.Seq);
        Assert.Empty(cabinet.Store.Closed);
    }

    [Fact]
    public void Each_boot_keeps_its_first_observation_and_a_range_states_its_boots_the_next_and_the_current_last()
    {
        using var cabinet = new TestCabinet();
        var observations = new List<ClockObservation>();
        for (var boot = 0; boot < 8; boot++)
        {
            cabinet.Sell(2, $"b{boot}-");
            if (boot is not 2)
            {
                cabinet.Observe();
                observations.Add(new ClockObservation(
                    cabinet.Clock.Boot, cabinet.Clock.MonotonicMs, cabinet.Clock.WallUtcMs));
                cabinet.Clock.Advance(TimeSpan.FromSeconds(3));
                cabinet.Observe();
            }

            cabinet.Clock.Reboot();
            cabinet.Restart();
        }

        Assert.False(cabinet.Journal.HasObservation(cabinet.Clock.Boot));
        cabinet.Observe();
        var stated = cabinet.Journal.ClocksFor(3, 6);
        Assert.Equal([observations[1], .. observations[2..5]], stated.SkipLast(1));
        Assert.Equal(cabinet.Clock.Boot, stated[^1].Boot);
    }

    [Fact]
    public void A_read_never_holds_more_boots_than_a_batch_can_state()
    {
        using var cabinet = new TestCabinet();
        for (var boot = 0; boot < 100; boot++)
        {
            cabinet.Sell(1, $"b{boot}-");
            cabinet.Observe();
            cabinet.Clock.Reboot();
        }

        cabinet.Observe();
        var read = cabinet.Journal.Read(0, 500, int.MaxValue);
        var clocks = cabinet.Journal.ClocksFor(1, read[^1].Seq);
        Assert.InRange(clocks.Count, 1, Limits.MaxClockObservations);
        Assert.All(read, e => Assert.Contains(clocks, c => c.Boot == TestCabinet.Decode(e).Header.Time.Boot));
        Assert.Equal(cabinet.Clock.Boot, clocks[^1].Boot);
    }

    [Fact]
    public async Task An_append_wakes_who_waits_and_who_comes_after_it()
    {
        using var cabinet = new TestCabinet();
        var stopping = TestContext.Current.CancellationToken;
        var waiting = cabinet.Journal.AppendedAsync(stopping);
        Assert.False(waiting.IsCompleted);
        cabinet.Sell(2);
        await waiting.WaitAsync(TimeSpan.FromSeconds(5), stopping);
        cabinet.Sell(1, "w");
        await cabinet.Journal.AppendedAsync(stopping).WaitAsync(TimeSpan.FromSeconds(5), stopping);
        Assert.False(cabinet.Journal.AppendedAsync(stopping).IsCompleted);
    }

    [Fact]
    public void A_flipped_byte_of_an_entry_is_named_by_its_number()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(30);
        cabinet.Commit(30);
        cabinet.Store.Dispose();
        TestCabinet.FlipAt(cabinet.CurrentPath, "tv16");
        var report = Assert.Single(JournalAudit.VerifyFolder(cabinet.Options.DataDirectory));
        Assert.Equal(17UL, report.FirstBad!.Seq);
        Assert.Equal(16UL, report.Checked);
    }

    [Theory]
    [InlineData("DELETE FROM entry WHERE seq = 9", 9)]
    [InlineData("UPDATE entry SET hash = zeroblob(32) WHERE seq = 5", 5)]
    [InlineData("UPDATE entry SET sales_fen = sales_fen + 1 WHERE seq = 7", 7)]
    [InlineData("UPDATE entry SET bytes = (SELECT bytes FROM entry WHERE seq = 3) WHERE seq = 4", 4)]
    [InlineData("DELETE FROM entry WHERE seq > 11", 12)]
    public void A_changed_row_is_named_by_its_number(string sql, ulong bad)
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(12);
        cabinet.Commit(12);
        cabinet.Store.Dispose();
        TestCabinet.Sql(cabinet.CurrentPath, sql);
        Assert.Equal(bad, Assert.Single(JournalAudit.VerifyFolder(cabinet.Options.DataDirectory)).FirstBad!.Seq);
    }

    [Fact]
    public void A_read_that_meets_a_damaged_entry_names_it_and_gives_nothing_of_it()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(30);
        cabinet.Commit(30);
        var (id, path) = (cabinet.Journal.Id, cabinet.CurrentPath);
        cabinet.RestartAfter(() => TestCabinet.FlipAt(path, "tv16"));
        Assert.Equal(id, cabinet.Journal.Id);
        var damage = Assert.Throws<JournalDamagedException>(() => cabinet.Journal.Read(0, 500, int.MaxValue));
        Assert.Equal(17UL, damage.Seq);
        Assert.Equal(17UL, cabinet.Journal.Verify().FirstBad!.Seq);
        Assert.Equal(13, cabinet.Journal.Read(17, 500, int.MaxValue).Count);
    }

    [Fact]
    public void A_closed_journal_ends_before_its_damage_and_is_not_asked_for_it_again()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(30);
        cabinet.Commit(30);
        var path = cabinet.CurrentPath;
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "");
        cabinet.RestartAfter(() => TestCabinet.FlipAt(path, "tv16"));
        var closed = Assert.Single(cabinet.Store.Closed);
        Assert.Equal(16, closed.Read(0, 500, int.MaxValue).Count);
        Assert.Equal(16UL, closed.Facts.Tail.Seq);
        Assert.Empty(closed.Read(16, 500, int.MaxValue));
    }
}
