using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Tests.Gate;
using KioskFleet.Agent.Tests.Journal;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Entries;
using Xunit;

namespace KioskFleet.Agent.Tests.Vending;

public sealed class BasketTests
{
    [Fact]
    public void A_mixed_basket_is_judged_by_its_net_effect()
    {
        using var cabinet = Cabinet();
        var flow = cabinet.Flow();
        Deliver(flow, "full", ("cola", 1_000));
        Assert.Equal(0, flow.Share()!.RoomFen);

        Assert.IsType<VendAnswer.Approved>(Ask(flow, "even", ("tea", 500), ("cola", 500)));
        Assert.Equal(new VendAnswer.Denied(DenialReason.OrdinaryLimit, 0),
            Ask(flow, "worse", ("tea", 500), ("cola", 501)));
        Assert.IsType<VendAnswer.Approved>(Ask(flow, "aid", ("tea", 1)));
        Assert.IsType<VendAnswer.Approved>(Ask(flow, "needed", ("milk", 900)));
        Assert.IsType<VendAnswer.Denied>(Ask(flow, "blocked", ("tea", 900), ("bad", 1)));
    }

    [Fact]
    public void An_approval_reserves_what_its_ordinary_part_may_take_until_its_outcome_or_its_end()
    {
        using var cabinet = Cabinet();
        var flow = cabinet.Flow();
        Assert.Equal(600, Assert.IsType<VendAnswer.Approved>(Ask(flow, "a", ("cola", 400))).HeadroomFen);
        Assert.Equal(new VendAnswer.Denied(DenialReason.OrdinaryLimit, 600), Ask(flow, "b", ("cola", 601)));
        Assert.IsType<VendAnswer.Approved>(Ask(flow, "mixed", ("tea", 900), ("cola", 500)));
        Assert.Equal(100, flow.Share()!.RoomFen);

        flow.Outcome(new OutcomeReport("mixed", DeliveryState.Failed, PaymentOutcome.NotPaid, 0, ""));
        Assert.Equal(600, flow.Share()!.RoomFen);
        cabinet.Restart();
        flow = cabinet.Flow();
        Assert.Equal(600, flow.Share()!.RoomFen);
        cabinet.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(1_000, flow.Share()!.RoomFen);

        // Delivered too late: recorded and counted all the same.
        Assert.Equal(SaleMarks.Late, Deliver(flow, "a", ("cola", 400)).Marks);
        Assert.Equal(600, flow.Share()!.RoomFen);
    }

    [Fact]
    public void A_basket_whose_aid_never_falls_passes_once_until_aid_has_healed_it()
    {
        using var cabinet = Cabinet();
        var flow = cabinet.Flow();
        Deliver(flow, "full", ("cola", 1_000));
        Assert.IsType<VendAnswer.Approved>(Ask(flow, "b0", ("cola", 900), ("tea", 900)));
        Assert.Equal(SaleMarks.GoodsDiffer | SaleMarks.AidMissing, Deliver(flow, "b0", ("cola", 900)).Marks);
        for (var i = 1; i < 20; i++)
        {
            Assert.Equal(DenialReason.OrdinaryLimit, Assert.IsType<VendAnswer.Denied>(
                Ask(flow, $"b{i}", ("cola", 900), ("tea", 9_000))).Reason);
            cabinet.Restart();
            flow = cabinet.Flow();
        }

        // Figures that hold the sale do not make it forgotten; recognised products alone always pass.
        flow = cabinet.Flow(cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet, totalFen: 1_900)));
        Assert.IsType<VendAnswer.Denied>(Ask(flow, "c", ("cola", 900), ("tea", 900)));
        Assert.IsType<VendAnswer.Approved>(Ask(flow, "tea", ("tea", 1_900)));
        Deliver(flow, "tea", ("tea", 1_900));
        Assert.IsType<VendAnswer.Approved>(Ask(flow, "d", ("cola", 5_000), ("tea", 5_000)));
    }

    [Fact]
    public void Baskets_that_count_on_aid_which_is_still_to_fall_do_not_pass_side_by_side_beyond_the_limit()
    {
        using var cabinet = Cabinet();
        var flow = cabinet.Flow();
        Deliver(flow, "full", ("cola", 1_000));
        Assert.IsType<VendAnswer.Approved>(Ask(flow, "a", ("cola", 900), ("tea", 900)));
        Assert.IsType<VendAnswer.Denied>(Ask(flow, "b", ("cola", 900), ("tea", 900)));
        Assert.Equal(SaleMarks.None, Deliver(flow, "a", ("cola", 900), ("tea", 900)).Marks);
        Assert.IsType<VendAnswer.Approved>(Ask(flow, "b", ("cola", 900), ("tea", 900)));
    }

    [Fact]
    public void Missing_aid_of_a_window_that_has_ended_says_nothing_about_the_next()
    {
        using var cabinet = Cabinet();
        var flow = cabinet.Flow();
        Ask(flow, "a", ("cola", 900), ("tea", 900));
        Deliver(flow, "a", ("cola", 900));
        cabinet.Clock.Advance(TimeSpan.FromDays(1));
        Deliver(flow, "full", ("cola", 1_000));

        Assert.IsType<VendAnswer.Approved>(Ask(flow, "b", ("cola", 900), ("tea", 900)));
    }

    [Fact]
    public void An_approval_survives_a_reboot_until_it_ends_by_the_wall_clock()
    {
        using var cabinet = Cabinet();
        Ask(cabinet.Flow(), "a", ("cola", 400));
        cabinet.Clock.Reboot();
        cabinet.Restart();
        var flow = cabinet.Flow();
        cabinet.Observe();
        Assert.Equal(600, flow.Share()!.RoomFen);
        cabinet.Clock.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(1_000, flow.Share()!.RoomFen);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-400)]
    public void A_clock_that_is_behind_after_a_reboot_neither_revives_an_approval_nor_makes_it_longer(int days)
    {
        using var cabinet = Cabinet();
        var flow = cabinet.Flow();
        Ask(flow, "ran-out", ("cola", 400));
        cabinet.Clock.Advance(TimeSpan.FromMinutes(10));
        Ask(flow, "b", ("tea", 1));
        Deliver(flow, "b", ("tea", 1));
        Ask(flow, "held", ("cola", 300));
        cabinet.Clock.Reboot();
        cabinet.Clock.SetWall(cabinet.Clock.WallUtcMs + days * 86_400_000L);
        cabinet.Restart();
        flow = cabinet.Flow();

        Assert.Equal(1, flow.OpenVends);
        Assert.Equal(700, flow.Share()!.RoomFen);
        cabinet.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(0, flow.OpenVends);
        Assert.Equal(1_000, flow.Share()!.RoomFen);
    }

    [Fact]
    public void An_unknown_outcome_keeps_its_reserve_until_the_approval_ends_and_a_late_sale_is_matched_to_it()
    {
        using var cabinet = Cabinet();
        var flow = cabinet.Flow();
        Ask(flow, "a", ("cola", 900));
        flow.Outcome(new OutcomeReport("a", DeliveryState.Unknown, PaymentOutcome.Success, 900, ""));
        Assert.Equal(0, flow.OpenVends);
        Assert.Equal(new VendAnswer.Denied(DenialReason.OrdinaryLimit, 100), Ask(flow, "b", ("cola", 900)));
        cabinet.Restart();
        flow = cabinet.Flow();
        Assert.Equal(100, flow.Share()!.RoomFen);
        cabinet.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(1_000, flow.Share()!.RoomFen);

        Ask(flow, "c", ("tea", 1));
        Assert.Equal(SaleMarks.OutcomeRevised | SaleMarks.Late, Deliver(flow, "a", ("cola", 900)).Marks);
        Assert.Equal(100, flow.Share()!.RoomFen);
    }

    [Theory]
    [InlineData(DeliveryState.UnderReview, PaymentOutcome.Success)]
    [InlineData(DeliveryState.Finished, PaymentOutcome.Owed)]
    public void What_is_owed_or_under_review_keeps_its_reserve_until_it_is_settled(
        DeliveryState delivery, PaymentOutcome payment)
    {
        using var cabinet = Cabinet();
        var flow = cabinet.Flow();
        Ask(flow, "a", ("cola", 400));
        Ask(flow, "b", ("cola", 500));
        flow.Outcome(new OutcomeReport("a", delivery, payment, 400, ""));
        flow.Outcome(new OutcomeReport("b", delivery, payment, 500, ""));
        cabinet.Clock.Advance(TimeSpan.FromMinutes(90));
        cabinet.Restart();
        flow = cabinet.Flow();
        Assert.Equal((0, 100), (flow.OpenVends, flow.Share()!.RoomFen));
        Assert.Equal(DenialReason.OrdinaryLimit,
            Assert.IsType<VendAnswer.Denied>(Ask(flow, "c", ("cola", 101))).Reason);

        // Settled as a sale, or given up.
        Assert.Equal(SaleMarks.OutcomeRevised, Deliver(flow, "a", ("cola", 400)).Marks);
        Assert.Equal(100, flow.Share()!.RoomFen);
        flow.Outcome(new OutcomeReport("b", DeliveryState.Failed, PaymentOutcome.FailRefundSuccess, 500, ""));
        Assert.Equal(600, flow.Share()!.RoomFen);
    }

    [Fact]
    public void The_same_basket_gets_the_same_approval_and_another_under_its_id_is_a_conflict()
    {
        using var cabinet = Cabinet();
        var first = Assert.IsType<VendAnswer.Approved>(Ask(cabinet.Flow(), "a", ("tea", 500), ("cola", 500)));
        cabinet.Restart();
        var flow = cabinet.Flow();

        Assert.Equal(first.UntilWallUtcMs, Assert.IsType<VendAnswer.Approved>(
            Ask(flow, "a", ("tea", 500), ("cola", 500))).UntilWallUtcMs);
        Assert.Equal(new VendAnswer.Conflict("lines"), Ask(flow, "a", ("tea", 400), ("cola", 600)));
        Assert.Equal(new VendAnswer.Conflict("slot"), flow.RequestVend(new VendRequest("a", "A0", "tea", 1_000)));
    }

    [Fact]
    public void A_basket_that_was_delivered_otherwise_than_asked_for_is_marked()
    {
        using var cabinet = Cabinet();
        var flow = cabinet.Flow();
        Ask(flow, "a", ("tea", 500), ("cola", 500));
        Ask(flow, "b", ("tea", 500), ("cola", 500));

        Assert.Equal(SaleMarks.None, Deliver(flow, "a", ("tea", 500), ("cola", 500)).Marks);
        Assert.Equal(SaleMarks.PriceDiffers | SaleMarks.AidMissing,
            Deliver(flow, "b", ("tea", 400), ("cola", 500)).Marks);
    }

    [Theory]
    [InlineData("A1", "cola", 30)]
    [InlineData("A0", "cola", 1)]
    [InlineData("A1", "tea", 1)]
    [InlineData("A0", "tea", 2)]
    [InlineData("", "cola", 1)]
    public void Other_goods_than_approved_are_marked(string slot, string sku, int quantity)
    {
        using var cabinet = Cabinet();
        var flow = cabinet.Flow();
        flow.RequestVend(new VendRequest("v", "A0", "tea", 900));
        flow.RequestVend(VendRequest.For("b", [new VendLine("A0", "tea", 1, 900), new VendLine("A9", "milk", 1, 5)]));
        var line = new SaleLine(slot, sku, "", quantity, 900, quantity * 900);

        Assert.True(Deliver(flow, "v", line).Marks.HasFlag(SaleMarks.GoodsDiffer));
        Assert.True(
            Deliver(flow, "b", line, new SaleLine("A9", "milk", "", 1, 5, 5)).Marks.HasFlag(SaleMarks.GoodsDiffer));
    }

    [Fact]
    public void Pieces_of_a_basket_may_be_told_line_by_line_and_a_single_vend_without_its_slot()
    {
        using var cabinet = Cabinet();
        var flow = cabinet.Flow();
        flow.RequestVend(VendRequest.For("b", [new VendLine("A0", "tea", 2, 900)]));
        flow.RequestVend(new VendRequest("v", "A0", "tea", 900));
        var piece = new SaleLine("A0", "tea", "", 1, 450, 450);

        Assert.Equal(SaleMarks.None, Deliver(flow, "b", piece, piece).Marks);
        Assert.Equal(SaleMarks.None, Deliver(flow, "v", new SaleLine("", "tea", "", 1, 900, 900)).Marks);
    }

    [Theory]
    [InlineData("", "tea", 1, 5, "lines[1].slot", InputFault.Missing)]
    [InlineData("A1", "", 1, 5, "lines[1].sku", InputFault.Missing)]
    [InlineData("A1", "tea", 0, 5, "lines[1].quantity", InputFault.OutOfRange)]
    [InlineData("A1", "tea", 1, -1, "lines[1].priceFen", InputFault.OutOfRange)]
    [InlineData("A1", "tea", 1, long.MaxValue, "lines[1].priceFen", InputFault.OutOfRange)]
    internal void A_line_that_cannot_be_taken_is_named(
        string slot, string sku, int quantity, long fen, string field, InputFault fault)
    {
        using var cabinet = Cabinet();

        Assert.Equal(new VendAnswer.Invalid(new InputProblem(field, fault)), cabinet.Flow().RequestVend(
            VendRequest.For("a", [new VendLine("A1", "tea", 1, 5), new VendLine(slot, sku, quantity, fen)])));
    }

    [Fact]
    public void What_is_sellable_follows_the_gate()
    {
        using var cabinet = Cabinet();
        cabinet.Plan = new CabinetPlan(
            [
                new PlanSlot("A1", "tea", "", 900, 9, 9), new PlanSlot("A2", "cola", "", 600, 9, 9),
                new PlanSlot("A3", "bad", "", 100, 9, 9), new PlanSlot("A4", "cola", "", 400, 9, 9),
            ], 0);
        var flow = cabinet.Flow();
        Deliver(flow, "a", ("cola", 500));

        var slots = flow.Sellable();
        Assert.Equal(
            [null, DenialReason.OrdinaryLimit, DenialReason.ProductBlocked, null], slots.Select(slot => slot.Denial));
        Assert.All(slots, slot => Assert.Equal(500, slot.HeadroomFen));
        Assert.Equal([true, false, false, true], slots.Select(slot => slot.CanSell));
    }

    [Fact]
    public void Aid_that_did_not_fall_is_marked_in_a_boot_whose_clock_is_behind_every_listing_too()
    {
        using var cabinet = Cabinet();
        cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet) with
        {
            Skus = [.. ConfigOnPaper.Skus.Where(sku => sku.Sku != "tea"), new SkuClass("tea",
            [
                new SkuSpan(0, GateClass.Unmapped, false),
                new SkuSpan(cabinet.Clock.WallUtcMs - 3_600_000, GateClass.Aid, false),
            ])],
        });
        cabinet.Clock.Reboot();
        cabinet.Clock.SetWall(0);
        cabinet.Restart();
        var flow = cabinet.Flow();

        Assert.IsType<VendAnswer.Approved>(Ask(flow, "b", ("cola", 900), ("tea", 900)));
        Assert.Equal(SaleMarks.GoodsDiffer | SaleMarks.AidMissing, Deliver(flow, "b", ("cola", 900)).Marks);
    }

    private static TestCabinet Cabinet()
    {
        var cabinet = new TestCabinet();
        cabinet.Observe();
        cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet));
        return cabinet;
    }

    private static VendAnswer Ask(VendFlow flow, string id, params (string Sku, long Fen)[] lines) =>
        flow.RequestVend(VendRequest.For(id, [.. lines.Select((l, i) => new VendLine($"A{i}", l.Sku, 1, l.Fen))]));

    private static RecordAnswer.Recorded Deliver(VendFlow flow, string id, params (string Sku, long Fen)[] lines) =>
        Deliver(flow, id, [.. lines.Select((l, i) => new SaleLine($"A{i}", l.Sku, "", 1, l.Fen, l.Fen))]);

    private static RecordAnswer.Recorded Deliver(VendFlow flow, string id, params SaleLine[] lines) =>
        Assert.IsType<RecordAnswer.Recorded>(flow.Delivered(
            new DeliveredReport(id, lines, new Payment(PaymentMethod.Cash, "", ""))));
}
