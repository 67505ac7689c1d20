using CsCheck;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

[RunsOnce]
public sealed class LadderTests
{
    private const long DayMs = 86_400_000;

    private static readonly DateOnly Start = new(2020, 9, 1);

    private static readonly EnforcementTerms Terms = new(PolicyMode.Restrict, 3, 200, 7);

    [Fact]
    public void A_restriction_is_decided_after_the_days_in_breach_announced_and_acts_after_the_notice()
    {
        var walk = new Walk(Terms);
        Assert.Equal(Rung.Warned, walk.On(0, ShareSignal.Breach));
        Assert.Equal(Rung.Warned, walk.On(1, ShareSignal.Breach));
        Assert.Equal(Rung.Announced, walk.On(2, ShareSignal.Breach));

        // Seven whole days: decided on the day 2, told on 3 to 9.
        Assert.Equal(Walk.StartOf(10), walk.State.ActsFromUtcMs);
        Assert.Equal(Rung.Announced, walk.On(9, ShareSignal.Breach));
        Assert.Equal(Rung.Restricted, walk.On(10, ShareSignal.Breach));
        Assert.Equal(Walk.StartOf(10), walk.State.ActsFromUtcMs);
        Assert.Equal(Rung.Restricted, walk.On(20, ShareSignal.Between));
        Assert.Equal(Rung.Observing, walk.On(21, ShareSignal.Recovered));
        Assert.Null(walk.State.ActsFromUtcMs);
        Assert.Equal(
            [LadderReason.BreachBegan, LadderReason.BreachLasted, LadderReason.NoticeRanOut, LadderReason.Recovered],
            walk.Steps.Select(step => step.Reason));
    }

    [Theory]
    [InlineData(0, "2020-09-01T23:00:00+08:00")]
    [InlineData(1, "2020-09-03T00:00:00+08:00")]
    [InlineData(7, "2020-09-09T00:00:00+08:00")]
    public void A_notice_is_whole_days_also_when_it_is_given_late_in_the_evening(int noticeDays, string acts)
    {
        var late = DateTimeOffset.Parse("2020-09-01T23:00:00+08:00").ToUnixTimeMilliseconds();
        Assert.Equal(DateTimeOffset.Parse(acts).ToUnixTimeMilliseconds(), LadderRule.ActsFromUtcMs(
            Terms with { NoticeDays = noticeDays }, new CheckMoment(late, Start), BusinessZone.Shanghai));
    }

    [Theory]
    [InlineData(ShareSignal.Breach, Rung.Restricted)]
    [InlineData(ShareSignal.NoData, Rung.Announced)]
    [InlineData(ShareSignal.Between, Rung.Warned)]
    [InlineData(ShareSignal.Recovered, Rung.Observing)]
    internal void Only_a_breach_that_still_stands_when_the_notice_runs_out_restricts(
        ShareSignal signal, Rung expected)
    {
        var walk = new Walk(Terms with { BreachDays = 1 });
        Assert.Equal(Rung.Announced, walk.On(0, ShareSignal.Breach));
        for (var day = 1; day < 8; day++)
        {
            Assert.Equal(Rung.Announced, walk.On(day, ShareSignal.NoData));
        }

        Assert.Equal(expected, walk.On(8, signal));
    }

    [Fact]
    public void A_share_that_is_met_while_a_restriction_is_announced_takes_it_back_and_the_days_begin_anew()
    {
        var walk = new Walk(Terms with { BreachDays = 2 });
        walk.On(0, ShareSignal.Breach);
        Assert.Equal(Rung.Announced, walk.On(1, ShareSignal.Breach));
        Assert.Equal(Rung.Warned, walk.On(2, ShareSignal.Between));
        Assert.Equal((LadderReason.BreachEnded, null, 0),
            (walk.Steps[^1].Reason, walk.State.ActsFromUtcMs, walk.State.BreachDays));
        Assert.Equal(Rung.Warned, walk.On(3, ShareSignal.Breach));
        Assert.Equal(Rung.Announced, walk.On(4, ShareSignal.Breach));
        Assert.Equal(Walk.StartOf(12), walk.State.ActsFromUtcMs);
    }

    [Fact]
    public void An_announced_restriction_waits_while_the_cabinet_is_exempt()
    {
        var walk = new Walk(Terms with { BreachDays = 1 });
        walk.On(0, ShareSignal.Breach);
        Assert.Equal(Rung.Announced, walk.On(20, ShareSignal.Breach, exempt: true));
        Assert.Equal(Rung.Restricted, walk.On(21, ShareSignal.Breach));
    }

    [Fact]
    public void Several_runs_of_one_day_count_one_day_in_breach()
    {
        var walk = new Walk(Terms);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Rung.Warned, walk.On(0, ShareSignal.Breach));
        }

        Assert.Equal(1, walk.State.BreachDays);
    }

    [Fact]
    public void Days_in_breach_follow_one_another_and_a_day_without_data_says_nothing()
    {
        var walk = new Walk(Terms);
        walk.On(0, ShareSignal.Breach);
        walk.On(1, ShareSignal.Breach);
        walk.On(2, ShareSignal.Between);
        walk.On(3, ShareSignal.Breach);
        Assert.Equal(Rung.Warned, walk.On(4, ShareSignal.Breach));
        Assert.Equal(Rung.Warned, walk.On(5, ShareSignal.NoData));
        Assert.Equal(Rung.Announced, walk.On(6, ShareSignal.Breach));
    }

    [Theory]
    [InlineData(0, 0, Rung.Restricted)]
    [InlineData(0, 7, Rung.Announced)]
    [InlineData(1, 0, Rung.Restricted)]
    [InlineData(2, 0, Rung.Warned)]
    internal void Terms_without_days_act_at_once(int breachDays, int noticeDays, Rung expected) => Assert.Equal(
        expected,
        new Walk(Terms with { BreachDays = breachDays, NoticeDays = noticeDays }).On(0, ShareSignal.Breach));

    [Theory]
    [InlineData(PolicyMode.Observe, Rung.Observing)]
    [InlineData(PolicyMode.Warn, Rung.Warned)]
    internal void A_policy_that_is_lowered_lowers_the_cabinet(PolicyMode mode, Rung expected)
    {
        var walk = new Walk(Terms with { BreachDays = 0, NoticeDays = 0 });
        walk.On(0, ShareSignal.Breach);
        Assert.Equal(expected, walk.On(1, ShareSignal.Breach, Terms with { Mode = mode }));
        Assert.Equal(LadderReason.PolicyLowered, walk.Steps[^1].Reason);
    }

    [Fact]
    public void An_exempt_cabinet_does_not_climb_and_goes_on_where_it_was_afterwards()
    {
        var walk = new Walk(Terms);
        walk.On(0, ShareSignal.Breach);
        walk.On(1, ShareSignal.Breach);
        for (var day = 2; day < 30; day++)
        {
            Assert.Equal(Rung.Warned, walk.On(day, ShareSignal.Breach, exempt: true));
        }

        Assert.Equal(Rung.Announced, walk.On(30, ShareSignal.Breach));
        Assert.Equal(Rung.Observing, walk.On(31, ShareSignal.Recovered, exempt: true));
    }

    [Fact]
    public void Every_change_is_one_of_the_table_and_every_line_of_the_table_can_happen()
    {
        var seen = new HashSet<(Rung, LadderReason)>();
        Gen.Select(Signals, Modes).Array[1, 60].Sample(days =>
        {
            var walk = new Walk(Terms);
            for (var day = 0; day < days.Length; day++)
            {
                walk.On(day, days[day].Item1, Terms with { Mode = days[day].Item2, BreachDays = 1, NoticeDays = 1 });
            }

            foreach (var step in walk.Steps)
            {
                Assert.Equal(LadderRule.Table[(step.From, step.Reason)], step.To);
                lock (seen)
                {
                    seen.Add((step.From, step.Reason));
                }
            }
        }, iter: 2_000);
        Assert.Equal(LadderRule.Table.Count, seen.Count);
    }

    /// <summary>
    /// The share wavers at random around the threshold: a restriction never ends before the share is above it by the
    /// hysteresis, and never begins without the days in breach and the notice.
    /// </summary>
    [Fact]
    public void A_cabinet_does_not_flap() => Gen.Select(
        Gen.Int[4_000, 6_000].Array[1, 90], Gen.Int[0, 5], Gen.Int[0, 400], Gen.Int[0, 9]).Sample(
        (shares, breachDays, hysteresis, noticeDays) =>
        {
            var terms = new EnforcementTerms(PolicyMode.Restrict, breachDays, hysteresis, noticeDays);
            var walk = new Walk(terms);
            var (breaches, before) = (0, Rung.Observing);
            for (var day = 0; day < shares.Length; day++)
            {
                var share = shares[day];
                breaches = share < 5_000 ? breaches + 1 : 0;
                var rung = walk.On(day, SignalOf(share, hysteresis));
                if (before == Rung.Restricted && rung != Rung.Restricted)
                {
                    Assert.True(AidShareRule.IsMet(share, 10_000, Math.Min(10_000, 5_000 + hysteresis)));
                }

                if (before < Rung.Announced && rung >= Rung.Announced)
                {
                    Assert.True(breaches >= breachDays);
                }

                if (rung == Rung.Restricted)
                {
                    Assert.True(walk.State.ActsFromUtcMs <= Walk.StartOf(day));
                    Assert.True(Walk.StartOf(day) - walk.AnnouncedUtcMs > noticeDays * DayMs || noticeDays == 0);
                    Assert.True(before == Rung.Restricted || share < 5_000);
                }

                before = rung;
            }
        }, iter: 3_000);

    private static readonly Gen<ShareSignal> Signals = Gen.Int[0, 3].Select(i => (ShareSignal)i);

    private static readonly Gen<PolicyMode> Modes =
        Gen.Frequency((6, Gen.Const(PolicyMode.Restrict)), (1, Gen.Const(PolicyMode.Warn)),
            (1, Gen.Const(PolicyMode.Observe)));

    private static ShareSignal SignalOf(int share, int hysteresis) => share < 5_000 ? ShareSignal.Breach
        : share >= 5_000 + hysteresis ? ShareSignal.Recovered
        : ShareSignal.Between;

    /// <summary>A cabinet that is looked at day by day.</summary>
    private sealed class Walk(EnforcementTerms terms)
    {
        public LadderState State { get; private set; } = LadderState.Start(0);

        public List<LadderStep> Steps { get; } = [];

        public long AnnouncedUtcMs { get; private set; }

        public static long StartOf(int day) => BusinessZone.Shanghai.StartOfUtcMs(Start.AddDays(day));

        public Rung On(int day, ShareSignal signal, EnforcementTerms? other = null, bool exempt = false)
        {
            var by = other ?? terms;
            var (next, steps) = LadderRule.Next(State, new LadderInput(
                by, signal, exempt, Start.AddDays(day), StartOf(day), LadderRule.ActsFromUtcMs(
                    by, new CheckMoment(StartOf(day), Start.AddDays(day)), BusinessZone.Shanghai)));
            AnnouncedUtcMs = steps.Any(step => step.To == Rung.Announced) ? StartOf(day) : AnnouncedUtcMs;
            Steps.AddRange(steps);
            State = next;
            return next.Rung;
        }
    }
}
