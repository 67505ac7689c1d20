using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Tests.Journal;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using Xunit;

namespace KioskFleet.Agent.Tests.Gate;

/// <summary>What is counted when journals have successors, are lost, damaged or carried over.</summary>
public sealed class SafeSideTests
{
    [Fact]
    public void A_successor_of_a_sound_journal_goes_on_exactly()
    {
        using var cabinet = ConfigOnPaper.Observed();
        cabinet.Journal.Append(ConfigOnPaper.Sale("in-figures", ("tea", 4_000)));
        cabinet.Commit(1);
        var config = ConfigOnPaper.Restrict(cabinet, aidFen: 4_000, totalFen: 4_000);
        var share = cabinet.Share(cabinet.Configs().Take(config));
        cabinet.Journal.Append(ConfigOnPaper.Sale("committed", ("cola", 1_000)));
        cabinet.Commit(2);
        cabinet.Journal.Append(ConfigOnPaper.Sale("carried", ("cola", 500)));
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "");
        cabinet.Journal.Append(ConfigOnPaper.Sale("after", ("tea", 200)));

        Assert.Equal(BasisKind.Exact, share.View()!.Basis);
        Assert.Equal(3_700, share.View()!.RoomFen);
        cabinet.Refund("r", cabinet.Store.Closed[0].Id, 3, 0, 500);
        Assert.Equal(4_200, share.View()!.RoomFen);
        cabinet.Restart();
        Assert.Equal(4_200, cabinet.Share().View()!.RoomFen);
    }

    [Fact]
    public void A_lost_journal_spends_the_services_credit_and_counts_what_is_recorded_since()
    {
        using var cabinet = ConfigOnPaper.Observed();
        cabinet.Journal.Append(ConfigOnPaper.Sale("in-figures", ("tea", 4_000)));
        cabinet.Commit(1);
        cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet, aidFen: 4_000, totalFen: 4_000));
        Assert.Equal(5_000, cabinet.Share().View()!.RoomFen);
        var lost = cabinet.CurrentPath;
        cabinet.RestartAfter(() => File.Delete(lost));

        // Nobody knows what was sold behind the head, the allowance included: what aid is sold from now on is left.
        Assert.Equal(BasisKind.JournalNotHere, cabinet.Share().View()!.Basis);
        Assert.Equal(0, cabinet.Share().View()!.RoomFen);
        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("tea", 300)));
        cabinet.Journal.Append(ConfigOnPaper.Sale("b", ("cola", 100)));
        Assert.Equal(200, cabinet.Share().View()!.RoomFen);
        cabinet.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, cabinet.Share().View()!.RoomFen);

        // The service is heard and names a head that is held here: its figures say what was left.
        cabinet.Observe();
        cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet, aidFen: 500, totalFen: 800));
        Assert.Equal(1_200, cabinet.Share().View()!.RoomFen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void However_often_a_journal_is_lost_the_allowance_is_not_given_again(bool namesHead)
    {
        using var cabinet = ConfigOnPaper.Observed();
        var config = ConfigOnPaper.Restrict(cabinet);
        cabinet.Configs().Take(namesHead ? config : config with
        {
            Figures = config.Figures with { Journal = default, Head = default },
        });
        for (var i = 0; i < 3; i++)
        {
            cabinet.Journal.Append(ConfigOnPaper.Sale($"v{i}", ("cola", 1_000)));
            var lost = cabinet.CurrentPath;
            cabinet.RestartAfter(() => File.Delete(lost));
            Assert.Equal(0, cabinet.Share().View()!.RoomFen);
        }
    }

    [Fact]
    public void A_journal_that_is_gone_between_the_named_one_and_the_present_counts_on_the_safe_side()
    {
        using var cabinet = ConfigOnPaper.Observed();
        cabinet.Sell(5);
        cabinet.Commit(5);
        cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet, aidFen: 2_500, totalFen: 2_500));
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "");
        cabinet.Journal.Append(ConfigOnPaper.Sale("gone", ("cola", 900)));
        cabinet.Commit(cabinet.Journal.Facts.Tail.Seq);
        var between = cabinet.CurrentPath;
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "");
        cabinet.RestartAfter(() => File.Delete(between));

        Assert.Equal(BasisKind.EntriesLost, cabinet.Share().View()!.Basis);
        Assert.Equal(0, cabinet.Share().View()!.RoomFen);
    }

    [Fact]
    public void A_closed_journal_that_cannot_be_read_to_its_end_counts_on_the_safe_side_and_stays_so()
    {
        using var cabinet = ConfigOnPaper.Observed();
        cabinet.Sell(1);
        cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet, aidFen: 500, totalFen: 500));
        cabinet.Sell(2, "behind");
        cabinet.Commit(3);
        var closed = cabinet.CurrentPath;
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "");
        Assert.Equal(BasisKind.Exact, cabinet.Share().View()!.Basis);
        cabinet.RestartAfter(() => TestCabinet.Sql(closed, "UPDATE entry SET bytes = x'00' WHERE seq = 3"));

        Assert.Equal(BasisKind.EntriesLost, cabinet.Share().View()!.Basis);
        Assert.Equal(BasisKind.EntriesLost, cabinet.Share().View()!.Basis);
    }

    [Fact]
    public void A_journal_that_was_carried_over_as_a_whole_counts_once()
    {
        using var cabinet = ConfigOnPaper.Observed();
        var config = ConfigOnPaper.Restrict(cabinet);
        cabinet.Configs().Take(config with { Figures = config.Figures with { Journal = default, Head = default } });
        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("cola", 300)));
        cabinet.Commit(1);
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "");
        Assert.Equal(700, cabinet.Share().View()!.RoomFen);
        cabinet.Store.CarryOver(cabinet.Store.Closed[0].Id);

        Assert.Equal(700, cabinet.Share().View()!.RoomFen);
    }

    [Fact]
    public void A_refund_that_the_figures_may_hold_gives_nothing_back()
    {
        using var cabinet = ConfigOnPaper.Observed();
        cabinet.Journal.Append(ConfigOnPaper.Sale("perhaps", ("cola", 300)));
        cabinet.Refund("perhaps", 1, 0, 300);
        var config = ConfigOnPaper.Restrict(cabinet);
        cabinet.Configs().Take(
            config with { Figures = config.Figures with { Head = new Head(50, Digest.Of([1])) } });
        cabinet.Journal.Append(ConfigOnPaper.Sale("sure", ("tea", 350)));

        Assert.Equal(50, cabinet.Share().View()!.RoomFen);
    }

    [Fact]
    public void A_carried_sale_whose_first_journal_is_older_than_the_named_one_counts_only_against_the_headroom()
    {
        using var cabinet = ConfigOnPaper.Observed();
        cabinet.Journal.Append(ConfigOnPaper.Sale("carried", ("cola", 400), ("tea", 700)));
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "");
        var config = ConfigOnPaper.Restrict(cabinet);
        cabinet.Configs().Take(
            config with { Figures = config.Figures with { Head = cabinet.Journal.HeadAt(1)!.Value } });

        Assert.Equal(BasisKind.Exact, cabinet.Share().View()!.Basis);
        Assert.Equal(600, cabinet.Share().View()!.RoomFen);
    }

    [Fact]
    public void Where_nothing_tells_of_the_journal_in_which_the_config_was_applied_aid_is_not_counted()
    {
        using var cabinet = ConfigOnPaper.Observed();
        cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet));
        for (var i = 0; i < 2; i++)
        {
            var lost = cabinet.CurrentPath;
            cabinet.RestartAfter(() => File.Delete(lost));
        }

        cabinet.Journal.Append(ConfigOnPaper.Sale("a", ("tea", 900)));
        Assert.Equal(0, cabinet.Share().View()!.RoomFen);
    }

    [Fact]
    public void A_head_that_this_journal_never_reached_counts_aid_only_behind_the_applied_config()
    {
        using var cabinet = ConfigOnPaper.Observed();
        cabinet.Journal.Append(ConfigOnPaper.Sale("perhaps-1", ("tea", 4_000)));
        cabinet.Journal.Append(ConfigOnPaper.Sale("perhaps-2", ("cola", 300)));
        var config = ConfigOnPaper.Restrict(cabinet, aidFen: 9_000, totalFen: 9_000);
        config = config with { Figures = config.Figures with { Head = new Head(50, Digest.Of([1])) } };
        var share = cabinet.Share(cabinet.Configs().Take(config));

        Assert.Equal(BasisKind.HeadNotHeld, share.View()!.Basis);
        Assert.Equal(0, share.View()!.RoomFen);
        cabinet.Journal.Append(ConfigOnPaper.Sale("sure", ("tea", 350)));
        Assert.Equal(50, share.View()!.RoomFen);
        cabinet.Refund("r", 2, 0, 300);
        Assert.Equal(350, share.View()!.RoomFen);
    }

    [Fact]
    public void A_damaged_journal_between_the_head_and_now_counts_on_the_safe_side()
    {
        using var cabinet = ConfigOnPaper.Observed();
        cabinet.Sell(3);
        cabinet.Commit(1);
        var config = ConfigOnPaper.Restrict(cabinet, aidFen: 800, totalFen: 800);
        var figures = config.Figures with { Head = cabinet.Journal.HeadAt(1)!.Value };
        cabinet.Configs().Take(config with { Figures = figures });
        var path = cabinet.CurrentPath;
        cabinet.RestartAfter(() => TestCabinet.Sql(path, "UPDATE entry SET bytes = x'00' WHERE seq = 2"));

        var view = cabinet.Share().View()!;
        Assert.NotEqual(BasisKind.Exact, view.Basis);
        Assert.Equal(0, view.RoomFen);
    }
}
