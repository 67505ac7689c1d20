using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Ledger;

/// <summary>Quarantined entries that are processed again, and how all of it is read.</summary>
public abstract class ReleaseTests(string dataSet) : IDisposable
{
    private readonly BooksRig _books = new(dataSet);

    public void Dispose() => _books.Dispose();

    [Fact]
    public async Task A_released_sale_counts_with_the_refunds_that_waited_for_it()
    {
        var journal = _books.Journal();
        journal.Sell("v1", ("tea", 300), ("cola", 200));
        journal.Refund("r1", journal.Id, 1, 100, line: 1);
        await CommitRefusing(journal, 1);
        Assert.Empty(_books.Totals());
        var released = Assert.IsType<ReleaseOutcome.Released>(await Release(1));
        Assert.Equal(
            (300, 200, 0), (released.Amounts.AidFen, released.Amounts.OrdinaryFen, released.Amounts.UnmappedFen));
        Assert.Equal(["cab-1|op-a|20200901|1|300|1|0|0", "cab-1|op-a|20200901|2|200|1|100|100"], _books.Totals());
        Assert.Equal(["1|Released|300|200|0|010100|0102|3|who"], _books.Rows("""
            SELECT position, cause, aid_delta_fen, ordinary_delta_fen, unmapped_delta_fen, hex(lines_delta),
                   hex(line_classes), catalogue_version, corrected_by FROM corrections
            """));
        Assert.Equal(["who|quarantine.released|entry:1"], _books.Rows("SELECT actor, action, subject FROM audit_log"));
        Assert.Equal(["1|who"], _books.Rows("SELECT position, released_by FROM quarantine"));
        _books.AssertProven();
        Assert.IsType<ReleaseOutcome.NotQuarantined>(await Release(1));
        Assert.IsType<ReleaseOutcome.NotQuarantined>(await Release(2));
        Assert.IsType<ReleaseOutcome.NotQuarantined>(await Release(99));

        // Refunds that come later find the released sale too.
        journal.Refund("r2", journal.Id, 1, 50);
        await _books.Commit(journal, 3, 3);
        Assert.Equal(["cab-1|op-a|20200901|1|300|1|50|50", "cab-1|op-a|20200901|2|200|1|100|100"], _books.Totals());
        _books.AssertProven();
    }

    [Fact]
    public async Task A_released_refund_counts_and_its_number_is_taken()
    {
        var journal = _books.Journal();
        journal.Sell("v1", ("tea", 300));
        journal.Refund("r1", journal.Id, 1, 100);
        journal.Refund("r2", journal.Id, 1, 20);
        await CommitRefusing(journal, 2);
        Assert.Equal(["cab-1|op-a|20200901|1|300|1|20|20"], _books.Totals());
        Assert.IsType<ReleaseOutcome.Released>(await Release(2));
        Assert.Equal(["cab-1|op-a|20200901|1|300|1|120|120"], _books.Totals());
        _books.AssertProven();
        journal.Refund("r1", journal.Id, 1, 100);
        await _books.Commit(journal, 4, 4);
        Assert.Equal(["cab-1|op-a|20200901|1|300|1|120|120"], _books.Totals());
        _books.AssertProven();
    }

    [Fact]
    public async Task A_released_refund_whose_number_counts_already_counts_nothing()
    {
        var journal = _books.Journal();
        journal.Sell("v1", ("tea", 300));
        journal.Refund("r1", journal.Id, 1, 100);
        await CommitRefusing(journal, 2);
        journal.Refund("r1", journal.Id, 1, 100);
        await _books.Commit(journal, 3, 3);
        Assert.IsType<ReleaseOutcome.Released>(await Release(2));
        Assert.Equal(["cab-1|op-a|20200901|1|300|1|100|100"], _books.Totals());
        _books.AssertProven();
    }

    [Fact]
    public async Task What_still_cannot_be_counted_stays_where_it_is()
    {
        var journal = _books.Journal();
        journal.Add(JournalOnPaper.SaleOf("", ("tea", 1)));
        journal.Sell("v1", ("tea", 5));
        journal.Refund("r1", journal.Id, 2, 5, line: 7);
        await _books.Commit(journal);
        Assert.Equal(new ReleaseOutcome.StillQuarantined(QuarantineReason.MissingId), await Release(1));
        Assert.Equal(new ReleaseOutcome.StillQuarantined(QuarantineReason.NoSuchLine), await Release(3));
        Assert.Equal(2, _books.Scalar("SELECT count(*) FROM quarantine WHERE released_utc_ms IS NULL"));
        Assert.Equal(0, _books.Scalar("SELECT count(*) FROM corrections"));
        _books.AssertProven();
    }

    [Fact]
    public async Task Entries_that_are_no_money_are_released_without_any()
    {
        var journal = _books.Journal();
        journal.Add(new NonSaleBody(NonSalePurpose.Free, "n1", "", [new NonSaleLine("A1", "tea", "Tea", 2, 500)]));
        await CommitRefusing(journal, 1);
        Assert.IsType<ReleaseOutcome.Released>(await Release(1));
        Assert.Empty(_books.Totals());
        _books.AssertProven();
    }

    [Fact]
    public async Task A_vend_that_was_told_again_meanwhile_is_released_without_its_amounts()
    {
        var old = _books.Journal();
        old.Sell("v1", ("tea", 100));
        await CommitRefusing(old, 1);
        var successor = _books.Journal().Succeed(old, 1, SuccessionReason.Lost);
        successor.Sell("v1", ("tea", 100));
        await _books.Commit(successor);
        var released = Assert.IsType<ReleaseOutcome.Released>(await Release(1));
        Assert.Equal(0, released.Amounts.AidFen);
        Assert.Equal(["cab-1|op-a|20200901|1|100|1|0|0"], _books.Totals());
        var refunds = _books.Journal();
        refunds.Refund("r1", old.Id, 1, 40);
        await _books.Commit(refunds);
        Assert.Equal(["cab-1|op-a|20200901|1|100|1|40|40"], _books.Totals());
        Assert.Equal(3, _books.Scalar("SELECT sale_position FROM refunds"));
        _books.AssertProven();
    }

    [Fact]
    public async Task Pages_of_sales_go_on_behind_entries_that_cannot_be_shown()
    {
        var journal = _books.Journal();
        for (var i = 1; i <= 9; i++)
        {
            journal.Add(JournalOnPaper.SaleOf(i % 3 == 0 ? "" : $"v{i}", ("tea", i)));
        }

        _books.Journal("cab-2").Sell("other", ("tea", 1));
        await _books.Commit(journal);
        var queries = new LedgerQueries(_books.Database);
        var seen = new List<string>();
        long? before = null;
        var pages = 0;
        do
        {
            var page = queries.Sales(journal.Cabinet.Id, before, 2);
            seen.AddRange(page.Items.Select(s => s.VendId));
            before = page.NextBefore;
            pages++;
        }
        while (before is not null && pages < 20);
        Assert.Equal(["v8", "v7", "v5", "v4", "v2", "v1"], seen);
        Assert.Equal([9L, 6L, 3L], queries.Quarantine(null, true, null, 5).Items.Select(q => q.Position));
        var first = queries.Quarantine("cab-1", true, null, 2);
        Assert.Equal([3L], queries.Quarantine("cab-1", true, first.NextBefore, 2).Items.Select(q => q.Position));
        Assert.Empty(queries.Quarantine("cab-2", false, null, 2).Items);
        Assert.Equal(9UL, Assert.Single(queries.Journals(journal.Cabinet.Id)).HeadSeq);
        Assert.Null(new HelloQueries(_books.Database).Of(journal.Cabinet.Id));
        _books.Hear(journal.Hello());
        Assert.Equal(9UL, new HelloQueries(_books.Database).Of(journal.Cabinet.Id)!.TailSeq);
    }

    private Task<ReleaseOutcome> Release(long position) =>
        new QuarantineRelease(_books.Database, _books.Catalogue, _books.Register, _books.Places, _books.Time)
            .ReleaseAsync(position, "who", BooksRig.Stop);

    private async Task CommitRefusing(JournalOnPaper journal, int seq)
    {
        _books.Files.Run($"""
            CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.state = 0 AND NEW.seq = {seq}
            BEGIN SELECT RAISE(ABORT, 'no'); END
            """);
        Assert.Equal(new CommitOutcome.Committed(journal.Tail, (int)journal.Count, 1), await _books.Commit(journal));
        _books.Files.Run("DROP TRIGGER refuse");
    }
}

/// <summary>Over <c>chuzhou-2020</c>.</summary>
public sealed class ChuzhouReleaseTests() : ReleaseTests("chuzhou-2020");

/// <summary>Over <c>linjiang-2027</c>.</summary>
public sealed class LinjiangReleaseTests() : ReleaseTests("linjiang-2027");
