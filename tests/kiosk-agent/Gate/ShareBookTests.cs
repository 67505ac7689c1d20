using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Tests.Journal;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using Xunit;

namespace KioskFleet.Agent.Tests.Gate;

public sealed class ShareBookTests
{
    private const long HourMs = 3_600_000;

    [Fact]
    public void Without_a_config_there_is_nothing_to_keep()
    {
        using var cabinet = new TestCabinet();

        Assert.Null(cabinet.Share().View());
    }

    [Fact]
    public void Own_sales_behind_the_named_head_are_put_on_top_of_the_figures()
    {
        using var cabinet = ConfigOnPaper.Observed();
        cabinet.Journal.Append(ConfigOnPaper.Sale("before", ("tea", 9_000)));
        var config = ConfigOnPaper.Restrict(cabinet, aidFen: 9_000, totalFen: 9_000);
        var share = cabinet.Share(cabinet.Configs().Take(config));

        // Room: aid 9,000 allows as much ordinary, and 1,000 of allowance.
        Assert.Equal(10_000, share.View()!.RoomFen);
        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("cola", 3_000), ("never-heard-of", 500)));
        Assert.Equal(6_500, share.View()!.RoomFen);
        cabinet.Journal.Append(ConfigOnPaper.Sale("b", ("tea", 700)));
        Assert.Equal(7_200, share.View()!.RoomFen);

        cabinet.Restart();
        Assert.Equal(7_200, cabinet.Share().View()!.RoomFen);
        Assert.Equal(BasisKind.Exact, cabinet.Share().View()!.Basis);
    }

    [Fact]
    public void A_refund_of_ordinary_goods_gives_headroom_back_and_one_of_aid_takes_it()
    {
        using var cabinet = ConfigOnPaper.Observed();
        cabinet.Journal.Append(ConfigOnPaper.Sale("old", ("tea", 2_000), ("cola", 1_000)));
        var config = ConfigOnPaper.Restrict(cabinet, aidFen: 2_000, totalFen: 3_000);
        var share = cabinet.Share(cabinet.Configs().Take(config));
        Assert.Equal(2_000, share.View()!.RoomFen);

        cabinet.Refund("r1", 1, line: 1, 400);
        Assert.Equal(2_400, share.View()!.RoomFen);
        cabinet.Refund("r2", 1, line: 0, 600);
        Assert.Equal(1_800, share.View()!.RoomFen);

        // A sale that is not here is taken for aid: too little headroom is the safe side.
        cabinet.Journal.Append(new RefundBody("r3", new JournalId(77), 5, 0, 300, 0, "", ""));
        Assert.Equal(1_500, share.View()!.RoomFen);
    }

    [Fact]
    public void Refunds_of_a_line_give_back_what_was_paid_for_it_and_no_more_in_any_order()
    {
        foreach (var order in new long[][] { [300, 500_000, 200], [500_000, 200, 300], [200, 300, 500_000] })
        {
            using var cabinet = ConfigOnPaper.Observed();
            var share = cabinet.Share(cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet)));
            cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("cola", 700), ("cola", 200)));
            for (var i = 0; i < order.Length; i++)
            {
                cabinet.Refund($"r{i}", 1, line: 0, order[i]);
            }

            Assert.Equal(800, share.View()!.RoomFen);
            cabinet.Restart();
            Assert.Equal(800, cabinet.Share().View()!.RoomFen);
        }
    }

    [Fact]
    public void A_refund_that_the_figures_hold_has_used_its_line_up()
    {
        using var cabinet = ConfigOnPaper.Observed();
        cabinet.Sell(1_200, "old");
        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("cola", 900)));
        var sale = cabinet.Journal.Facts.Tail.Seq;
        cabinet.Refund("in-figures", sale, line: 0, 600);
        cabinet.Sell(1_200, "more");
        var share = cabinet.Share(cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet, totalFen: 300)));
        Assert.Equal(700, share.View()!.RoomFen);

        cabinet.Refund("again", sale, line: 0, 600);
        Assert.Equal(1_000, share.View()!.RoomFen);
    }

    [Fact]
    public void A_refund_that_names_the_place_a_sale_was_carried_to_means_the_same_sale()
    {
        using var cabinet = ConfigOnPaper.Observed();
        var share = cabinet.Share(cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet)));
        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("cola", 700)));
        var first = cabinet.Journal.Id;
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "");
        cabinet.Refund("r1", first, 1, line: 0, 700);
        Assert.Equal(1_000, share.View()!.RoomFen);
        cabinet.Refund("r2", cabinet.Journal.Id, 2, line: 0, 700);
        Assert.Equal(1_000, share.View()!.RoomFen);
    }

    [Fact]
    public void A_class_is_the_one_in_force_at_the_moment_of_the_sale()
    {
        using var cabinet = ConfigOnPaper.Observed();
        var turns = cabinet.Clock.WallUtcMs + HourMs;
        var config = ConfigOnPaper.Restrict(cabinet) with
        {
            Skus = [new SkuClass("tea",
                [new SkuSpan(0, GateClass.Aid, false), new SkuSpan(turns, GateClass.Ordinary, false)])],
        };
        var share = cabinet.Share(cabinet.Configs().Take(config));
        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("tea", 500)));
        Assert.Equal(1_500, share.View()!.RoomFen);

        cabinet.Clock.Advance(TimeSpan.FromHours(2));
        cabinet.Journal.Append(ConfigOnPaper.Sale("b", ("tea", 200)));
        Assert.Equal(1_300, share.View()!.RoomFen);
        cabinet.Refund("r", 1, line: 0, 500);
        Assert.Equal(800, share.View()!.RoomFen);
    }

    [Fact]
    public void Later_windows_open_by_themselves_with_an_allowance_by_the_window_before()
    {
        using var cabinet = ConfigOnPaper.Observed();
        var config = ConfigOnPaper.Restrict(cabinet, aidFen: 500, totalFen: 900, turnoverFen: 30_000);
        config = config with { Policy = config.Policy with { AllowanceBasisPoints = 1_000 } };
        var share = cabinet.Share(cabinet.Configs().Take(config));
        Assert.Equal(1_100, share.View()!.RoomFen);
        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("cola", 800)));
        Assert.Equal(300, share.View()!.RoomFen);

        // The next day: 10 % of 30,800, the cabinet's own sale included.
        cabinet.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(3_080, share.View()!.RoomFen);
        Assert.Equal(config.Figures.Window.First.AddDays(1), share.View()!.Windows[0].Window.First);
        cabinet.Refund("r", cabinet.Journal.Facts.Tail.Seq, line: 0, 100);
        Assert.Equal(3_080, share.View()!.RoomFen);

        // The day after that only the amount: 10 % of what was given back is nothing.
        cabinet.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1_000, share.View()!.RoomFen);
    }

    [Fact]
    public void An_approval_that_reaches_into_the_next_window_keeps_both()
    {
        using var cabinet = ConfigOnPaper.Observed();
        var config = ConfigOnPaper.Restrict(cabinet, aidFen: 5_000, totalFen: 5_000);
        var share = cabinet.Share(cabinet.Configs().Take(config));

        // 16:00 in the zone: ten hours reach over midnight.
        Assert.Equal(6_000, share.View(HourMs)!.RoomFen);
        Assert.Equal(1_000, share.View(10 * HourMs)!.RoomFen);
        Assert.Equal(2, share.View(10 * HourMs)!.Windows.Count);
    }

    [Fact]
    public void The_turnover_of_a_window_that_still_runs_promises_the_next_one_nothing()
    {
        using var cabinet = ConfigOnPaper.Observed();
        var config = ConfigOnPaper.Restrict(cabinet, aidFen: 90_000, totalFen: 90_000, turnoverFen: 90_000);
        config = config with { Policy = config.Policy with { AllowanceBasisPoints = 1_000 } };
        var share = cabinet.Share(cabinet.Configs().Take(config));

        Assert.Equal(1_000, share.View(10 * HourMs)!.RoomFen);
        cabinet.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(9_000, share.View()!.RoomFen);
    }

    [Fact]
    public void Sales_of_another_operator_before_the_assignment_count_nothing()
    {
        using var cabinet = ConfigOnPaper.Observed();
        var config = ConfigOnPaper.Restrict(cabinet);
        cabinet.Journal.Append(ConfigOnPaper.Sale("theirs", ("cola", 900)));
        cabinet.Clock.Advance(TimeSpan.FromMinutes(5));
        var share = cabinet.Share(cabinet.Configs().Take(
            config with { Figures = config.Figures with { CountFromUtcMs = cabinet.Clock.WallUtcMs } }));

        Assert.Equal(1_000, share.View()!.RoomFen);
        cabinet.Refund("r", 1, 0, 900);
        Assert.Equal(1_000, share.View()!.RoomFen);
        cabinet.Journal.Append(ConfigOnPaper.Sale("ours", ("cola", 900)));
        Assert.Equal(100, share.View()!.RoomFen);
    }

    [Fact]
    public void The_cabinets_part_of_a_group_may_be_less_than_nothing_for_the_running_window_alone()
    {
        using var cabinet = ConfigOnPaper.Observed();
        var config = ConfigOnPaper.Restrict(cabinet, aidFen: 5_000, totalFen: 5_000);
        var share = cabinet.Share(cabinet.Configs().Take(
            config with { Figures = config.Figures with { AllowanceFen = -4_000 } }));

        Assert.Equal(1_000, share.View()!.RoomFen);
        cabinet.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(ConfigOnPaper.Policy.AllowanceFen, share.View()!.RoomFen);
    }

    [Fact]
    public void A_trailing_window_moves_on_with_the_days_of_figures_and_journal()
    {
        using var cabinet = ConfigOnPaper.Observed();
        var today = ConfigOnPaper.Policy.DayOf(cabinet.Clock.WallUtcMs);
        var config = ConfigOnPaper.Restrict(cabinet, window: "trailing-2");
        config = config with
        {
            Figures = config.Figures with
            {
                Window = new BusinessWindow(today.AddDays(-1), today),
                Rows =
                [
                    new FigureRow(today.AddDays(-1), today.AddDays(-1), 900, 900, 900),
                    new FigureRow(today, today, 50, 50, 50),
                ],
            },
        };
        var share = cabinet.Share(cabinet.Configs().Take(config));
        Assert.Equal(1_950, share.View()!.RoomFen);
        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("cola", 300)));
        Assert.Equal(1_650, share.View()!.RoomFen);
        cabinet.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(750, share.View()!.RoomFen);
        cabinet.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1_000, share.View()!.RoomFen);
    }

    [Theory]
    [InlineData("trailing-2")]
    [InlineData(BusinessWindow.SinceLaunch)]
    public void A_rolling_window_never_opens_anew_so_it_keeps_the_allowance_that_was_worked_out(string window)
    {
        using var cabinet = ConfigOnPaper.Observed();
        var config = ConfigOnPaper.Restrict(cabinet, window: window);
        var share = cabinet.Share(cabinet.Configs().Take(
            config with { Figures = config.Figures with { AllowanceFen = 400 } }));

        Assert.Equal(400, share.View()!.RoomFen);
        cabinet.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(400, share.View()!.RoomFen);
    }

    [Fact]
    public void Before_the_service_is_heard_a_refund_gives_nothing_back_to_the_last_proven_window()
    {
        using var cabinet = ConfigOnPaper.Observed();
        var desk = cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet));
        cabinet.Clock.Reboot();
        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("cola", 300)));
        cabinet.Refund("r", 1, 0, 300);

        Assert.Equal(700, cabinet.Share(desk).View()!.RoomFen);
        cabinet.Observe();
        Assert.Equal(1_000, cabinet.Share(desk).View()!.RoomFen);
    }

    [Fact]
    public void Aid_that_a_sale_missed_is_known_from_the_journal_and_only_under_its_own_operator()
    {
        using var cabinet = ConfigOnPaper.Observed();
        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("cola", 300)) with { Marks = SaleMarks.AidMissing });
        var config = ConfigOnPaper.Restrict(cabinet, totalFen: 300);
        Assert.True(cabinet.Share(cabinet.Configs().Take(config)).View()!.Windows[0].MissesAid);

        cabinet.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.False(cabinet.Share(cabinet.Configs().Take(
            config with { Figures = config.Figures with { CountFromUtcMs = cabinet.Clock.WallUtcMs } }))
            .View()!.Windows[0].MissesAid);
    }

    [Fact]
    public void Entries_before_the_first_answer_are_counted_anew_when_their_boot_is_heard()
    {
        using var cabinet = new TestCabinet();
        cabinet.Clock.SetWall(0);
        var share = cabinet.Share(cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet) with
        {
            Figures = ConfigOnPaper.Figures(cabinet, 0, 0, 0, "day") with
            {
                Journal = default, Head = default, HeadUtcMs = 0,
                Window = BusinessWindow.Of("day", new DateOnly(2020, 9, 15)),
            },
        }));
        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("cola", 700)));
        Assert.Equal(300, share.View()!.RoomFen);

        var heard = new DateTimeOffset(2020, 9, 16, 12, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();
        cabinet.Journal.RecordObservation(new ClockObservation(cabinet.Clock.Boot, cabinet.Clock.MonotonicMs, heard));
        Assert.Equal(new DateOnly(2020, 9, 16), share.View()!.Windows[0].Window.First);
        Assert.Equal(300, share.View()!.RoomFen);
    }
}
