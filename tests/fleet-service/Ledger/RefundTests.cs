using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Ledger;

/// <summary>Refunds against the sales they name.</summary>
public abstract class RefundTests(string dataSet) : IDisposable
{
    private const long Day = JournalOnPaper.DayMs;

    private readonly BooksRig _books = new(dataSet);

    public void Dispose()
    {
        _books.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_refund_stands_on_its_own_day_and_on_the_day_of_its_sale_under_the_sales_assignment()
    {
        var journal = _books.Journal();
        journal.Sell("v1", ("tea", 300), ("cola", 200));
        await _books.Commit(journal);
        _books.Assign(journal.Cabinet.Id, "op-b", BooksRig.StartUtcMs + Day);
        journal.Refund("r1", journal.Id, 1, 100, 0, BooksRig.StartUtcMs + 5 * Day);
        journal.Refund("r2", journal.Id, 1, 150, 0, BooksRig.StartUtcMs + 5 * Day);
        journal.Refund("r3", journal.Id, 1, 200, 1, BooksRig.StartUtcMs);
        await _books.Commit(journal, 2, 4);
        Assert.Equal(
            [
                "cab-1|op-a|20200901|1|300|1|0|250", "cab-1|op-a|20200901|2|200|1|200|200",
                "cab-1|op-a|20200906|1|0|0|250|0",
            ],
            _books.Totals());
        Assert.Empty(_books.Findings());
        _books.AssertProven();
    }

    [Fact]
    public async Task A_refund_number_counts_once()
    {
        var journal = _books.Journal();
        journal.Sell("v1", ("tea", 300));
        journal.Refund("r1", journal.Id, 1, 100);
        journal.Refund("r1", journal.Id, 1, 100);
        await _books.Commit(journal);
        Assert.Equal(["cab-1|op-a|20200901|1|300|1|100|100"], _books.Totals());
        Assert.Equal(["3|2"], _books.Rows("SELECT position, counted_position FROM doubles"));
        _books.AssertProven();
    }

    [Fact]
    public async Task Refund_numbers_and_vend_ids_differ_behind_a_zero_character_too()
    {
        var journal = _books.Journal();
        journal.Sell("v1", ("tea", 300));
        journal.Refund("r\0one", journal.Id, 1, 100);
        journal.Refund("r\0two", journal.Id, 1, 50);
        await _books.Commit(journal);
        Assert.Equal(["cab-1|op-a|20200901|1|300|1|150|150"], _books.Totals());
        var successor = _books.Journal().Succeed(journal, 3, SuccessionReason.Lost);
        successor.Sell("w\0one", ("cola", 10));
        successor.Sell("w\0two", ("cola", 10));
        await _books.Commit(successor);
        Assert.Equal(20, _books.Scalar("SELECT sum(sales_fen) FROM totals WHERE class = 2"));
        _books.AssertProven();
    }

    [Fact]
    public async Task Refunds_above_what_was_paid_count_with_one_finding()
    {
        var journal = _books.Journal();
        journal.Sell("v1", ("tea", 300));
        journal.Refund("r1", journal.Id, 1, 200);
        journal.Refund("r2", journal.Id, 1, 101);
        journal.Refund("r3", journal.Id, 1, 1);
        await _books.Commit(journal);
        Assert.Equal(["cab-1|op-a|20200901|1|300|1|302|302"], _books.Totals());
        Assert.Contains("\"paidFen\":300,\"refundedFen\":302", Assert.Single(_books.Findings()));
        _books.AssertProven();
    }

    [Fact]
    public async Task A_refund_waits_for_its_sale_and_the_transaction_that_brings_it_releases_it()
    {
        var sales = _books.Journal();
        sales.Sell("v1", ("cola", 5));
        sales.Sell("v2", ("tea", 300));
        var refunds = _books.Journal();
        refunds.Refund("r1", sales.Id, 2, 100, 0, BooksRig.StartUtcMs + Day);
        await _books.Commit(refunds);
        Assert.Empty(_books.Totals());
        _books.AssertProven();
        await _books.Commit(sales);
        Assert.Equal(
            ["cab-1|op-a|20200901|1|300|1|0|100", "cab-1|op-a|20200901|2|5|1|0|0", "cab-1|op-a|20200902|1|0|0|100|0"],
            _books.Totals());
        _books.AssertProven();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_refund_in_front_of_its_sale_in_one_journal_counts_however_it_is_cut(ulong firstBatch)
    {
        var journal = _books.Journal();
        journal.Refund("r1", journal.Id, 2, 100);
        journal.Sell("v1", ("tea", 300));
        await _books.Commit(journal, 1, firstBatch);
        await _books.Commit(journal, 1, 2);
        Assert.Equal(["cab-1|op-a|20200901|1|300|1|100|100"], _books.Totals());
        _books.AssertProven();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refund_of_nothing_that_was_sold_is_kept_apart_in_every_order(bool refundsFirst)
    {
        var sales = _books.Journal();
        sales.Sell("v1", ("tea", 300));
        sales.Add(new NonSaleBody(NonSalePurpose.Test, "n", "", [new NonSaleLine("", "tea", "", 1, 300)]));
        var refunds = _books.Journal();
        refunds.Refund("r1", sales.Id, 1, 100, line: 1);
        refunds.Refund("r2", sales.Id, 2, 100);
        await _books.Commit(refundsFirst ? refunds : sales);
        await _books.Commit(refundsFirst ? sales : refunds);
        Assert.Equal(["cab-1|op-a|20200901|1|300|1|0|0"], _books.Totals());
        var reason = (int)QuarantineReason.NoSuchLine;
        Assert.Equal([$"cab-1|1|{reason}|", $"cab-1|2|{reason}|"], _books.Quarantine());
        Assert.Equal([$"EntryQuarantined|{refunds.Id}/NoSuchLine/1", $"EntryQuarantined|{refunds.Id}/NoSuchLine/2"],
            _books.Rows("SELECT kind, subject FROM findings ORDER BY subject"));
        _books.AssertProven();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cabinets_refund_moves_nothing_of_another_cabinet(bool refundsFirst)
    {
        var sales = _books.Journal("cab-1");
        sales.Sell("v1", ("tea", 300));
        var foreign = _books.Journal("cab-2");
        foreign.Refund("r1", sales.Id, 1, 300);
        await _books.Commit(refundsFirst ? foreign : sales);
        await _books.Commit(refundsFirst ? sales : foreign);
        Assert.Equal(["cab-1|op-a|20200901|1|300|1|0|0"], _books.Totals());
        Assert.Equal(1, _books.Scalar("SELECT count(*) FROM refunds WHERE sale_position IS NULL"));
        _books.AssertProven();
    }

    [Fact]
    public async Task What_another_cabinet_says_to_have_carried_over_is_not_refunded()
    {
        var mine = _books.Journal("cab-1");
        mine.Sell("v1", ("tea", 300));
        var foreign = _books.Journal("cab-2");
        foreign.Add(JournalOnPaper.SaleOf("x", ("cola", 5_000)), null, EntryMarks.None, new EntryOrigin(mine.Id, 2));
        await _books.Commit(foreign);
        var refunds = _books.Journal("cab-1");
        refunds.Refund("r1", mine.Id, 2, 300);
        await _books.Commit(mine);
        await _books.Commit(refunds);
        Assert.Equal(["cab-1|op-a|20200901|1|300|1|0|0", "cab-2|op-a|20200901|2|5000|1|0|0"], _books.Totals());
        _books.AssertProven();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refund_of_a_sale_told_twice_reverses_the_one_that_counts(bool refundFirst)
    {
        var first = _books.Journal();
        first.Sell("v1", ("tea", 300));
        var second = _books.Journal().Succeed(first, 1, SuccessionReason.RolledBack);
        second.Sell("v1", ("tea", 300));
        var third = _books.Journal();
        third.Refund("r1", second.Id, 2, 100);
        await _books.Commit(first);
        await _books.Commit(refundFirst ? third : second);
        await _books.Commit(refundFirst ? second : third);
        Assert.Equal(["cab-1|op-a|20200901|1|300|1|100|100"], _books.Totals());
        _books.AssertProven();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refunds_by_the_old_and_by_the_new_number_of_a_carried_sale_are_one_sum(bool refundsFirst)
    {
        var old = _books.Journal();
        old.Sell("v1", ("tea", 5));
        old.Sell("v2", ("tea", 300));
        var successor = _books.Journal().Succeed(old, 1, SuccessionReason.Corrupt, 1);
        successor.Carry(old, 2);
        var refunds = _books.Journal();
        refunds.Refund("r1", old.Id, 2, 200);
        refunds.Refund("r2", successor.Id, 2, 150);
        await _books.Commit(old, 1, 1);
        await _books.Commit(refundsFirst ? refunds : successor);
        await _books.Commit(refundsFirst ? successor : refunds);
        Assert.Equal(["cab-1|op-a|20200901|1|305|2|350|350"], _books.Totals());
        var finding = Assert.Single(
            _books.Rows("SELECT subject, evidence FROM findings WHERE kind = 'RefundAbovePaid'"));
        Assert.StartsWith("v2/0|", finding, StringComparison.Ordinal);
        Assert.Contains("\"refundedFen\":350", finding, StringComparison.Ordinal);
        Assert.Equal(350, new LedgerQueries(_books.Database).Sales(old.Cabinet.Id, null, 10).Items[0].RefundedFen);
        _books.AssertProven();
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouRefundTests() : RefundTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangRefundTests() : RefundTests("linjiang-2027");
