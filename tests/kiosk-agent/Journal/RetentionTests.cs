using KioskFleet.Protocol.Entries;
using Xunit;

namespace KioskFleet.Agent.Tests.Journal;

public sealed class RetentionTests
{
    [Fact]
    public void Retention_deletes_committed_entries_that_are_old_and_never_an_uncommitted_one()
    {
        using var cabinet = new TestCabinet();
        cabinet.Observe();
        cabinet.Sell(10);
        cabinet.Commit(6);
        cabinet.Clock.Advance(TimeSpan.FromDays(401));
        cabinet.Sell(1, "young");
        cabinet.Store.ApplyRetention(Now(cabinet));
        Assert.Equal(7UL, cabinet.Journal.Facts.OldestRetainedSeq);
        Assert.Equal(5, cabinet.Journal.Backlog);
        Assert.True(cabinet.Journal.Verify().IsWhole);
        cabinet.Commit(11);
        cabinet.Store.ApplyRetention(Now(cabinet));
        Assert.Equal(11UL, cabinet.Journal.Facts.OldestRetainedSeq);
        cabinet.Restart();
        Assert.Equal(11, cabinet.Journal.Sums.Sales);
        Assert.True(cabinet.Journal.Verify().IsWhole);
    }

    [Fact]
    public void A_wrong_wall_clock_never_empties_a_journal()
    {
        using var cabinet = new TestCabinet();
        cabinet.Observe();
        cabinet.Sell(3);
        cabinet.Commit(3);
        var later = Now(cabinet).AddYears(50);
        cabinet.Store.ApplyRetention(later);
        Assert.Equal(1UL, cabinet.Journal.Facts.OldestRetainedSeq);
        cabinet.Clock.Reboot();
        cabinet.Clock.SetWall(later.ToUnixTimeMilliseconds());
        cabinet.Restart().ApplyRetention(later);
        Assert.Equal(1UL, cabinet.Journal.Facts.OldestRetainedSeq);
    }

    [Fact]
    public void An_entry_dated_1970_stays_until_a_dated_one_behind_it_is_old()
    {
        using var cabinet = new TestCabinet();
        var right = cabinet.Clock.WallUtcMs;
        cabinet.Clock.SetWall(0);
        cabinet.Sell(2, "unset");
        cabinet.Clock.Reboot();
        cabinet.Clock.SetWall(right);
        cabinet.Observe();
        cabinet.Clock.Advance(TimeSpan.FromDays(1));
        cabinet.Sell(2);
        cabinet.Commit(4);
        cabinet.Clock.Advance(TimeSpan.FromDays(399));
        cabinet.Store.ApplyRetention(Now(cabinet));
        Assert.Equal(1UL, cabinet.Journal.Facts.OldestRetainedSeq);
        cabinet.Clock.Advance(TimeSpan.FromDays(2));
        cabinet.Store.ApplyRetention(Now(cabinet));
        Assert.Equal(5UL, cabinet.Journal.Facts.OldestRetainedSeq);
    }

    [Fact]
    public void An_ended_journal_goes_when_it_is_old_and_its_successor_is_committed()
    {
        using var cabinet = new TestCabinet();
        cabinet.Observe();
        cabinet.Sell(3);
        cabinet.Commit(2);
        var old = cabinet.CurrentPath;
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "");
        cabinet.Clock.Advance(TimeSpan.FromDays(500));
        cabinet.Store.ApplyRetention(Now(cabinet));
        Assert.True(File.Exists(old));
        cabinet.Commit(2);
        cabinet.Store.ApplyRetention(Now(cabinet));
        Assert.False(File.Exists(old));
        cabinet.Restart();
        Assert.Empty(cabinet.Store.Closed);
    }

    [Fact]
    public void A_journal_that_ended_while_the_clock_said_1970_is_kept_as_long_as_any_other()
    {
        using var cabinet = new TestCabinet();
        var right = cabinet.Clock.WallUtcMs;
        cabinet.Observe();
        cabinet.Sell(3);
        cabinet.Commit(3);
        var ended = cabinet.CurrentPath;
        cabinet.Clock.Reboot();
        cabinet.Clock.SetWall(0);
        cabinet.Restart().BeginSuccessor(SuccessionReason.Fork, "");
        cabinet.Clock.SetWall(right);
        cabinet.Observe();
        cabinet.Commit(1);
        cabinet.Store.ApplyRetention(Now(cabinet));
        Assert.True(File.Exists(ended));
        cabinet.Clock.Advance(TimeSpan.FromDays(401));
        cabinet.Store.ApplyRetention(Now(cabinet));
        Assert.False(File.Exists(ended));
    }

    private static DateTimeOffset Now(TestCabinet cabinet) =>
        DateTimeOffset.FromUnixTimeMilliseconds(cabinet.Clock.WallUtcMs);
}
