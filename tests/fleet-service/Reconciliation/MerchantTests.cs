using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Reconciliation;
using KioskFleet.Service.Tests.Ledger;
using Xunit;
using static KioskFleet.Service.Tests.Reconciliation.BillsOnPaper;

namespace KioskFleet.Service.Tests.Reconciliation;

/// <summary>When all bills of a day are there, whose they are, and how wrong ones are taken back.</summary>
public abstract class MerchantTests(string dataSet) : IDisposable
{
    private const long At = BooksRig.StartUtcMs + BillsRig.Noon;

    private readonly BillsRig _rig = new(dataSet: dataSet);

    public void Dispose()
    {
        _rig.AssertSumsAreTheRows();
        _rig.Dispose();
    }

    [Fact]
    public async Task A_second_merchant_number_whose_bill_is_not_there_accuses_nobody()
    {
        var journal = _rig.Books.Journal();
        journal.Add(BillsRig.Sale("v1", 500), At);
        journal.Add(BillsRig.Sale("v2", 300), At);
        await _rig.Commit(journal);
        var before = Day.AddDays(-1);
        await _rig.Import(before, lines:
            [Paid("x", 1, day: before) with { Merchant = "M1" }, Paid("y", 1, day: before) with { Merchant = "M2" }]);
        await _rig.Import(Paid("t-v1", 500) with { Merchant = "M1" });
        _rig.Today(Day.AddDays(3));
        Assert.DoesNotContain(_rig.Check().Found, f => f.Kind == FindingKind.RecordedNotPaid);
        Assert.Equal(["v1 Matched", "v2 Pending"], _rig.States());
        var shown = _rig.Query.Days(Day, Day.AddDays(1)).Single(d => d.Provider == "weChat");
        Assert.Equal((BillDayStanding.Incomplete, "M2"), (shown.Standing, shown.LackingMerchants.Single()));

        _rig.Today(Day.AddDays(4));
        await _rig.Import(Paid("t-v9", 300) with { Merchant = "M2" });
        Assert.Equal(["v1 Matched", "v2 Missing"], _rig.States());
        Assert.Equal(BillDayStanding.Complete,
            _rig.Query.Days(Day, Day.AddDays(1)).Single(d => d.Provider == "weChat").Standing);
    }

    [Theory]
    [InlineData(30, false)]
    [InlineData(31, true)]
    public void A_merchant_number_is_expected_again_for_so_many_days(int daysLater, bool isComplete)
    {
        MerchantDay Of(int day, string merchant) => new("op-a", "WeChat", day, merchant, 1, true, true);
        var later = KioskFleet.Service.Places.BusinessZone.Number(Day.AddDays(daysLater));
        var days = BillDayRule.Of([Of(20200901, "M1"), Of(20200901, "M2"), Of(later, "M1")], 30).ToList();
        Assert.Equal((true, isComplete), (days[0].HasPayments, days[1].HasPayments));
        Assert.Equal(isComplete ? [] : ["M2"], days[1].Lacking);
    }

    [Fact]
    public void An_empty_bill_is_that_of_the_only_merchant_number_and_of_none_among_several()
    {
        MerchantDay Of(int day, string merchant, bool refunds = true) =>
            new("op-a", "WeChat", day, merchant, 1, true, refunds);
        Assert.True(Last(Of(20200901, "M1"), Of(20200902, "")).HasPayments);
        Assert.True(Last(Of(20200902, "")).HasPayments);
        Assert.False(Last(Of(20200901, "M1"), Of(20200901, "M2"), Of(20200902, "")).HasPayments);
        Assert.False(Last(Of(20200901, "M1"), Of(20200901, "M2"), Of(20200902, "M1"), Of(20200902, "")).HasPayments);
        Assert.True(Last(Of(20200901, "M1"), Of(20200901, "M2"), Of(20200902, "M1"), Of(20200902, "M2")).HasPayments);
        var apart = Last(Of(20200901, "M1"), Of(20200901, "M2", refunds: false));
        Assert.Equal((true, false, "M2"), (apart.HasPayments, apart.HasRefunds, apart.Lacking.Single()));

        static BillDayState Last(params MerchantDay[] days) => BillDayRule.Of(days, 30).Last();
    }

    [Fact]
    public async Task A_bill_of_another_operators_merchant_number_is_refused_and_names_it()
    {
        _rig.Books.Cabinet("cab-9", "op-b");
        await _rig.Import(Paid("t1", 500) with { Merchant = "M1" });
        var before = _rig.Books.Scalar("SELECT count(*) FROM bills");
        Assert.Equal(new BillOutcomeOfImport.OfAnother("M1", "op-a"), await _rig.Bring(
            Day, PaymentMethod.WeChat, "op-b", Paid("t2", 500) with { Merchant = "M1" }));
        Assert.Equal(before, _rig.Books.Scalar("SELECT count(*) FROM bills"));
        // The numbers of another provider say nothing.
        Assert.IsType<BillOutcomeOfImport.Imported>(await _rig.Bring(
            Day, PaymentMethod.UnionPay, "op-b", Paid("t2", 500) with { Merchant = "M1" }));
    }

    [Fact]
    public async Task A_bill_under_the_wrong_operator_is_withdrawn_by_two_persons_and_the_right_one_matches()
    {
        _rig.Books.Cabinet("cab-9", "op-b");
        var journal = _rig.Books.Journal();
        journal.Add(BillsRig.Sale("v1", 500), At);
        journal.Add(BillsRig.Sale("v2", 300, transaction: "", order: "O2"), At);
        await _rig.Commit(journal);
        PaperLine[] lines =
        [
            Paid("t-v1", 500) with { Merchant = "M1" }, Paid("T2", 300, order: "O2") with { Merchant = "M1" },
            GivenBack("t-v1", "R", 0 + 1) with { Merchant = "M1" },
        ];
        var wrong = await _rig.Import(Day, operatorId: "op-b", lines: lines);
        Assert.IsType<BillOutcomeOfImport.OfAnother>(await _rig.Bring(Day, PaymentMethod.WeChat, "op-a", lines));
        Assert.IsType<WithdrawalOutcome.BadReason>(await Step(wrong.BillId, WithdrawalState.Proposed, "anna", " "));
        Assert.IsType<WithdrawalOutcome.Unknown>(await Step(99, WithdrawalState.Proposed, "anna", "why"));
        Assert.IsType<WithdrawalOutcome.Illegal>(await Step(wrong.BillId, WithdrawalState.Approved, "anna"));
        Assert.IsType<WithdrawalOutcome.Done>(await Step(wrong.BillId, WithdrawalState.Proposed, "anna", "op-a's"));
        Assert.IsType<WithdrawalOutcome.Illegal>(await Step(wrong.BillId, WithdrawalState.Proposed, "otto", "I say"));
        Assert.IsType<WithdrawalOutcome.SecondPersonNeeded>(await Step(wrong.BillId, WithdrawalState.Approved, "anna"));
        Assert.Equal(3, _rig.Books.Scalar("SELECT count(*) FROM bill_lines"));
        Assert.IsType<WithdrawalOutcome.Done>(await Step(wrong.BillId, WithdrawalState.Approved, "otto"));
        Assert.Equal((0, 3), ((int)_rig.Books.Scalar("SELECT count(*) FROM bill_lines"),
            (int)_rig.Books.Scalar("SELECT count(*) FROM withdrawn_bill_lines")));
        Assert.Empty(_rig.Bills.Days(0, int.MaxValue));
        Assert.Equal(
            ["anna|bill.withdrawalProposed|bill:1", "otto|bill.withdrawalApproved|bill:1"],
            _rig.Books.Rows("SELECT actor, action, subject FROM audit_log WHERE action LIKE '%withdrawal%'"));
        var shown = Assert.Single(_rig.Bills.Page(("", ""), (0, int.MaxValue), null, 9).Items).Withdrawal!;
        Assert.Equal((WithdrawalState.Approved, "op-a's", "anna", "otto"),
            (shown.State, shown.Reason, shown.ProposedBy, shown.ApprovedBy));

        var right = await _rig.Import(Day, lines: lines);
        Assert.True(right is { RowsTaken: 3, RowsRefused: 0, Complete: true });
        Assert.Equal(["v1 Differs RefundNotRecorded 499", "v2 Matched None 300"], _rig.Outcomes());
    }

    [Fact]
    public async Task A_withdrawn_bill_lets_go_what_its_numbers_and_orders_had_matched()
    {
        var journal = _rig.Books.Journal();
        foreach (var sale in new[]
        {
            BillsRig.Sale("v1", 500, "T1", "O1", PaymentMethod.UnionPay),
            BillsRig.Sale("v2", 300, "", "O2", PaymentMethod.UnionPay),
            BillsRig.Sale("v3", 200, "T3", "O3", PaymentMethod.UnionPay),
        })
        {
            journal.Add(sale, At);
        }

        await _rig.Commit(journal);
        var bill = await _rig.Import(Day, PaymentMethod.UnionPay, lines:
            [Paid("T1", 500, order: "O1"), Paid("", 300, order: "O2"), Paid("", 200, order: "O3")]);
        Assert.All(_rig.Outcomes(), o => Assert.Contains("Matched", o, StringComparison.Ordinal));
        await Step(bill.BillId, WithdrawalState.Proposed, "anna", "wrong day");
        await Step(bill.BillId, WithdrawalState.Approved, "otto");
        Assert.All(_rig.Outcomes(), o => Assert.Contains("NoPayment None 0", o, StringComparison.Ordinal));

        // The very file may come again: that it was withdrawn says nothing against it.
        var again = await _rig.Import(Day, PaymentMethod.UnionPay, lines:
            [Paid("T1", 500, order: "O1"), Paid("", 300, order: "O2"), Paid("", 200, order: "O3")]);
        Assert.True(again is { BillId: 2, AlreadyImported: false, RowsTaken: 3, Complete: true });
        Assert.All(_rig.Outcomes(), o => Assert.Contains("Matched", o, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_another_file_said_too_is_taken_from_it_when_it_comes_again()
    {
        var first = await _rig.Import(Paid("t1", 500));
        PaperLine[] both = [Paid("t1", 500), Paid("t2", 300)];
        await _rig.Import(both);
        await Step(first.BillId, WithdrawalState.Proposed, "anna", "cut off");
        await Step(first.BillId, WithdrawalState.Rejected, "otto", "it is not");
        Assert.True(_rig.Bills.Days(0, int.MaxValue).Single().HasPayments);
        await Step(first.BillId, WithdrawalState.Proposed, "anna", "cut off, look again");
        await Step(first.BillId, WithdrawalState.Approved, "otto");
        Assert.False(_rig.Bills.Days(0, int.MaxValue).Single().HasPayments);
        var again = await _rig.Import(both);
        Assert.True(again is { BillId: 2, RowsTaken: 1, RowsKnown: 1, Complete: true });
        Assert.True(_rig.Bills.Days(0, int.MaxValue).Single().HasPayments);
    }

    [Fact]
    public async Task A_withdrawal_that_broke_off_goes_on_when_it_is_approved_again()
    {
        var count = ReconciliationLimits.RowsPerTransaction + 5;
        var bill = await _rig.Import([.. Enumerable.Range(0, count).Select(i => Paid($"T{i:0000}", 1))]);
        await Step(bill.BillId, WithdrawalState.Proposed, "anna", "wrong");
        _rig.Books.Files.Run("""
            CREATE TRIGGER refuse BEFORE INSERT ON withdrawn_bill_lines WHEN NEW.transaction_number = 'T1003'
            BEGIN SELECT RAISE(ABORT, 'no'); END
            """);
        await Assert.ThrowsAnyAsync<Exception>(() => Step(bill.BillId, WithdrawalState.Approved, "otto"));
        Assert.Empty(_rig.Bills.Days(0, int.MaxValue));
        Assert.Equal(5, _rig.Books.Scalar("SELECT count(*) FROM bill_lines"));
        _rig.Books.Files.Run("DROP TRIGGER refuse");
        Assert.IsType<WithdrawalOutcome.Done>(await Step(bill.BillId, WithdrawalState.Approved, "otto"));
        Assert.Equal(0, _rig.Books.Scalar("SELECT count(*) FROM bill_lines"));
        Assert.Equal(count, _rig.Books.Scalar("SELECT count(*) FROM withdrawn_bill_lines"));
    }

    [Fact]
    public async Task A_bill_without_a_summary_is_complete_only_with_its_rows_and_sum_stated()
    {
        var journal = _rig.Books.Journal();
        journal.Add(BillsRig.Sale("v1", 500, method: PaymentMethod.UnionPay), At);
        journal.Add(BillsRig.Sale("v2", 300, method: PaymentMethod.UnionPay), At);
        await _rig.Commit(journal);
        PaperLine[] cut = [Paid("t-v1", 500), GivenBack("t-v1", "R", 20)];
        var name = new BillName(PaymentMethod.UnionPay, "op-a", Day);
        var alone = await Bring(cut, StatedBill.Nothing);
        Assert.Equal((SummaryState.None, false), (alone.Summary.State, alone.Complete));
        Assert.False((await Bring(cut, new StatedBill(2, null, []))).Complete);
        Assert.False((await Bring(cut, new StatedBill(null, 480, []))).Complete);
        _rig.Today(Day.AddDays(4));
        Assert.Equal([FindingKind.MissingBill], _rig.Check().Found.Select(f => f.Kind));
        foreach (var (stated, got) in new[]
        {
            (new StatedBill(3, 780, []), "rows=2"), (new StatedBill(2, 780, []), "amountFen=480"),
            (new StatedBill(null, 520, []), "amountFen=480"),
        })
        {
            Assert.Equal(new BillOutcomeOfImport.Refused(BillProblem.StatedDiffers, got),
                await _rig.Importer.ImportAsync(
                    Write(PaymentMethod.UnionPay, cut), name with { Stated = stated }, "who", BooksRig.Stop));
        }

        var whole = await Bring(cut, new StatedBill(2, 480, []));
        Assert.Equal((SummaryState.Stated, true), (whole.Summary.State, whole.Complete));
        Assert.True((await Bring(cut, StatedBill.Nothing)).Complete);
        Assert.Equal(["t-v1 Differs 480"], _rig.Payments());

        async Task<BillReport> Bring(PaperLine[] lines, StatedBill stated) =>
            Assert.IsType<BillOutcomeOfImport.Imported>(await _rig.Importer.ImportAsync(
                Write(PaymentMethod.UnionPay, lines), name with { Stated = stated }, "who", BooksRig.Stop)).Report;
    }

    [Fact]
    public async Task Merchant_numbers_may_be_stated_and_the_file_must_not_name_others()
    {
        var name = new BillName(PaymentMethod.WeChat, "op-a", Day)
        {
            Stated = new StatedBill(null, null, ["M1", "M2"]),
        };
        await _rig.Importer.ImportAsync(Write(PaymentMethod.WeChat), name, "who", BooksRig.Stop);
        Assert.Equal(
            ["M1", "M2"], Assert.Single(_rig.Bills.Page(("", ""), (0, int.MaxValue), null, 9).Items).Merchants);
        Assert.True(_rig.Bills.Days(0, int.MaxValue).Single().HasPayments);
        Assert.Equal(new BillOutcomeOfImport.Refused(BillProblem.MerchantDiffers, "M3"),
            await _rig.Importer.ImportAsync(
                Write(PaymentMethod.WeChat, Paid("t", 1) with { Merchant = "M3" }), name, "who", BooksRig.Stop));
    }

    private Task<WithdrawalOutcome> Step(long billId, WithdrawalState to, string by, string reason = "") =>
        _rig.Withdrawals.TakeAsync(billId, to, reason, by, BooksRig.Stop);
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouMerchantTests() : MerchantTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangMerchantTests() : MerchantTests("linjiang-2027");
