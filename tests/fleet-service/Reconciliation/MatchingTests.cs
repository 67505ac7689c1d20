using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Tests.Ledger;
using Xunit;
using static KioskFleet.Service.Tests.Reconciliation.BillsOnPaper;

namespace KioskFleet.Service.Tests.Reconciliation;

/// <summary>Sales of a real ledger beside bills.</summary>
public abstract class MatchingTests(string dataSet) : IDisposable
{
    private const long DayMs = JournalOnPaper.DayMs;
    private const long At = BooksRig.StartUtcMs + BillsRig.Noon;

    private readonly BillsRig _rig = new(dataSet);

    public void Dispose()
    {
        _rig.AssertSumsAreTheRows();
        _rig.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sale_and_its_payment_find_each_other_whichever_comes_first(bool billFirst)
    {
        var journal = _rig.Books.Journal();
        journal.Add(BillsRig.Sale("v1", 500), At);
        journal.Add(BillsRig.Sale("v2", 500), At);
        if (billFirst)
        {
            await _rig.Import(Paid("t-v1", 500));
        }

        await _rig.Commit(journal);
        if (!billFirst)
        {
            await _rig.Import(Paid("t-v1", 500));
        }

        Assert.Equal(["v1 Matched None 500", "v2 NoPayment None 0"], _rig.Outcomes());
        Assert.Equal(["t-v1 Matched 500"], _rig.Payments());
    }

    [Fact]
    public async Task An_amount_that_differs_is_told_with_both()
    {
        await Sell(BillsRig.Sale("v1", 500));
        await _rig.Import(Paid("t-v1", 499));
        Assert.Equal(["v1 Differs Amount 499"], _rig.Outcomes());
        Assert.Equal(["t-v1 Differs 499"], _rig.Payments());
    }

    [Fact]
    public async Task Where_the_sale_has_no_transaction_number_the_operators_order_number_ties()
    {
        await Sell(BillsRig.Sale("v1", 500, "", "O1"), BillsRig.Sale("v2", 300, "other", "O2"),
            BillsRig.Sale("v3", 200, "", ""));
        await _rig.Import(Paid("T1", 500, order: "O1"), Paid("T2", 300, order: "O2"));
        Assert.Equal(
            ["v1 Matched None 500", "v2 NoPayment None 0", "v3 NoPayment None 0"], _rig.Outcomes());
        await _rig.Import(Day, operatorId: "op-b", lines: [Paid("T3", 200, order: "O1")]);
        Assert.Equal(["T1 Matched 500", "T2 NoSale 300", "T3 NoSale 200"], _rig.Payments());
    }

    [Fact]
    public async Task Where_the_bill_has_no_transaction_number_the_order_number_ties()
    {
        var sale = BillsRig.Sale("v1", 500, "T1", "O1", PaymentMethod.UnionPay);
        await Sell(sale, BillsRig.Sale("v2", 100, "T2", "O2", PaymentMethod.UnionPay));
        await _rig.Import(Day, PaymentMethod.UnionPay, lines: [Paid("", 500, order: "O1"), Paid("T2", 100)]);
        Assert.Equal(["v1 Matched None 500", "v2 Matched None 100"], _rig.Outcomes());
    }

    [Fact]
    public async Task One_payment_may_pay_for_several_sales()
    {
        await Sell(BillsRig.Sale("v1", 500, "T"), BillsRig.Sale("v2", 300, "T"), BillsRig.Sale("v3", 200, "", "O"));
        await _rig.Import(Paid("T", 1_000, order: "O"));
        Assert.Equal(
            ["v1 Matched None 500", "v2 Matched None 300", "v3 Matched None 200"], _rig.Outcomes());
    }

    [Fact]
    public async Task One_payment_pays_for_one_of_two_sales_that_both_claim_it_whole()
    {
        await Sell(BillsRig.Sale("v1", 500, "", "O"), BillsRig.Sale("v2", 500, "T"), BillsRig.Sale("v3", 500, "T"));
        await _rig.Import(Paid("T", 500, order: "O"));
        Assert.Equal(
            ["v1 NoPayment PaymentTaken 0", "v2 Matched None 500", "v3 NoPayment PaymentTaken 0"], _rig.Outcomes());
    }

    [Fact]
    public async Task Several_payments_of_an_order_take_the_sales_of_their_amounts()
    {
        await Sell(BillsRig.Sale("v1", 500, "", "O"), BillsRig.Sale("v2", 300, "", "O"),
            BillsRig.Sale("v3", 200, "", "O"));
        await _rig.Import(Paid("T1", 300, order: "O"), Paid("T2", 500, order: "O"));
        Assert.Equal(
            ["v1 Matched None 500", "v2 Matched None 300", "v3 NoPayment None 0"], _rig.Outcomes());
        Assert.Equal(["T1 Matched 300", "T2 Matched 500"], _rig.Payments());
    }

    [Fact]
    public async Task A_refund_on_both_sides_keeps_the_sale_matched()
    {
        var journal = await Sell(BillsRig.Sale("v1", 500));
        await _rig.Import(Paid("t-v1", 500), GivenBack("t-v1", "R1", 200));
        Assert.Equal(["v1 Differs RefundNotRecorded 300"], _rig.Outcomes());
        journal.Refund("r1", journal.Id, 1, 200, 0, At);
        await _rig.Commit(journal, 2);
        Assert.Equal(["v1 Matched None 300"], _rig.Outcomes());
        journal.Refund("r2", journal.Id, 1, 100, 0, At + DayMs);
        await _rig.Commit(journal, 3);
        Assert.Equal(["v1 Differs RefundNotPaidOut 300"], _rig.Outcomes());
        Assert.Equal(20_200_902, _rig.Books.Scalar("SELECT settle_day FROM recorded_payments"));
        _rig.Today(new DateOnly(2020, 9, 4));
        await _rig.Import(new DateOnly(2020, 9, 3), lines:
            [GivenBack("t-v1", "R2", 100, day: new DateOnly(2020, 9, 3))]);
        Assert.Equal(["v1 Matched None 200"], _rig.Outcomes());
    }

    [Fact]
    public async Task A_payment_given_back_for_what_was_not_delivered_needs_no_record()
    {
        await _rig.Import(Paid("T", 800), GivenBack("T", "R1", 300), Paid("U", 100), GivenBack("U", "R2", 100));
        await Sell(BillsRig.Sale("v1", 500, "T"));
        Assert.Equal(["v1 Matched None 500"], _rig.Outcomes());
        Assert.Equal(["T Matched 500", "U GivenBack 0"], _rig.Payments());
    }

    [Fact]
    public async Task A_sale_refunded_whole_without_any_bill_kept_nothing()
    {
        var journal = await Sell(BillsRig.Sale("v1", 500), BillsRig.Sale("v2", 500, "", ""));
        journal.Refund("r1", journal.Id, 1, 500, 0, At);
        journal.Refund("r2", journal.Id, 2, 500, 0, At);
        await _rig.Commit(journal, 3);
        Assert.Equal(["v1 Matched NothingKept 0", "v2 Matched NothingKept 0"], _rig.Outcomes());
    }

    [Fact]
    public async Task Cash_and_other_ways_are_on_no_bill()
    {
        await Sell(
            BillsRig.Sale("v1", 500, method: PaymentMethod.Cash), BillsRig.Sale("v2", 1, method: PaymentMethod.Card),
            BillsRig.Sale("v3", 1, method: PaymentMethod.Other));
        await _rig.Import(Paid("t-v1", 500));
        Assert.Equal(
            ["v1 NotByBill None 0", "v2 NotByBill None 0", "v3 NotByBill None 0"], _rig.Outcomes());
        Assert.Equal(["t-v1 NoSale 500"], _rig.Payments());
    }

    [Fact]
    public async Task The_same_number_of_two_providers_are_two_payments()
    {
        await Sell(BillsRig.Sale("v1", 500, "T"), BillsRig.Sale("v2", 300, "T", method: PaymentMethod.Alipay));
        await _rig.Import(Day, PaymentMethod.Alipay, lines: [Paid("T", 300)]);
        Assert.Equal(["v1 NoPayment None 0", "v2 Matched None 300"], _rig.Outcomes());
    }

    [Fact]
    public async Task A_released_sale_is_recorded_and_a_double_is_not()
    {
        await _rig.Import(Paid("t-v1", 300), Paid("t-v2", 100));
        var old = _rig.Books.Journal();
        old.Add(BillsRig.Sale("v1", 300), At);
        old.Add(BillsRig.Sale("v2", 100), At);
        _rig.Books.Files.Run("""
            CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.state = 0 AND NEW.seq = 1
            BEGIN SELECT RAISE(ABORT, 'no'); END
            """);
        await _rig.Commit(old);
        _rig.Books.Files.Run("DROP TRIGGER refuse");
        Assert.Equal(["v2 Matched None 100"], _rig.Outcomes());
        Assert.Equal(["quarantined|Sale|v1|t-v1"],
            _rig.Books.Rows("SELECT kind, detail, vend_id, transaction_number FROM recorded_others"));
        var successor = _rig.Books.Journal().Succeed(old, 2, SuccessionReason.Lost);
        successor.Add(BillsRig.Sale("v2", 100), At);
        await _rig.Commit(successor);
        Assert.Equal(["v2 Matched None 100"], _rig.Outcomes());
        await Release(1);
        Assert.Equal(["v1 Matched None 300", "v2 Matched None 100"], _rig.Outcomes());
        Assert.Equal(300, _rig.Books.Scalar("SELECT aid_fen FROM recorded_payments WHERE vend_id = 'v1'"));
        Assert.Empty(_rig.Books.Rows("SELECT * FROM recorded_others"));
    }

    [Fact]
    public async Task A_sale_told_again_before_its_release_is_recorded_once()
    {
        var old = _rig.Books.Journal();
        old.Add(BillsRig.Sale("v1", 300), At);
        _rig.Books.Files.Run("""
            CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.state = 0 AND NEW.kind = 1
            BEGIN SELECT RAISE(ABORT, 'no'); END
            """);
        await _rig.Commit(old);
        _rig.Books.Files.Run("DROP TRIGGER refuse");
        var successor = _rig.Books.Journal().Succeed(old, 1, SuccessionReason.Lost);
        successor.Add(BillsRig.Sale("v1", 300), At);
        await _rig.Commit(successor);
        await Release(1);
        Assert.Equal(["v1 NoPayment None 0"], _rig.Outcomes());
        Assert.Empty(_rig.Books.Rows("SELECT * FROM recorded_others"));
    }

    [Fact]
    public async Task A_refund_that_waits_for_its_sale_counts_with_it()
    {
        var sales = _rig.Books.Journal();
        sales.Add(BillsRig.Sale("v1", 500), At);
        var refunds = _rig.Books.Journal();
        refunds.Refund("r1", sales.Id, 1, 200, 0, At);
        await _rig.Commit(refunds);
        await _rig.Import(Paid("t-v1", 500), GivenBack("t-v1", "R1", 200));
        await _rig.Commit(sales);
        Assert.Equal(["v1 Matched None 300"], _rig.Outcomes());
        Assert.Equal(["500|500|200|200"], _rig.Books.Rows(
            "SELECT paid_fen, aid_fen, refunded_fen, refunded_aid_fen FROM recorded_payments"));
    }

    [Fact]
    public async Task A_correction_of_the_catalogue_moves_the_aid_part_with_its_refunds()
    {
        var journal = await Sell(BillsRig.Sale("v1", 500, sku: "cola"));
        journal.Refund("r1", journal.Id, 1, 200, 0, At);
        await _rig.Commit(journal, 2);
        Assert.Equal((300L, 0L), Net());
        using (var session = new LedgerSession(_rig.Books.Database))
        {
            session.Begin();
            session.Corrections.Insert(1, CorrectionCause.Rejudged, new ClassAmounts
            {
                AidFen = 500, OrdinaryFen = -500, AidLines = 1, OrdinaryLines = -1,
            }, [1], 4, (0, "who"));
            session.Commit();
        }

        await _rig.Projection.CatchUpAsync(BooksRig.Stop);
        Assert.Equal((300L, 300L), Net());

        (long, long) Net() => (_rig.Figures().Signed.TotalFen, _rig.Figures().Signed.AidFen!.Value);
    }

    [Fact]
    public async Task Another_generation_of_the_ledger_is_read_anew_to_the_same_result()
    {
        var journal = await Sell(
            [.. Enumerable.Range(0, 10).Select(i => BillsRig.Sale($"v{i}", 100 + i, i % 3 == 0 ? "" : null))]);
        journal.Refund("r1", journal.Id, 2, 50, 0, At);
        journal.Add(new NonSaleBody(NonSalePurpose.Test, "n1", "", [new("", "tea", "", 1, 9)]));
        await _rig.Commit(journal, 11);
        await _rig.Import(Paid("T0", 100, order: "o-v0"), Paid("t-v1", 101), Paid("t-v2", 7), Paid("X", 1));
        var before = Everything();
        await _rig.Generations.RenewAsync("test", BooksRig.Stop);
        Assert.False(_rig.Projection.IsCurrent());
        await _rig.Projection.StepAsync(BooksRig.Stop);
        Assert.Equal(7, _rig.Outcomes().Count);
        await _rig.Projection.CatchUpAsync(BooksRig.Stop);
        Assert.True(_rig.Projection.IsCurrent());
        Assert.Equal(before, Everything());
    }

    [Fact]
    public async Task Two_readers_of_the_same_stretch_note_it_once()
    {
        var journal = _rig.Books.Journal();
        journal.Add(BillsRig.Sale("v1", 500), At);
        await _rig.Books.Commit(journal);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _rig.Projection.CatchUpAsync(BooksRig.Stop)));
        Assert.Equal(1, _rig.Figures().Signed.Sales);
        Assert.False(await _rig.Projection.StepAsync(BooksRig.Stop));
    }

    [Fact]
    public async Task A_payment_to_one_operator_never_reconciles_the_sale_of_another()
    {
        _rig.Books.Cabinet("cab-1");
        _rig.Books.Cabinet("cab-9", "op-b");
        var journal = _rig.Books.Journal("cab-9");
        journal.Add(BillsRig.Sale("fake", 500, "t-of-a"), At);
        await _rig.Commit(journal);
        await _rig.Import(Paid("t-of-a", 500, order: "order-of-a"));
        Assert.Equal(["fake NoPayment OtherOperator 0"], _rig.Outcomes());
        Assert.Equal(["t-of-a NoSale 500"], _rig.Payments());

        // The sale that it is for has it all the same, whichever came first.
        var own = _rig.Books.Journal("cab-1");
        own.Add(BillsRig.Sale("real", 500, "t-of-a"), At);
        await _rig.Commit(own);
        Assert.Equal(["fake NoPayment OtherOperator 0", "real Matched None 500"], _rig.Outcomes());
        Assert.Equal(["t-of-a Matched 500"], _rig.Payments());
        await _rig.Import(Day, operatorId: "op-b", lines: []);
        _rig.Today(Day.AddDays(4));
        var found = Assert.Single(_rig.Check().Found);
        Assert.Equal("op-b", found.About.OperatorId);
        Assert.Contains("\"paymentOfAnotherOperator\":true", found.Evidence, StringComparison.Ordinal);
    }

    private async Task<JournalOnPaper> Sell(params SaleBody[] sales)
    {
        var journal = _rig.Books.Journal();
        foreach (var sale in sales)
        {
            journal.Add(sale, At);
        }

        await _rig.Commit(journal);
        return journal;
    }

    private async Task Release(long position)
    {
        Assert.IsType<ReleaseOutcome.Released>(await new QuarantineRelease(
            _rig.Books.Database, _rig.Books.Catalogue, _rig.Books.Register, _rig.Books.Places, _rig.Books.Time)
            .ReleaseAsync(position, "who", BooksRig.Stop));
        await _rig.Projection.CatchUpAsync(BooksRig.Stop);
    }

    private string Everything() => string.Join('\n', new[]
    {
        "recorded_payments", "recorded_refunds", "recorded_others", "recorded_days", "bill_lines",
    }.SelectMany(table => _rig.Books.Rows($"SELECT '{table}', * FROM {table}").Order(StringComparer.Ordinal)));
}

/// <summary>Over <c>chuzhou-2020</c>.</summary>
public sealed class ChuzhouMatchingTests() : MatchingTests("chuzhou-2020");

/// <summary>Over <c>linjiang-2027</c>.</summary>
public sealed class LinjiangMatchingTests() : MatchingTests("linjiang-2027");
