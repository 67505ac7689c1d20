using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Charts;
using KioskFleet.Service.Tests.Ledger;
using KioskFleet.Service.Tests.ProductSales;
using Xunit;

namespace KioskFleet.Service.Tests.Charts;

public sealed class ChartTests : IDisposable
{
    private const long Hour = 3_600_000;
    private readonly ProductSalesRig _rig = new("chuzhou-2020");
    private readonly ChartRig _charts;

    public ChartTests() => _charts = new ChartRig(_rig.Books);

    private BooksRig Books => _rig.Books;

    public void Dispose()
    {
        _charts.Dispose();
        _rig.Dispose();
    }

    [Fact]
    public async Task Sales_and_refunds_are_at_their_own_hour_and_a_sale_of_two_classes_is_one_sale()
    {
        var at = ChartRule.HourOf(BooksRig.StartUtcMs);
        var journal = Books.Journal();
        journal.SellAt(at, "v1", ("tea", 300), ("cola", 200));
        journal.SellAt(at + Hour - 1, "v2", ("tea", 5), ("tea", 6));
        journal.SellAt(at + Hour, "v3", ("nobody", 7));
        journal.Refund("r1", journal.Id, 1, 120, line: 1, utcMs: at + 2 * Hour);
        await Books.Commit(journal);
        await _charts.Drain();

        Assert.Equal(
            [
                new ChartPoint("", at, new ChartSums(511, 2, 4, 0, 0)),
                new ChartPoint("", at + Hour, new ChartSums(7, 1, 1, 0, 0)),
                new ChartPoint("", at + 2 * Hour, new ChartSums(0, 0, 0, 120, 1)),
            ], Read(ChartBy.All));
        Assert.Equal(
            [
                new ChartPoint("aid", at, new ChartSums(311, 2, 3, 0, 0)),
                new ChartPoint("ordinary", at, new ChartSums(200, 1, 1, 0, 0)),
                new ChartPoint("ordinary", at + 2 * Hour, new ChartSums(0, 0, 0, 120, 1)),
                new ChartPoint("unmapped", at + Hour, new ChartSums(7, 1, 1, 0, 0)),
            ], Read(ChartBy.Class));
        Assert.Equal([new ChartPoint("cab-1", at, new ChartSums(311, 2, 3, 0, 0))],
            Read(ChartBy.Cabinet, f => f with { Class = ProductClass.Aid }));
        Assert.Equal(["op-a"], Read(ChartBy.Operator).Select(p => p.Key).Distinct());
        Assert.Equal([Books.County], Read(ChartBy.County, f => f with { OperatorId = "op-a" })
            .Select(p => p.Key).Distinct());
        Assert.Empty(Read(ChartBy.All, f => f with { CabinetId = "another" }));
        Assert.Empty(Read(ChartBy.All, f => f with { CountyCode = Books.OtherCounty }));
        Assert.Equal(_charts.LedgerTotals(), _charts.Days());
    }

    [Fact]
    public async Task A_rejudged_sale_moves_with_its_refund_and_a_refund_that_waits_counts_when_its_sale_comes()
    {
        var sales = Books.Journal();
        sales.Sell("v1", ("cola", 10), ("tea", 300));
        var refunds = Books.Journal();
        refunds.Refund("r1", sales.Id, 1, 120, line: 1);
        await Books.Commit(refunds);
        await _charts.Drain();
        Assert.Empty(_charts.Days());
        await Books.Commit(sales);
        await _charts.Drain();
        Assert.Equal(_charts.LedgerTotals(), _charts.Days());
        var sale = Books.Rows("SELECT position FROM entries WHERE kind = 1").Single();
        _rig.Rejudge(long.Parse(sale, null), [1, 2]);
        await _charts.Drain();
        Assert.Equal(
            ["cab-1|op-a|20200901|1|10|1|0", "cab-1|op-a|20200901|2|300|1|120"], _charts.Days());
        Assert.Equal(_charts.LedgerTotals(), _charts.Days());
    }

    [Fact]
    public async Task A_step_that_is_made_again_or_raced_changes_nothing_and_a_restored_ledger_is_read_anew()
    {
        var journal = Books.Journal();
        journal.Sell("v1", ("cola", 10), ("tea", 300));
        journal.Refund("r1", journal.Id, 1, 120, line: 1);
        await Books.Commit(journal);
        ChartCursor from;
        ChartStretch stretch;
        await _charts.Step();
        using (var connection = Books.Database.OpenReader())
        {
            from = ChartStore.Cursor(connection)!;
            stretch = ChartLedgerStore.Read(connection, from)!;
        }

        await _charts.Drain();
        var hours = _charts.Hours();

        // What another process read before comes too late.
        await Books.Database.WriteAsync((c, _) =>
        {
            ChartStore.Apply(c, from, stretch, ChartRule.Change(stretch));
            return true;
        }, BooksRig.Stop);
        Assert.Equal(hours, _charts.Hours());

        await _charts.Generations.RenewAsync("test", BooksRig.Stop);
        Assert.True(_charts.Pages.Read(Filter(ChartBy.All), 10).AsOf.BeingMadeAnew);
        await _charts.Drain();
        Assert.Equal(hours, _charts.Hours());
        Assert.Equal(_charts.LedgerTotals(), _charts.Days());
        Assert.Equal(new ChartAsOf(2, 0, false), _charts.Pages.Read(Filter(ChartBy.All), 10).AsOf);
    }

    [Fact]
    public void An_hour_begins_at_its_first_millisecond_before_and_after_1970()
    {
        Assert.Equal(Hour, ChartRule.HourOf(2 * Hour - 1));
        Assert.Equal(2 * Hour, ChartRule.HourOf(2 * Hour));
        Assert.Equal(-Hour, ChartRule.HourOf(-1));
        Assert.Equal(-Hour, ChartRule.HourOf(-Hour));
    }

    private static ChartFilter Filter(ChartBy by) => new(true, 0, long.MaxValue, by);

    private IReadOnlyList<ChartPoint> Read(ChartBy by, Func<ChartFilter, ChartFilter>? narrowed = null) =>
        _charts.Pages.Read(narrowed is null ? Filter(by) : narrowed(Filter(by)), 100).Points;
}
