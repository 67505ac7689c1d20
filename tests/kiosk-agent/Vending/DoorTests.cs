using KioskFleet.Agent.Tests.Gate;
using KioskFleet.Agent.Tests.Journal;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Entries;
using Xunit;

namespace KioskFleet.Agent.Tests.Vending;

/// <summary>Open-door cabinets: left holds only ordinary goods, right is mixed, top only aid, milk is exempt.</summary>
public sealed class DoorTests
{
    private static readonly CabinetPlan Plan = new(
        [
            Slot("L1", "cola", 300, "left"), Slot("L2", "chips", 700, "left"), Slot("R1", "tea", 500, "right"),
            Slot("R2", "cola", 300, "right"), Slot("T1", "tea", 500, "top"), Slot("M1", "milk", 400, "milk"),
        ], 0);

    [Fact]
    public void A_compartment_of_ordinary_goods_stays_shut_once_its_dearest_piece_does_not_fit()
    {
        using var cabinet = Cabinet(CabinetKind.OpenDoorCompartments);
        var flow = cabinet.Flow();
        var first = Assert.IsType<VendAnswer.Approved>(flow.OpenSession("s1", "left"));
        Assert.Equal(300, first.HeadroomFen);

        // 700 of 1,000 are kept in reserve for the open door.
        Assert.Equal(new VendAnswer.Denied(DenialReason.OrdinaryLimit, 300), flow.OpenSession("s2", "left"));
        Settle(flow, "s1", "cola", 300);
        Assert.IsType<VendAnswer.Approved>(flow.OpenSession("s3", "left"));
        Settle(flow, "s3", "cola", 300);
        Assert.Equal(new VendAnswer.Denied(DenialReason.OrdinaryLimit, 400), flow.OpenSession("s4", "left"));

        // What was taken is recorded although the door should have stayed shut.
        Assert.Equal(SaleMarks.WasDenied, Assert.IsType<RecordAnswer.Recorded>(
            flow.Settle("s4", [new SaleLine("L2", "chips", "", 1, 700, 700)], Cash)).Marks);
    }

    [Fact]
    public void The_reserve_of_an_open_door_survives_a_restart()
    {
        using var cabinet = Cabinet(CabinetKind.OpenDoorCompartments);
        cabinet.Flow().OpenSession("s1", "left");
        cabinet.Restart();

        Assert.Equal(300, cabinet.Flow().Share()!.RoomFen);
    }

    [Theory]
    [InlineData("right")]
    [InlineData("")]
    public void A_mixed_compartment_and_a_cabinet_without_an_ordinary_one_open_with_a_warning(string door)
    {
        using var cabinet = Cabinet(CabinetKind.OpenDoorCompartments);
        cabinet.Plan = new CabinetPlan([.. Plan.Slots.Where(slot => slot.Door != "left")], 0);
        var flow = cabinet.Flow();
        Assert.Equal(ShareWarning.NearLimit,
            Assert.IsType<VendAnswer.Approved>(flow.OpenSession("s1", door)).Warning);
        Settle(flow, "s1", "cola", 900);

        var warned = Assert.IsType<VendAnswer.Approved>(flow.OpenSession("s2", door));
        Assert.Equal(ShareWarning.BeyondLimit, warned.Warning);
    }

    [Fact]
    public void A_session_that_names_no_door_may_open_an_ordinary_compartment_and_is_judged_like_it()
    {
        using var cabinet = Cabinet(CabinetKind.OpenDoorCompartments);
        var flow = cabinet.Flow();
        Assert.Equal(300, Assert.IsType<VendAnswer.Approved>(flow.OpenSession("s1")).HeadroomFen);
        Assert.Equal(new VendAnswer.Denied(DenialReason.OrdinaryLimit, 300), flow.OpenSession("s2"));
        Assert.IsType<VendAnswer.Approved>(flow.OpenSession("s3", "right"));
    }

    [Theory]
    [InlineData(CabinetKind.Slot)]
    [InlineData(CabinetKind.Locker)]
    public void Where_goods_come_out_piece_by_piece_restrict_asks_for_a_vend(CabinetKind kind)
    {
        using var cabinet = Cabinet(kind);
        var flow = cabinet.Flow();
        foreach (var (id, door) in new[] { ("s1", ""), ("s2", "top"), ("s3", "left") })
        {
            Assert.Equal(new VendAnswer.Denied(DenialReason.VendNeeded, 1_000), flow.OpenSession(id, door));
        }

        // What was taken all the same is recorded, marked and counted.
        Assert.Equal(SaleMarks.WasDenied, Assert.IsType<RecordAnswer.Recorded>(
            flow.Settle("s1", [new SaleLine("L1", "cola", "", 1, 300, 300)], Cash)).Marks);
        Assert.Equal(700, flow.Share()!.RoomFen);
        Assert.IsType<VendAnswer.Approved>(flow.RequestVend(new VendRequest("v1", "L1", "cola", 300)));
    }

    [Theory]
    [InlineData(GateMode.Warn, ShareWarning.BeyondLimit)]
    [InlineData(GateMode.Observe, null)]
    internal void Where_goods_come_out_piece_by_piece_a_session_passes_unless_restricted(
        GateMode mode, ShareWarning? warning)
    {
        using var cabinet = Cabinet(CabinetKind.Slot, mode);
        var flow = cabinet.Flow();
        Settle(flow, "s0", "cola", 5_000);

        Assert.Equal(warning, Assert.IsType<VendAnswer.Approved>(flow.OpenSession("s1")).Warning);
    }

    [Fact]
    public void Compartments_of_aid_or_of_what_everybody_needs_open_without_one()
    {
        using var cabinet = Cabinet(CabinetKind.OpenDoorCompartments);
        var flow = cabinet.Flow();
        Settle(flow, "s0", "cola", 5_000);

        Assert.Null(Assert.IsType<VendAnswer.Approved>(flow.OpenSession("s1", "top")).Warning);
        Assert.Null(Assert.IsType<VendAnswer.Approved>(flow.OpenSession("s2", "milk")).Warning);
    }

    [Fact]
    public void A_cabinet_with_one_door_to_all_goods_refuses_nothing_for_the_share()
    {
        using var cabinet = Cabinet(CabinetKind.OpenDoor);
        var flow = cabinet.Flow();
        Settle(flow, "s0", "cola", 5_000);

        foreach (var (id, door) in new[] { ("s1", "left"), ("s2", ""), ("s3", "no-such-door") })
        {
            Assert.Equal(ShareWarning.BeyondLimit,
                Assert.IsType<VendAnswer.Approved>(flow.OpenSession(id, door)).Warning);
        }
    }

    [Fact]
    public void A_door_that_no_slot_names_is_unknown()
    {
        using var cabinet = Cabinet(CabinetKind.OpenDoorCompartments);
        var flow = cabinet.Flow();

        Assert.Equal(DenialReason.UnknownDoor,
            Assert.IsType<VendAnswer.Denied>(flow.OpenSession("s1", "nowhere")).Reason);
        Assert.Equal(new VendAnswer.Conflict("door"), flow.OpenSession("s1", "left"));
        Assert.Equal(new VendAnswer.Invalid(new InputProblem("door", InputFault.TooLong)),
            flow.OpenSession("s2", new string('x', 17)));
    }

    [Fact]
    public void A_blocked_product_keeps_its_door_shut_until_it_is_taken_out()
    {
        using var cabinet = Cabinet(CabinetKind.OpenDoorCompartments);
        cabinet.Plan = new CabinetPlan([.. Plan.Slots, new PlanSlot("B1", "bad", "", 500, 5, 1, "top")], 0);
        var flow = cabinet.Flow();
        Assert.Equal(DenialReason.ProductBlocked,
            Assert.IsType<VendAnswer.Denied>(flow.OpenSession("s1", "top")).Reason);
        Assert.Equal(DenialReason.ProductBlocked, Assert.IsType<VendAnswer.Denied>(flow.OpenSession("s2")).Reason);
        Assert.IsType<VendAnswer.Approved>(flow.OpenSession("s3", "left"));
        flow.Outcome(new OutcomeReport("s3", DeliveryState.CannotStart, PaymentOutcome.NotPaid, 0, ""));

        flow.NonSale(new NonSaleReport(
            "out", NonSalePurpose.Maintenance, [new NonSaleLine("B1", "bad", "", 1, 500)], ""));
        Assert.IsType<VendAnswer.Approved>(flow.OpenSession("s4", "top"));
        Assert.IsType<VendAnswer.Approved>(flow.OpenSession("s5"));
    }

    [Fact]
    public void Without_a_plan_a_door_is_judged_by_whether_any_room_is_left()
    {
        using var cabinet = Cabinet(CabinetKind.OpenDoor);
        cabinet.Plan = null;
        var flow = cabinet.Flow();
        Assert.Equal(ShareWarning.NearLimit, Assert.IsType<VendAnswer.Approved>(flow.OpenSession("s1")).Warning);
        Settle(flow, "s1", "cola", 1_000);
        Assert.Equal(ShareWarning.BeyondLimit, Assert.IsType<VendAnswer.Approved>(flow.OpenSession("s2")).Warning);
    }

    [Fact]
    public void Doors_of_a_plan_are_read_and_checked()
    {
        var plan = CabinetPlan.Parse(Json("left"), out var problems);
        Assert.Empty(problems);
        Assert.True(plan!.HasDoors);
        Assert.Equal("left", plan.Slots[0].Door);
        Assert.Null(CabinetPlan.Parse(Json(new string('x', 17)), out problems));
        Assert.Contains("slots[0].door", Assert.Single(problems), StringComparison.Ordinal);
    }

    private static Payment Cash { get; } = new(PaymentMethod.Cash, "", "");

    private static byte[] Json(string door) => System.Text.Encoding.UTF8.GetBytes(
        $$"""{"slots":[{"slot":"A1","sku":"a","priceFen":1,"capacity":1,"stock":1,"door":"{{door}}"}]}""");

    private static PlanSlot Slot(string slot, string sku, long priceFen, string door) =>
        new(slot, sku, sku, priceFen, 20, 20, door);

    private static TestCabinet Cabinet(CabinetKind kind, GateMode mode = GateMode.Restrict)
    {
        var cabinet = new TestCabinet { Plan = Plan };
        cabinet.Observe();
        cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet) with
        {
            Kind = kind, Mode = mode, RestrictFromUtcMs = mode == GateMode.Restrict ? 1 : 0,
        });
        return cabinet;
    }

    private static void Settle(VendFlow flow, string session, string sku, long fen) =>
        Assert.IsType<RecordAnswer.Recorded>(flow.Settle(session, [new SaleLine("", sku, "", 1, fen, fen)], Cash));
}
