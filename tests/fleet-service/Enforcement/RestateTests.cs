using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Enforcement;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

[RunsOnce]
public sealed class RestateTests
{
    private static readonly BusinessWindow September = BusinessWindow.Of("month", new DateOnly(2020, 9, 1));

    private static readonly GateFigures Stated = Figures(3, 600, 1_000);

    [Fact]
    public void Own_sales_alone_ask_for_no_other_config() =>
        Assert.Null(Restate(Figures(9, 700, 1_500), new OwnSums(100, 500)));

    [Fact]
    public void What_the_cabinet_cannot_know_by_itself_does()
    {
        Assert.Equal(ReplanReason.Figures, Restate(Figures(9, 700, 1_500), new OwnSums(100, 499)));
        Assert.Equal(ReplanReason.Figures, Restate(Figures(9, 700, 1_500), new OwnSums(99, 500)));
        Assert.Equal(ReplanReason.Figures,
            Restate(Figures(9, 700, 1_500) with { AllowanceFen = 1 }, new OwnSums(100, 500)));
    }

    [Fact]
    public void Where_nobody_needs_to_know_exactly_nobody_asks() => Assert.Null(ConfigRule.MustRestate(
        Stated, Figures(9, 1, 2) with { AllowanceFen = 1 }, isRolling: false, isMember: false, null));

    [Fact]
    public void Another_journal_operator_window_or_part_of_a_group_does()
    {
        var now = Figures(9, 700, 1_500);
        Assert.Equal(ReplanReason.Journal, Restate(now with { Journal = new JournalId(8) }));
        Assert.Equal(ReplanReason.Journal, Restate(now with { CountFromUtcMs = 5 }));
        Assert.Equal(ReplanReason.Journal, Restate(Figures(2, 600, 1_000)));
        Assert.Equal(ReplanReason.Window, Restate(now with { Window = BusinessWindow.Of("month", new(2020, 10, 1)) }));
        Assert.Equal(ReplanReason.Group, ConfigRule.MustRestate(
            Stated, now with { AllowanceFen = 1 }, isRolling: false, isMember: true, null));
    }

    [Fact]
    public void A_rolling_window_is_stated_anew_once_a_week()
    {
        var stated = Stated with { Window = new BusinessWindow(new(2020, 9, 1), new(2020, 9, 30)) };
        foreach (var (days, reason) in new[] { (6, (ReplanReason?)null), (7, ReplanReason.Window) })
        {
            var now = stated with { Window = new(new(2020, 9, 1), stated.Window.Last.AddDays(days)) };
            Assert.Equal(reason, ConfigRule.MustRestate(stated, now, isRolling: true, isMember: false, null));
        }
    }

    [Fact]
    public void A_cabinet_that_the_ledger_knew_nothing_of_counts_everything_by_itself()
    {
        var unknown = new GateFigures(default, default, 0, 0, September, 0, []);

        Assert.Null(ConfigRule.MustRestate(unknown, Figures(9, 100, 500), false, false, () => new OwnSums(100, 500)));
        Assert.Equal(ReplanReason.Figures, ConfigRule.MustRestate(
            unknown, Figures(9, 100, 500), false, false, () => new OwnSums(100, 400)));
    }

    private static ReplanReason? Restate(GateFigures now, OwnSums own = default) =>
        ConfigRule.MustRestate(Stated, now, isRolling: false, isMember: false, () => own);

    private static GateFigures Figures(ulong seq, long aid, long total) => new(
        new JournalId(7), new Head(seq, Digest.Of([(byte)seq])), 0, 0, September, 0,
        [new FigureRow(September.First, September.Last, aid, total, total)]);
}
