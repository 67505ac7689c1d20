using KioskFleet.Agent.Tests.Journal;
using KioskFleet.Protocol.Entries;
using Xunit;

namespace KioskFleet.Agent.Tests.Gate;

/// <summary>Boots that never heard the service: nobody can tell into which windows their sales will be dated.</summary>
public sealed class UnheardBootTests
{
    private const long DayMs = 86_400_000;

    [Theory]
    [InlineData(40)]
    [InlineData(0)]
    public void Through_however_many_windows_its_clock_runs_it_lives_on_one_allowance(int daysAhead)
    {
        // Much room in the window that was proven: 50,000 of aid and 1,000 of allowance.
        using var cabinet = new TestCabinet();
        cabinet.Observe();
        var desk = cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet, aidFen: 50_000, totalFen: 50_000));
        Assert.Equal(51_000, cabinet.Share(desk).View()!.RoomFen);

        cabinet.Clock.Reboot();
        cabinet.Clock.SetWall(cabinet.Clock.WallUtcMs + daysAhead * DayMs);
        var share = cabinet.Share(desk);
        Assert.Equal(1_000, share.View()!.RoomFen);
        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("cola", 900)));
        Assert.Equal(100, share.View()!.RoomFen);
        cabinet.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(100, share.View()!.RoomFen);

        cabinet.Restart();
        Assert.Equal(100, cabinet.Share(desk).View()!.RoomFen);
    }

    [Fact]
    public void Aid_pays_back_and_saves_nothing_up()
    {
        using var cabinet = new TestCabinet();
        cabinet.Observe();
        var desk = cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet, aidFen: 50_000, totalFen: 50_000));
        cabinet.Clock.Reboot();
        var share = cabinet.Share(desk);

        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("tea", 5_000)));
        Assert.Equal(1_000, share.View()!.RoomFen);
        cabinet.Journal.Append(ConfigOnPaper.Sale("b", ("cola", 700)));
        cabinet.Journal.Append(ConfigOnPaper.Sale("c", ("tea", 300)));
        Assert.Equal(600, share.View()!.RoomFen);

        // Aid of these days that is given back is owed again.
        cabinet.Journal.Append(new RefundBody("r", cabinet.Journal.Id, 3, 0, 200, 0, "", ""));
        Assert.Equal(400, share.View()!.RoomFen);
    }

    [Fact]
    public void Once_the_service_is_heard_each_window_stands_by_itself()
    {
        using var cabinet = new TestCabinet();
        cabinet.Observe();
        var desk = cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet, aidFen: 50_000, totalFen: 50_000));
        cabinet.Clock.Reboot();
        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("cola", 900)));
        cabinet.Observe();
        Assert.Equal(50_100, cabinet.Share(desk).View()!.RoomFen);

        // The next boot begins with an allowance of its own: what the one before owed is in its window.
        cabinet.Journal.Append(ConfigOnPaper.Sale("b", ("cola", 100)));
        cabinet.Clock.Reboot();
        Assert.Equal(1_000, cabinet.Share(desk).View()!.RoomFen);
    }

    [Fact]
    public void A_boot_that_never_heard_the_service_keeps_the_rule_also_as_if_the_window_had_not_ended()
    {
        using var cabinet = new TestCabinet();
        cabinet.Observe();
        var desk = cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet, aidFen: 200, totalFen: 200));
        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("cola", 1_000)));
        Assert.Equal(200, cabinet.Share(desk).View()!.RoomFen);

        // Offline, rebooted, and the clock put ten days forward: a new window by the clock, not by what is proven.
        cabinet.Clock.Reboot();
        cabinet.Clock.SetWall(cabinet.Clock.WallUtcMs + 10 * DayMs);
        var share = cabinet.Share(desk);
        Assert.Equal(200, share.View()!.RoomFen);
        Assert.False(share.View()!.IsProven);
        cabinet.Journal.Append(ConfigOnPaper.Sale("b", ("tea", 500)));
        Assert.Equal(700, share.View()!.RoomFen);
        cabinet.Journal.Append(ConfigOnPaper.Sale("c", ("cola", 600)));
        Assert.Equal(100, share.View()!.RoomFen);

        // The service is heard: the days between were real, and the new window stands by itself.
        cabinet.Observe();
        Assert.True(share.View()!.IsProven);
        Assert.Equal(900, share.View()!.RoomFen);
    }

    [Fact]
    public void A_clock_that_was_put_back_stays_in_the_window_that_is_proven()
    {
        using var cabinet = new TestCabinet();
        cabinet.Observe();
        var desk = cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet));
        cabinet.Clock.Reboot();
        cabinet.Clock.SetWall(0);

        var view = cabinet.Share(desk).View()!;
        Assert.Equal(desk.Current!.Config.Figures.Window, Assert.Single(view.Windows.Select(w => w.Window).Distinct()));
        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("cola", 700)));
        Assert.Equal(300, cabinet.Share(desk).View()!.RoomFen);
    }
}
