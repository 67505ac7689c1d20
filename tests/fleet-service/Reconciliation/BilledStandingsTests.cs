using System.Text;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Reconciliation;
using KioskFleet.Service.Tests.Ledger;
using KioskFleet.Service.Tests.Storage;
using Xunit;
using static KioskFleet.Service.Tests.Reconciliation.BillsOnPaper;

namespace KioskFleet.Service.Tests.Reconciliation;

/// <summary>Which standings and editions read reconciled, and which stay signed.</summary>
public abstract class BilledStandingsTests : IDisposable
{
    private const long At = BooksRig.StartUtcMs + BillsRig.Noon;

    private readonly BillsRig _rig;
    private readonly StandingsReader _reader;
    private readonly EditionStore _editions;
    private readonly EditionDesk _desk;

    protected BilledStandingsTests(string dataSet)
    {
        _rig = new BillsRig(dataSet);
        var books = _rig.Books;
        _reader = new StandingsReader(
            new ProvenSales(new StandingsStore(books.Database, books.Places.Zone), _rig.Billed),
            new MomentSalesStore(books.Database, books.Places.Zone), books.Places,
            new CurrentPolicies(new PolicyBook(books.Places.Policies)), books.Catalogue, books.Time);
        _editions = new EditionStore(books.Database);
        _desk = new EditionDesk(
            books.Database, _reader, _editions, new EditionLookStore(books.Database, _rig.Billed),
            new HeadsStore(books.Database), books.Time);
    }

    public void Dispose()
    {
        _rig.AssertSumsAreTheRows();
        _desk.Dispose();
        _rig.Dispose();
    }

    [Fact]
    public async Task A_day_reads_reconciled_when_its_bill_has_every_sale_and_nothing_else()
    {
        await Sell("cab-1", BillsRig.Sale("v1", 500), BillsRig.Sale("v2", 300, sku: "cola"));
        Assert.Equal("signed", Kind("cab-1"));
        await _rig.Import(Paid("t-v1", 500), Paid("t-v2", 300));
        Assert.Equal("reconciled", Kind("cab-1"));
        Assert.All(Enum.GetValues<PlaceLevel>(), level => Assert.Equal(["reconciled"], Places(level)));
    }

    [Fact]
    public async Task A_sale_without_its_payment_keeps_its_cabinet_signed_and_what_it_is_added_up_in()
    {
        await Sell("cab-1", BillsRig.Sale("v1", 500), BillsRig.Sale("v2", 300));
        await Sell("cab-2", BillsRig.Sale("v3", 100));
        await _rig.Import(Paid("t-v1", 500), Paid("t-v3", 100));
        Assert.Equal(("signed", "reconciled"), (Kind("cab-1"), Kind("cab-2")));
        Assert.All(Enum.GetValues<PlaceLevel>(), level => Assert.Equal(["signed"], Places(level)));
    }

    [Fact]
    public async Task An_amount_that_differs_and_a_sale_in_cash_are_not_reconciled()
    {
        await Sell("cab-1", BillsRig.Sale("v1", 500));
        await Sell("cab-2", BillsRig.Sale("v2", 300, method: PaymentMethod.Cash), BillsRig.Sale("v3", 300));
        await _rig.Import(Paid("t-v1", 499), Paid("t-v3", 300));
        Assert.Equal(("signed", "signed"), (Kind("cab-1"), Kind("cab-2")));
    }

    [Fact]
    public async Task A_payment_without_a_sale_accuses_its_cabinet_or_where_nobody_knows_all_of_the_operator()
    {
        await Sell("cab-1", BillsRig.Sale("v1", 500));
        await Sell("cab-2", BillsRig.Sale("v2", 300));
        await _rig.Import(Paid("t-v1", 500, terminal: "POS1"), Paid("t-v2", 300), Paid("X", 1, terminal: "POS1"));
        Assert.Equal(("signed", "reconciled"), (Kind("cab-1"), Kind("cab-2")));
        await _rig.Import(Day.AddDays(1), lines: [Paid("Y", 1, "00:00:01", day: Day.AddDays(1))]);
        Assert.Equal("reconciled", Kind("cab-2"));
        await _rig.Import(Paid("Z", 1));
        Assert.Equal("signed", Kind("cab-2"));
    }

    [Fact]
    public async Task A_payment_to_another_operator_accuses_the_cabinet_all_the_same()
    {
        var journal = _rig.Books.Journal("cab-1");
        journal.Add(BillsRig.Sale("v1", 500), At);
        journal.Add(new NonSaleBody(NonSalePurpose.Test, "v2", "", [new("", "tea", "", 1, 300)]), At);
        await _rig.Commit(journal);
        await _rig.Import(Paid("t-v1", 500));
        Assert.Equal("reconciled", Kind("cab-1"));
        _rig.Books.Cabinet("cab-9", "op-b");
        await _rig.Import(Day, operatorId: "op-b", lines: [Paid("T9", 300, order: "v2"), Paid("=X", 1)]);
        Assert.Equal("signed", Kind("cab-1"));
    }

    [Fact]
    public async Task Every_provider_that_paid_by_the_windows_end_must_show_every_day_of_it()
    {
        _rig.Today(Day.AddDays(9));
        await Sell("cab-1", BillsRig.Sale("v1", 500));
        await _rig.Import(Paid("t-v1", 500));
        Assert.Equal(("reconciled", "signed"), (Kind("cab-1"), Kind("cab-1", Week)));
        for (var day = new DateOnly(2020, 8, 31); day <= new DateOnly(2020, 9, 6); day = day.AddDays(1))
        {
            if (day != Day)
            {
                Assert.Equal("signed", Kind("cab-1", Week));
                await _rig.Import(day, lines: []);
            }
        }

        Assert.Equal("reconciled", Kind("cab-1", Week));
        var later = At + 2 * JournalOnPaper.DayMs;
        await Sell("cab-1", later, BillsRig.Sale("v2", 500, method: PaymentMethod.Alipay));
        await _rig.Import(Day.AddDays(2), PaymentMethod.Alipay, lines: [Paid("t-v2", 500, day: Day.AddDays(2))]);
        Assert.Equal(("reconciled", "signed"), (Kind("cab-1"), Kind("cab-1", Week)));
    }

    [Fact]
    public async Task An_incomplete_bill_proves_nothing()
    {
        await Sell("cab-1", BillsRig.Sale("v1", 500));
        await _rig.Import(Paid("t-v1", 500), Paid("=X", 1));
        Assert.Equal("signed", Kind("cab-1"));
    }

    [Fact]
    public async Task A_cabinet_that_sold_nothing_is_reconciled_by_bills_alone()
    {
        _rig.Books.Cabinet("cab-2");
        await Sell("cab-1", BillsRig.Sale("v1", 500));
        _rig.Books.Cabinet("cab-9", "op-b");
        Assert.Equal("signed", Kind("cab-2"));
        await _rig.Import(Paid("t-v1", 500));
        Assert.Equal(("reconciled", "signed"), (Kind("cab-2"), Kind("cab-9")));
    }

    [Fact]
    public async Task Another_operators_bills_say_nothing()
    {
        _rig.Books.Cabinet("cab-9", "op-b");
        await Sell("cab-9", BillsRig.Sale("v1", 500));
        await _rig.Import(Paid("t-v1", 500));
        Assert.Equal("signed", Kind("cab-9"));
        await _rig.Import(Day, operatorId: "op-b", lines: [Paid("t-v9", 500)]);
        Assert.Equal("signed", Kind("cab-9"));
    }

    [Fact]
    public async Task The_present_day_and_a_moment_within_a_day_stay_signed()
    {
        await Sell("cab-1", BillsRig.Sale("v1", 500));
        await _rig.Import(Paid("t-v1", 500));
        Assert.Equal("signed", Kind("cab-1", "2020-09-01", "2020-09-01T23:00:00+08:00"));
        Assert.Equal("reconciled", Kind("cab-1", "2020-09-01", "2020-09-01"));
        Assert.NotNull(_rig.Billed.Of(JudgingWindow.Of("day", Day), null));
        Assert.Null(_rig.Billed.Of(JudgingWindow.Of("day", Day.AddDays(1)), null));
    }

    [Fact]
    public async Task A_refund_that_only_one_of_both_knows_undoes_it()
    {
        _rig.Today(Day.AddDays(9));
        var journal = _rig.Books.Journal();
        journal.Add(BillsRig.Sale("v1", 500), At);
        await _rig.Commit(journal);
        await _rig.Import(Paid("t-v1", 500));
        Assert.Equal("reconciled", Kind("cab-1"));
        await _rig.Import(Day.AddDays(3), lines: [GivenBack("t-v1", "r1", 200, day: Day.AddDays(3))]);
        Assert.Equal("signed", Kind("cab-1"));
        journal.Add(
            new RefundBody("mr1", journal.Id, 1, 0, 200, 0, "r1", ""),
            At + 3 * JournalOnPaper.DayMs);
        await _rig.Commit(journal, 2);
        Assert.Equal(["v1 Matched None 300"], _rig.Outcomes());
        Assert.Equal("reconciled", Kind("cab-1"));
    }

    [Fact]
    public async Task Sales_that_their_bill_does_not_have_prove_nothing_when_they_add_up_to_nothing()
    {
        var journal = _rig.Books.Journal();
        journal.Add(BillsRig.Sale("v1", 500), At);
        journal.Add(BillsRig.Sale("v2", 300), At);
        journal.Add(new RefundBody("mr2", journal.Id, 2, 0, 400, 0, "r2", ""), At);
        journal.Add(BillsRig.Sale("v3", 100), At);
        await _rig.Commit(journal);
        await _rig.Import(Paid("t-v1", 500));
        Assert.Equal(500, Assert.Single(Rows("2020-09-01", null)).TotalFen);
        Assert.Equal("signed", Kind("cab-1"));
    }

    [Fact]
    public async Task Sums_that_are_not_the_ledgers_own_prove_nothing()
    {
        await Sell("cab-1", BillsRig.Sale("v1", 500));
        await _rig.Import(Paid("t-v1", 500));
        Run("UPDATE recorded_days SET net_aid_fen = net_aid_fen - 1");
        Assert.Equal("signed", Kind("cab-1"));
        Run("UPDATE recorded_days SET net_aid_fen = net_aid_fen + 1, county_code = 'elsewhere'");
        Assert.Equal("signed", Kind("cab-1"));
        Run($"UPDATE recorded_days SET county_code = '{_rig.Books.County}'");
        Assert.Equal("reconciled", Kind("cab-1"));
        Run("INSERT INTO recorded_days SELECT business_day, cabinet_id, operator_id, 'elsewhere', method, edge, "
            + "outcome, sales, net_fen, net_aid_fen FROM recorded_days");
        Assert.Equal("signed", Kind("cab-1"));
        Run("DELETE FROM recorded_days WHERE county_code = 'elsewhere'");
    }

    [Fact]
    public async Task A_whole_month_is_read_from_its_sums_and_a_window_over_its_edges_from_both()
    {
        _rig.Today(new DateOnly(2020, 10, 3));
        await Sell("cab-1", BillsRig.Sale("v1", 500));
        await Sell("cab-1", At - JournalOnPaper.DayMs, BillsRig.Sale("v2", 300));
        for (var day = new DateOnly(2020, 8, 1); day < new DateOnly(2020, 10, 3); day = day.AddDays(1))
        {
            await _rig.Import(day, lines: day == Day ? [Paid("t-v1", 500)]
                : day == Day.AddDays(-1) ? [Paid("t-v2", 300, day: day)] : []);
        }

        Assert.Equal(("reconciled", "reconciled"), (Kind("cab-1", "2020-09"), Kind("cab-1", "2020-08")));
        Assert.Equal("reconciled", Kind("cab-1", "2020-Q3"));
        Assert.Equal("reconciled", Kind("cab-1", "trailing-40", "2020-10-02"));
        Assert.Equal("reconciled", Kind("cab-1", "trailing-2", "2020-09-01"));
    }

    [Fact]
    public async Task A_final_edition_gets_a_later_one_when_bills_come_and_when_they_are_taken_back()
    {
        await Sell("cab-1", BillsRig.Sale("v1", 500));
        _rig.Today(OwnWindow.To.AddDays(15));
        for (var day = OwnWindow.From; day < OwnWindow.Last; day = day.AddDays(1))
        {
            await _rig.Import(day, lines: day == Day ? [Paid("t-v1", 500)] : []);
        }

        Assert.Equal(["1 signed"], await MakeDue());
        Assert.Empty(await MakeDue());
        var bill = await _rig.Import(OwnWindow.Last, lines: []);
        Assert.Equal(["2 reconciled"], await MakeDue());
        Assert.Empty(await MakeDue());
        await _rig.Withdrawals.TakeAsync(bill.BillId, WithdrawalState.Proposed, "wrong day", "one", BooksRig.Stop);
        await _rig.Withdrawals.TakeAsync(bill.BillId, WithdrawalState.Approved, null, "two", BooksRig.Stop);
        Assert.Equal(["3 signed"], await MakeDue());
        await _rig.Import(OwnWindow.Last, lines: []);
        Assert.Equal(["4 reconciled"], await MakeDue());
        var later = OwnWindow.To.AddDays(3);
        await _rig.Import(later, lines: [GivenBack("t-v1", "r1", 200, day: later)]);
        Assert.Equal(["5 signed"], await MakeDue());
    }

    [Fact]
    public async Task An_edition_learns_of_a_provider_that_shows_only_later()
    {
        await Sell("cab-1", BillsRig.Sale("v1", 500));
        _rig.Today(OwnWindow.To.AddDays(15));
        for (var day = OwnWindow.From; day < OwnWindow.To; day = day.AddDays(1))
        {
            await _rig.Import(day, lines: day == Day ? [Paid("t-v1", 500)] : []);
        }

        Assert.Equal(["1 reconciled"], await MakeDue());
        await Sell("cab-1", At + JournalOnPaper.DayMs, BillsRig.Sale("v0", 100, method: PaymentMethod.Alipay));
        Assert.Contains("2 signed", await MakeDue());
    }

    [Fact]
    public async Task What_is_judged_together_is_reconciled_together()
    {
        await Sell("cab-1", BillsRig.Sale("v1", 500));
        await Sell("cab-2", BillsRig.Sale("v2", 500));
        await _rig.Import(Paid("t-v1", 500));
        var proof = Assert.Single(Read("2020-09-01", null)).Sales.Proof;
        Assert.Equal("reconciled", proof.OfRow("cab-1", "op-a", _rig.Books.County, Judged.Cabinet));
        Assert.Equal("signed", proof.OfRow("cab-1", "op-a", _rig.Books.County, Judged.OperatorInCounty));
        Assert.Equal("signed", proof.OfRow("cab-1", "op-a", _rig.Books.County, Judged.County));
        await _rig.Import(Paid("t-v2", 500));
        proof = Assert.Single(Read("2020-09-01", null)).Sales.Proof;
        Assert.Equal("reconciled", proof.OfRow("cab-1", "op-a", _rig.Books.County, Judged.OperatorInCounty));
        Assert.Equal("reconciled", proof.OfRow("cab-1", "op-a", _rig.Books.County, Judged.County));
    }

    [Fact]
    public void Figures_together_are_reconciled_when_each_is_and_there_is_one()
    {
        Assert.Equal("signed", FigureKind.Together([]));
        Assert.Equal("signed", FigureKind.Together(["reconciled", "signed"]));
        Assert.Equal("reconciled", FigureKind.Together(["reconciled", "reconciled"]));
    }

    private const string Week = "2020-W36";

    /// <summary>The window that the city judges by and that holds the day.</summary>
    private JudgingWindow OwnWindow => JudgingWindow.Of(_rig.Books.CabinetPolicy.Window, Day);

    private Task Sell(string cabinet, params IReadOnlyList<SaleBody> sales) => Sell(cabinet, At, sales);

    private Task Sell(string cabinet, long atUtcMs, params IReadOnlyList<SaleBody> sales)
    {
        var journal = _rig.Books.Journal(cabinet);
        foreach (var sale in sales)
        {
            journal.Add(sale, atUtcMs);
        }

        return _rig.Commit(journal);
    }

    private string Kind(string cabinet, string window = "2020-09-01", string? at = null) =>
        Assert.Single(Rows(window, at), r => r.CabinetId == cabinet).Figures;

    private IReadOnlyList<StandingRow> Rows(string window, string? at) => Assert.Single(Read(window, at)).Judged.Rows;

    private IReadOnlyList<WindowAnswer> Read(string window, string? at) =>
        _reader.Read(Assert.IsType<WindowAsk.Windows>(_reader.Understand(window, at)))!;

    private IReadOnlyList<string> Places(PlaceLevel level)
    {
        var answer = Assert.Single(Read("2020-09-01", null));
        return [.. PlaceStandingsRule.Of(
            level, answer.Sales, answer.Judged, new PlaceFrame(answer.Window, answer.Context, _rig.Books.Places))
            .Where(p => p.Cabinets > 0).Select(p => p.Figures)];
    }

    private async Task<IReadOnlyList<string>> MakeDue()
    {
        await _rig.Projection.CatchUpAsync(BooksRig.Stop);
        var made = await _desk.RunDueAsync(BooksRig.Stop);
        return [.. made.Select(e =>
        {
            var text = Encoding.UTF8.GetString(_editions.Content(e.EditionId)!);
            Assert.Contains("\"current\":true,\"figures\":", text, StringComparison.Ordinal);
            return $"{e.Number} {System.Text.Json.JsonElement.Parse(text).GetProperty("about").GetProperty("figures")}";
        })];
    }

    private void Run(string sql)
    {
        using var connection = _rig.Books.Database.OpenWriter();
        using var command = connection.Command(sql);
        command.ExecuteNonQuery();
    }
}

/// <summary>Over <c>chuzhou-2020</c>.</summary>
public sealed class ChuzhouBilledStandingsTests() : BilledStandingsTests("chuzhou-2020");

/// <summary>Over <c>linjiang-2027</c>.</summary>
public sealed class LinjiangBilledStandingsTests() : BilledStandingsTests("linjiang-2027");
