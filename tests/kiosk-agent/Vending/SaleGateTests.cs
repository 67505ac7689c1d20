using CsCheck;
using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Tests.Gate;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Entries;
using Xunit;

namespace KioskFleet.Agent.Tests.Vending;

public sealed class SaleGateTests
{
    private static readonly DateOnly Day = new(2020, 9, 15);

    private static readonly Gen<(long Aid, long Total, long Allowance, int Threshold)> States = Gen.Select(
        Gen.Long[-500, 3_000], Gen.Long[-500, 5_000], Gen.Long[-300, 800], Gen.Int[0, 10_000]);

    private static readonly Gen<Basket> Baskets = Gen.Select(
        Gen.Long[0, 900], Gen.Long[0, 900], Gen.Long[0, 200], (aid, ordinary, exempt) =>
            new Basket(aid, ordinary, exempt, null));

    [Fact]
    public void A_basket_is_refused_exactly_when_the_share_would_not_hold_and_it_makes_it_worse() =>
        Gen.Select(States, Baskets).Sample((state, basket) =>
        {
            var denial = SaleGate.Decide(Ask(View(GateMode.Restrict, state), basket)).Denial;

            // By the definition, with whole numbers of any size: exempt goods are not held against the basket.
            var (aid, total) = (state.Aid + basket.AidFen, state.Total + basket.AidFen + basket.OrdinaryFen);
            var holds = (System.Numerics.BigInteger)aid * 10_000
                >= ((System.Numerics.BigInteger)total - state.Allowance) * state.Threshold;
            var costs = basket.AidFen * 10_000L < (basket.AidFen + basket.OrdinaryFen) * state.Threshold;
            Assert.Equal(!holds && costs ? DenialReason.OrdinaryLimit : null, denial);
        });

    [Fact]
    public void Aid_and_exempt_goods_alone_are_never_refused_for_the_share() => Gen.Select(States, Baskets).Sample(
        (state, basket) => Assert.Null(
            SaleGate.Decide(Ask(View(GateMode.Restrict, state), basket with { OrdinaryFen = 0 })).Denial));

    [Fact]
    public void The_headroom_is_the_largest_ordinary_amount_that_passes() =>
        States.Where(s => s.Threshold > 0).Sample(state =>
        {
            var view = View(GateMode.Restrict, state);
            var room = view.RoomFen!.Value;
            if (view.Windows[0].Margin >= 0)
            {
                Assert.True(SaleGate.Fits(view, new Basket(0, room, 0, null)));
            }

            Assert.False(SaleGate.Fits(view, new Basket(0, room + 1, 0, null)));
        });

    [Theory]
    [InlineData(GateMode.Observe, null, null)]
    [InlineData(GateMode.Warn, null, ShareWarning.BeyondLimit)]
    [InlineData(GateMode.Restrict, DenialReason.OrdinaryLimit, null)]
    internal void Only_restrict_refuses_and_observe_says_nothing(
        GateMode mode, DenialReason? denial, ShareWarning? warning)
    {
        var decision = SaleGate.Decide(Ask(View(mode, (0, 0, 100, 5_000)), new Basket(0, 101, 0, null)));

        Assert.Equal((denial, warning), (decision.Denial, decision.Warning));
        Assert.Equal(denial is null ? 0 : 100, decision.HeadroomFen);
    }

    [Fact]
    public void Where_the_gate_cannot_refuse_it_warns()
    {
        var ask = Ask(View(GateMode.Restrict, (0, 0, 100, 5_000)), new Basket(0, 101, 0, null));

        Assert.Equal(new GateDecision(null, 0, ShareWarning.BeyondLimit),
            SaleGate.Decide(ask with { Share = ask.Share! with { CanRefuse = false } }));
    }

    [Theory]
    [InlineData(GateMode.Observe)]
    [InlineData(GateMode.Warn)]
    [InlineData(GateMode.Restrict)]
    public void A_product_blocked_for_quality_is_refused_in_every_mode_aid_or_not(GateMode mode) => Assert.Equal(
        DenialReason.ProductBlocked,
        SaleGate.Decide(Ask(View(mode, (100, 100, 0, 5_000)), new Basket(50, 0, 0, "bad"))).Denial);

    [Fact]
    public void A_vend_that_brings_the_share_into_the_warning_margin_is_warned_of()
    {
        var view = View(GateMode.Warn, (1_000, 1_000, 500, 5_000), warningMargin: 1_000);

        // 1,000 of 1,666 is above 60 %, of 1,667 below.
        Assert.Null(SaleGate.Decide(Ask(view, new Basket(0, 666, 0, null))).Warning);
        Assert.Equal(ShareWarning.NearLimit, SaleGate.Decide(Ask(view, new Basket(0, 667, 0, null))).Warning);
        Assert.Null(SaleGate.Decide(Ask(view, new Basket(900, 0, 0, null))).Warning);
        Assert.Equal(ShareWarning.BeyondLimit, SaleGate.Decide(Ask(view, new Basket(0, 1_501, 0, null))).Warning);
    }

    [Fact]
    public void Every_window_to_keep_must_have_the_margin()
    {
        var view = View(GateMode.Restrict, (0, 0, 900, 5_000));
        view = view with { Windows = [.. view.Windows, View(GateMode.Restrict, (0, 0, 300, 5_000)).Windows[0]] };

        Assert.Equal(300, view.RoomFen);
        Assert.Null(SaleGate.Decide(Ask(view, new Basket(0, 300, 0, null))).Denial);
        Assert.Equal(DenialReason.OrdinaryLimit, SaleGate.Decide(Ask(view, new Basket(0, 301, 0, null))).Denial);
    }

    [Fact]
    public void What_no_choice_of_a_customer_changes_is_said_first()
    {
        var ask = Ask(View(GateMode.Restrict, (0, 0, 0, 5_000)), new Basket(0, 1, 0, "bad"));

        Assert.Equal(DenialReason.CabinetStopped,
            SaleGate.Decide(ask with { IsStopped = true, HasRoom = false }).Denial);
        Assert.Equal(DenialReason.DiskFull, SaleGate.Decide(ask with { HasRoom = false, OpenVends = 9 }).Denial);
        Assert.Equal(DenialReason.TooManyOpenVends, SaleGate.Decide(ask with { OpenVends = 9 }).Denial);
        Assert.Equal(DenialReason.UnknownSlot,
            SaleGate.Decide(ask with { Plan = new CabinetPlan([], 0), IsKnownDoor = false }).Denial);
        Assert.Equal(DenialReason.UnknownDoor, SaleGate.Decide(ask with { IsKnownDoor = false }).Denial);
        Assert.Equal(DenialReason.RuleLost, SaleGate.Decide(ask with { WaitsForRule = true, NeedsVend = true }).Denial);
        Assert.Equal(DenialReason.VendNeeded, SaleGate.Decide(ask with { NeedsVend = true }).Denial);
        Assert.Equal(DenialReason.ProductBlocked, SaleGate.Decide(ask).Denial);
    }

    [Fact]
    public void Without_a_config_the_share_is_not_asked_about()
    {
        var ask = Ask(View(GateMode.Restrict, default), default) with { Share = null };

        Assert.Equal(new GateDecision(null, null), SaleGate.Decide(ask));
    }

    private static GateQuestion Ask(ShareView view, Basket basket) =>
        new(["A1"], null, false, true, 0, 8) { Share = new ShareQuestion(view, basket, CanRefuse: true) };

    private static ShareView View(
        GateMode mode, (long Aid, long Total, long Allowance, int Threshold) state, int warningMargin = 0)
    {
        var window = new BusinessWindow(Day, Day);
        var config = new CabinetConfig(ConfigOnPaper.Cabinet, CabinetKind.Slot, mode, 0, 0,
            new GatePolicy("share", 1, "day", 480, [new GateThreshold(DateOnly.MinValue, state.Threshold)], 0, 0,
                warningMargin),
            new GateFigures(default, default, 0, 0, window, state.Allowance,
                [new FigureRow(Day, Day, state.Aid, state.Total, 0)]), [], []);
        return new ShareView(new AppliedConfig(config.Encode(), new EntryOrigin(default, 0)), mode, 0, true,
            BasisKind.Exact, [MarginRule.Of(config, window, new DaySums(), isExact: true, Day)]);
    }
}
