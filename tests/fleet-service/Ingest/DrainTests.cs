using KioskFleet.Service.Broker;
using KioskFleet.Service.Ingest;
using KioskFleet.Service.Tests.Ledger;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KioskFleet.Service.Tests.Ingest;

/// <summary>How a city that comes back at once is let in: lanes, bytes and turns.</summary>
public sealed class DrainTests
{
    [Fact]
    public void Light_messages_pass_heavy_ones_and_neither_starves()
    {
        var queue = new FairQueue<string>();
        for (var i = 0; i < 6; i++)
        {
            Assert.True(queue.TryWrite($"heavy{i}", FairQueue<string>.LightBytes + 1));
        }

        for (var i = 0; i < 6; i++)
        {
            Assert.True(queue.TryWrite($"light{i}", FairQueue<string>.LightBytes));
        }

        var taken = new List<string>();
        while (queue.TryRead(out var item))
        {
            taken.Add(item);
        }

        Assert.Equal(
            [
                "light0", "light1", "light2", "heavy0", "light3", "light4", "light5", "heavy1", "heavy2", "heavy3",
                "heavy4", "heavy5",
            ], taken);
    }

    [Fact]
    public async Task What_was_written_before_the_end_is_still_read_and_nothing_after_it()
    {
        var queue = new FairQueue<int>();
        Assert.True(queue.TryWrite(1, 10));
        queue.TryComplete();
        Assert.False(queue.TryWrite(2, 10));
        Assert.True(await queue.WaitToReadAsync(BooksRig.Stop));
        Assert.True(queue.TryRead(out var item));
        Assert.Equal(1, item);
        Assert.False(await queue.WaitToReadAsync(BooksRig.Stop));
    }

    [Fact]
    public async Task Heavy_messages_leave_room_for_light_ones()
    {
        var budget = new ByteBudget(100, keptForLight: 20);
        await budget.TakeAsync(80, isLight: false, BooksRig.Stop);
        var heavy = budget.TakeAsync(10, isLight: false, BooksRig.Stop).AsTask();
        Assert.False(heavy.IsCompleted);
        await budget.TakeAsync(15, isLight: true, BooksRig.Stop);
        var light = budget.TakeAsync(10, isLight: true, BooksRig.Stop).AsTask();
        Assert.False(light.IsCompleted);

        budget.Return(15);
        await light.WaitAsync(BooksRig.Stop);
        Assert.False(heavy.IsCompleted);
        budget.Return(80);
        await heavy.WaitAsync(BooksRig.Stop);
        Assert.Equal(20, budget.Taken);
    }

    [Fact]
    public async Task A_message_larger_than_all_heavy_ones_may_have_gets_through_alone()
    {
        var budget = new ByteBudget(100, keptForLight: 20);
        await budget.TakeAsync(1, isLight: false, BooksRig.Stop);
        var large = budget.TakeAsync(90, isLight: false, BooksRig.Stop).AsTask();
        Assert.False(large.IsCompleted);
        budget.Return(1);
        await large.WaitAsync(BooksRig.Stop);
        Assert.Equal(90, budget.Taken);
    }

    [Fact]
    public void Turns_follow_each_other_as_fast_as_the_service_commits_and_never_lie_beyond_the_longest_pause()
    {
        // 1,000 entries a second, nothing waits: 1.25 times that is asked for, 500 entries each 0.4 s.
        var (free, paces) = (0.0, new List<uint>());
        for (var i = 0; i < 5; i++)
        {
            var turn = DrainPace.Turn(free, 0, 500, 1_000, 0, 1_000);
            free = turn.FreeAtMs;
            paces.Add(turn.PaceMs);
        }

        Assert.Equal([0, 400, 800, 1_000, 1_000], paces);

        // Half full, less is asked for; past turns are over.
        Assert.Equal(new DrainTurn(0, 5_000 + 500 / 0.75), DrainPace.Turn(0, 5_000, 500, 1_000, 0.5, 1_000));
    }

    [Theory]
    [InlineData(DrainPace.FreeEntries, 0)]
    [InlineData(DrainPace.FreeEntries + 1, 700)]
    public void Who_is_in_step_is_never_asked_to_wait(int entries, uint pace) =>
        Assert.Equal(pace, DrainPace.Turn(700, 0, entries, 1_000, 0, 60_000).PaceMs);

    [Fact]
    public void Who_has_nothing_more_takes_no_turn() =>
        Assert.Equal(new DrainTurn(0, 700), DrainPace.Turn(700, 0, 0, 1_000, 0, 60_000));

    [Fact]
    public void The_rate_follows_groups_while_busy_grows_while_others_wait_and_stays_else()
    {
        Assert.Equal(1_300, DrainPace.Rate(1_000, 2_000, 0.25, 1, isPacing: true));
        Assert.Equal(2_000, DrainPace.Rate(1_000, 10, 0.24, 5, isPacing: true));
        Assert.Equal(1_000, DrainPace.Rate(1_000, 10, 0.24, 5, isPacing: false));
        Assert.Equal(100, DrainPace.Rate(100, 0.1, 1, 1, isPacing: true));
        Assert.Equal(1_000_000, DrainPace.Rate(900_000, 1, 0, 1, isPacing: true));
    }

    [Fact]
    public async Task A_schedule_measures_its_groups_and_gives_turns_by_them()
    {
        var time = new FakeTimeProvider();
        var budget = new ByteBudget(100);
        await budget.TakeAsync(100, isLight: true, BooksRig.Stop);
        var schedule = new DrainSchedule(budget, new IngestOptions(), time);
        var begun = schedule.Begin();
        time.Advance(TimeSpan.FromSeconds(1));
        schedule.Committed(10_000, begun);
        Assert.Equal(17_000, schedule.EntriesPerSecond);

        // A batch is at most 500 entries, whatever the backlog; a quarter of the rate is asked for when all is full.
        Assert.Equal(0u, schedule.Next(1_000_000));
        Assert.Equal(117u, schedule.Next(1_000_000));
        schedule.Committed(0, begun);
        Assert.Equal(17_000, schedule.EntriesPerSecond);
    }
}
