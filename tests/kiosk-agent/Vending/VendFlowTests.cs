using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Tests.Journal;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Entries;
using Xunit;

namespace KioskFleet.Agent.Tests.Vending;

public sealed class VendFlowTests
{
    private static readonly Payment Paid = new(PaymentMethod.Alipay, "m1", "t1");

    [Fact]
    public void The_same_request_gets_the_same_approval_also_after_a_restart()
    {
        using var cabinet = new TestCabinet();
        var request = new VendRequest("v1", "A1", "S1", 500);
        var first = Assert.IsType<VendAnswer.Approved>(cabinet.Flow().RequestVend(request));
        cabinet.Clock.Advance(TimeSpan.FromSeconds(10));
        cabinet.Restart();
        var again = Assert.IsType<VendAnswer.Approved>(cabinet.Flow().RequestVend(request));
        Assert.Equal(first.UntilWallUtcMs, again.UntilWallUtcMs);
        Assert.Equal(590_000, again.RemainingMs);
        Assert.Equal(1, cabinet.Flow().OpenVends);
        Assert.Equal(0UL, cabinet.Journal.Facts.Tail.Seq);
    }

    [Theory]
    [InlineData("A2", "S1", 500, "slot")]
    [InlineData("A1", "S2", 500, "sku")]
    [InlineData("A1", "S1", 501, "priceFen")]
    public void The_same_request_id_with_other_content_is_a_conflict(string slot, string sku, long fen, string field)
    {
        using var cabinet = new TestCabinet();
        var flow = cabinet.Flow();
        flow.RequestVend(new VendRequest("v1", "A1", "S1", 500));
        Assert.Equal(new VendAnswer.Conflict(field), flow.RequestVend(new VendRequest("v1", slot, sku, fen)));
    }

    [Fact]
    public void A_sale_is_recorded_once_however_often_it_is_reported()
    {
        using var cabinet = new TestCabinet();
        var flow = cabinet.Flow();
        flow.RequestVend(new VendRequest("v1", "A1", "S1", 500));
        var first = Recorded(flow.Delivered(Report("v1", 500)));
        Assert.Equal((SaleMarks.None, false), (first.Marks, first.AlreadyRecorded));
        Assert.Equal(first with { AlreadyRecorded = true }, flow.Delivered(Report("v1", 500)));
        cabinet.Restart();
        Assert.Equal(first with { AlreadyRecorded = true }, cabinet.Flow().Delivered(Report("v1", 500)));
        cabinet.Commit(1);
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "");
        Assert.Equal(first with { AlreadyRecorded = true }, cabinet.Flow().Delivered(Report("v1", 500)));
        Assert.Equal(new VendAnswer.Finished(first.Entry),
            cabinet.Flow().RequestVend(new VendRequest("v1", "A1", "S1", 500)));
        Assert.Equal(0, cabinet.Flow().OpenVends);
        Assert.Empty(TestCabinet.SaleIds(cabinet.Journal));
    }

    [Fact]
    public void A_carried_sale_is_recognised_under_the_place_where_it_was_recorded_first()
    {
        using var cabinet = new TestCabinet();
        var first = Recorded(cabinet.Flow().Delivered(Report("v1", 500)));
        var path = cabinet.CurrentPath;
        cabinet.RestartAfter(() => File.WriteAllBytes(path, Broken(File.ReadAllBytes(path))));
        Assert.NotEqual(first.Entry.Journal, cabinet.Journal.Id);
        Assert.Equal(first with { AlreadyRecorded = true }, cabinet.Flow().Delivered(Report("v1", 500)));
        var refund = Recorded(cabinet.Flow().Refund(new RefundReport(
            "r1", new SaleReference.ByVendId("v1"), 0, 100, 0, "", "")));
        var body = (RefundBody)TestCabinet.Decode(cabinet.Journal.EntryAt(refund.Entry.Seq)!.Value).Body!;
        Assert.Equal((first.Entry.Journal, first.Entry.Seq), (body.SaleJournal, body.SaleSeq));
    }

    [Fact]
    public void The_same_vend_with_other_money_is_a_conflict_that_names_what_is_recorded()
    {
        using var cabinet = new TestCabinet();
        var flow = cabinet.Flow();
        var first = Recorded(flow.Delivered(Report("v1", 500)));
        Assert.Equal(new RecordAnswer.Conflict(first.Entry, "lines[0].unitPriceFen"),
            flow.Delivered(Report("v1", 600)));
        Assert.Equal(1UL, cabinet.Journal.Facts.Tail.Seq);
    }

    [Fact]
    public void What_was_delivered_is_recorded_with_what_was_odd_about_it()
    {
        using var cabinet = new TestCabinet { Plan = Plan() };
        var flow = cabinet.Flow();
        Assert.Equal(SaleMarks.UnknownVend, Recorded(flow.Delivered(Report("never-asked", 500))).Marks);
        Assert.Equal(SaleMarks.None,
            Recorded(flow.Delivered(Report("hand", 500) with { Source = SaleSource.Hand })).Marks);

        Assert.Equal(new VendAnswer.Denied(DenialReason.UnknownSlot, null),
            flow.RequestVend(new VendRequest("denied", "Z9", "S1", 500)));
        cabinet.Restart();
        flow = cabinet.Flow();
        var report = Report("denied", 500) with { Lines = [new SaleLine("Z9", "S9", "x", 1, 500, 500)] };
        Assert.Equal(SaleMarks.WasDenied | SaleMarks.UnknownSlot | SaleMarks.UnknownSku,
            Recorded(flow.Delivered(report)).Marks);

        flow.RequestVend(new VendRequest("late", "A1", "S1", 500));
        cabinet.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(SaleMarks.Late, Recorded(flow.Delivered(Report("late", 500))).Marks);

        flow.RequestVend(new VendRequest("price", "A1", "S1", 500));
        Assert.Equal(SaleMarks.PriceDiffers, Recorded(flow.Delivered(Report("price", 450))).Marks);

        var longName = new string('茶', 100);
        var cut = Recorded(flow.Delivered(Report("long", 500) with
        {
            Lines = [new SaleLine("A1", "S1", longName, 1, 500, 500)],
            Source = SaleSource.Hand,
        }));
        Assert.Equal(SaleMarks.TextCut, cut.Marks);
        var sale = (SaleBody)TestCabinet.Decode(cabinet.Journal.EntryAt(cut.Entry.Seq)!.Value).Body!;
        Assert.Equal(new string('茶', 85), sale.Lines[0].Name);
    }

    [Fact]
    public void A_failed_vend_that_was_delivered_after_all_is_a_sale()
    {
        using var cabinet = new TestCabinet();
        var flow = cabinet.Flow();
        flow.RequestVend(new VendRequest("v1", "A1", "S1", 500));
        var report = new OutcomeReport("v1", DeliveryState.Failed, PaymentOutcome.FailRefundInExecution, 500, "jam");
        var failed = Recorded(flow.Outcome(report));
        Assert.Equal(failed with { AlreadyRecorded = true }, flow.Outcome(report));
        Assert.Equal(("A1", "S1"), (((OutcomeBody)TestCabinet.Decode(cabinet.Journal.EntryAt(1)!.Value).Body!) is var o
            ? (o.Slot, o.Sku) : default));
        Assert.Equal(0, flow.OpenVends);
        Assert.False(Recorded(
            flow.Outcome(report with { Payment = PaymentOutcome.FailRefundSuccess })).AlreadyRecorded);
        cabinet.Restart();
        flow = cabinet.Flow();
        var sale = Recorded(flow.Delivered(Report("v1", 500)));
        Assert.True(sale.Marks.HasFlag(SaleMarks.OutcomeRevised));
        Assert.Equal(sale with { AlreadyRecorded = true }, flow.Delivered(Report("v1", 500)));
        Assert.Equal(new RecordAnswer.Conflict(sale.Entry, "id"), flow.Outcome(report));
    }

    [Fact]
    public void A_failed_vend_reported_again_after_its_request_is_forgotten_is_still_one_entry()
    {
        using var cabinet = new TestCabinet();
        var flow = cabinet.Flow();
        flow.RequestVend(new VendRequest("v1", "A1", "S1", 500));
        var report = new OutcomeReport("v1", DeliveryState.Failed, PaymentOutcome.FailRefundSuccess, 500, "jam");
        var failed = Recorded(flow.Outcome(report));
        flow.RequestVend(new VendRequest("v2", "A1", "S1", 500));
        Assert.Equal(failed with { AlreadyRecorded = true }, flow.Outcome(report));
        Assert.False(Recorded(flow.Outcome(report with { Slot = "B2" })).AlreadyRecorded);
    }

    [Fact]
    public void A_wholly_free_order_is_a_promotion_and_a_free_line_of_a_paid_sale_stays()
    {
        using var cabinet = new TestCabinet();
        var flow = cabinet.Flow();
        var free = Recorded(
            flow.Delivered(Report("free", 500) with { Lines = [new SaleLine("A1", "S1", "x", 2, 500, 0)] }));
        Assert.Equal(EntryKind.NonSale, free.Entry.Kind);
        Assert.Equal(free with { AlreadyRecorded = true },
            flow.Delivered(Report("free", 500) with { Lines = [new SaleLine("A1", "S1", "x", 2, 500, 0)] }));
        Assert.IsType<RecordAnswer.Conflict>(flow.Delivered(Report("free", 500)));
        Recorded(flow.Delivered(Report("half", 500) with
        {
            Lines = [new SaleLine("A1", "S1", "x", 1, 500, 500), new SaleLine("A1", "S1", "x", 1, 500, 0)],
        }));
        Assert.Equal(500, cabinet.Journal.Sums.SalesFen);
        Assert.Equal(1, cabinet.Journal.Sums.Sales);
    }

    [Fact]
    public void Refunds_are_partial_repeatable_and_idempotent_by_their_number()
    {
        using var cabinet = new TestCabinet();
        var flow = cabinet.Flow();
        var sale = Recorded(flow.Delivered(Report("v1", 500)));
        var refund = new RefundReport("r1", new SaleReference.ByVendId("v1"), 0, 200, 0, "tr", "stale");
        var first = Recorded(flow.Refund(refund));
        Assert.Equal(first with { AlreadyRecorded = true }, flow.Refund(refund));
        Assert.Equal(new RecordAnswer.Conflict(first.Entry, "amountFen"), flow.Refund(refund with { AmountFen = 201 }));
        Recorded(flow.Refund(
            refund with { RefundNumber = "r2", Sale = new SaleReference.ByEntry(sale.Entry.Journal, 1) }));
        Recorded(flow.Refund(refund with { RefundNumber = "r3", AmountFen = 5_000 }));
        Assert.Equal(5_400, cabinet.Journal.Sums.RefundsFen);
        Assert.Equal(new RecordAnswer.UnknownSale("nobody"),
            flow.Refund(refund with { RefundNumber = "r4", Sale = new SaleReference.ByVendId("nobody") }));
        Assert.IsType<RecordAnswer.Invalid>(flow.Refund(refund with { RefundNumber = "r5", Line = 1 }));
        Assert.IsType<RecordAnswer.Invalid>(flow.Refund(refund with { RefundNumber = "r6", AmountFen = 0 }));
        Assert.Equal(4UL, cabinet.Journal.Facts.Tail.Seq);
    }

    [Fact]
    public void A_session_is_opened_closed_settled_and_adjusted()
    {
        using var cabinet = new TestCabinet();
        var flow = cabinet.Flow();
        Assert.IsType<VendAnswer.Approved>(flow.OpenSession("s1"));
        Assert.IsType<CloseAnswer.UnknownSession>(flow.CloseSession("s2"));
        Assert.IsType<CloseAnswer.Closed>(flow.CloseSession("s1"));
        Assert.IsType<CloseAnswer.Closed>(flow.CloseSession("s1"));
        var owed = Recorded(flow.Owed(new OwedReport("s1", 900, true, "camera")));
        Assert.Equal(0, cabinet.Journal.Sums.SalesFen);
        Assert.Equal(EntryKind.Outcome, owed.Entry.Kind);
        var settled = Recorded(flow.Settle("s1", [new SaleLine("A1", "S1", "x", 1, 900, 900)], Paid));
        Assert.Equal(SaleMarks.OutcomeRevised, settled.Marks);
        Assert.Equal(new CloseAnswer.Finished(settled.Entry), flow.CloseSession("s1"));

        var adjust = new AdjustReport("s1", 1, [new SaleLine("A2", "S2", "y", 1, 300, 300)], Paid,
            [new RefundedSaleLine(0, 400, 0, "", "not taken")]);
        var adjusted = Recorded(flow.Adjust(adjust));
        Assert.Equal([EntryKind.Sale, EntryKind.Refund], [adjusted.Entry.Kind, adjusted.More[0].Kind]);
        cabinet.Restart();
        var again = Recorded(cabinet.Flow().Adjust(adjust));
        Assert.Equal((true, adjusted.Entry, adjusted.More[0]), (again.AlreadyRecorded, again.Entry, again.More[0]));
        Assert.Equal((1_200L, 400L), (cabinet.Journal.Sums.SalesFen, cabinet.Journal.Sums.RefundsFen));
        Assert.IsType<RecordAnswer.UnknownSale>(cabinet.Flow().Adjust(adjust with { SessionId = "s9" }));
        var refused = Assert.IsType<RecordAnswer.Invalid>(cabinet.Flow().Adjust(
            adjust with { Number = 2, Refunded = [new RefundedSaleLine(9, 400, 0, "", "no such line")] }));
        Assert.Equal("refunded[0].line", refused.Problem.Field);
        Assert.Contains("s1#adj1", TestCabinet.SaleIds(cabinet.Journal));
    }

    [Fact]
    public void The_gate_denies_requests_and_only_requests()
    {
        using var cabinet = new TestCabinet { Plan = Plan(), Vending = new VendingOptions { MaxOpenVends = 2 } };
        var flow = cabinet.Flow();
        var free = 1L << 40;
        cabinet.FreeBytes = () => free;
        flow = cabinet.Flow();
        flow.IsStopped = true;
        Assert.Equal(DenialReason.CabinetStopped, Denied(flow, "a"));
        flow.IsStopped = false;
        Assert.IsType<VendAnswer.Approved>(flow.RequestVend(new VendRequest("a", "A1", "S1", 500)));
        free = cabinet.Options.MinFreeBytes;
        Assert.Equal(DenialReason.DiskFull, Denied(flow, "b"));
        Recorded(flow.Delivered(Report("a", 500)));
        free = 1L << 40;
        Assert.IsType<VendAnswer.Approved>(flow.RequestVend(new VendRequest("b", "A1", "S1", 500)));
        Assert.IsType<VendAnswer.Approved>(flow.RequestVend(new VendRequest("c", "A1", "S1", 500)));
        Assert.Equal(DenialReason.TooManyOpenVends, Denied(flow, "d"));
        cabinet.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.IsType<VendAnswer.Approved>(flow.RequestVend(new VendRequest("d", "A1", "S1", 500)));
    }

    [Fact]
    public void The_reserve_is_real_space_given_back_once()
    {
        using var cabinet = new TestCabinet();
        var guard = new SpaceGuard(cabinet.Options, cabinet.FreeBytes);
        Assert.False(guard.IsReserveWhole);
        Assert.True(guard.HasRoomFor(0));
        Assert.True(guard.IsReserveWhole);
        Assert.True(cabinet.Store.Space.Release());
        Assert.False(guard.Release());
        Assert.False(SpaceGuard.MayApprove(false, long.MaxValue, 0, cabinet.Options));
        Assert.False(new SpaceGuard(cabinet.Options, () => cabinet.Options.MinFreeBytes).HasRoomFor(0));
    }

    [Fact]
    public void Stock_is_counted_from_entries_through_restart_and_succession()
    {
        using var cabinet = new TestCabinet { Plan = Plan() };
        var flow = cabinet.Flow();
        flow.Delivered(Report("v1", 500));
        Assert.Equal([7, 3], flow.Sellable().Select(s => s.Stock));
        flow.NonSale(new NonSaleReport("n1", NonSalePurpose.Test, [new NonSaleLine("A1", "S1", "x", 2, 500)], ""));
        Assert.Equal([5, 3], flow.Sellable().Select(s => s.Stock));
        cabinet.Commit(1);
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "");
        Assert.Equal([5, 3], flow.Sellable().Select(s => s.Stock));
        cabinet.Restart();
        Assert.Equal([5, 3], cabinet.Flow().Sellable().Select(s => s.Stock));
        cabinet.Store.CarryOver(cabinet.Store.Closed[0].Id);
        Assert.Equal([5, 3], cabinet.Flow().Sellable().Select(s => s.Stock));
        Assert.All(cabinet.Flow().Sellable(), s => Assert.True(s.CanSell));
    }

    [Theory]
    [InlineData("", 1, 500, 500, "id", InputFault.Missing)]
    [InlineData("v", 0, 500, 500, "lines[0].quantity", InputFault.OutOfRange)]
    [InlineData("v", 1, -1, 500, "lines[0].unitPriceFen", InputFault.OutOfRange)]
    [InlineData("v", 1, 500, Limits.MaxLineFen + 1, "lines[0].paidFen", InputFault.OutOfRange)]
    public void Ids_and_money_that_cannot_be_read_are_named(
        string id, int quantity, long price, long paid, string field, object fault)
    {
        using var cabinet = new TestCabinet();
        var report = new DeliveredReport(id, [new SaleLine("A1", "S1", "x", quantity, price, paid)], Paid);
        Assert.Equal(new RecordAnswer.Invalid(new InputProblem(field, (InputFault)fault)),
            cabinet.Flow().Delivered(report));
        Assert.Equal(0UL, cabinet.Journal.Facts.Tail.Seq);
    }

    private static byte[] Broken(byte[] file)
    {
        Array.Fill(file, (byte)0, 0, 64);
        return file;
    }

    private static DenialReason Denied(VendFlow flow, string id) =>
        Assert.IsType<VendAnswer.Denied>(flow.RequestVend(new VendRequest(id, "A1", "S1", 500))).Reason;

    private static RecordAnswer.Recorded Recorded(RecordAnswer answer) => Assert.IsType<RecordAnswer.Recorded>(answer);

    private static DeliveredReport Report(string id, long fen) =>
        new(id, [new SaleLine("A1", "S1", "绿茶", 1, fen, fen)], Paid);

    private static CabinetPlan Plan() => new(
        [new PlanSlot("A1", "S1", "绿茶", 500, 10, 8), new PlanSlot("A2", "S2", "花生", 300, 10, 3)], 0);
}
