using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Rejudging;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Rejudging;

/// <summary>A correction of the catalogue with effect in the past reaches exactly the sales that it affects.</summary>
public abstract class SweepTests : IDisposable
{
    private const long Start = BooksRig.StartUtcMs;
    private const long Day = JournalOnPaper.DayMs;

    private readonly BooksRig _books;
    private readonly CatalogueOnPaper _catalogue;

    protected SweepTests(string dataSet)
    {
        _books = new BooksRig(dataSet);
        _catalogue = new CatalogueOnPaper(_books);
    }

    public void Dispose()
    {
        _books.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_listing_that_came_late_makes_aid_of_the_sales_since_its_own_date_and_of_no_other()
    {
        var journal = _books.Journal();
        journal.SellAt(Start + Day - 1, "before", ("cola", 10));
        journal.SellAt(Start + Day, "first", ("cola", 20), ("tea", 5));
        journal.SellAt(Start + 2 * Day, "other", ("tea", 7));
        journal.SellAt(Start + 3 * Day, "last", ("cola", 30), ("nobody", 1), ("cola", 2));
        await _books.Commit(journal);
        _catalogue.List("cola", Start + Day);
        Assert.Equal(new RejudgingRun(1, 2), await _catalogue.Sweep());
        Assert.Equal(
            [
                "cab-1|op-a|20200901|2|10|1|0|0", "cab-1|op-a|20200902|1|25|2|0|0", "cab-1|op-a|20200903|1|7|1|0|0",
                "cab-1|op-a|20200904|1|32|2|0|0", "cab-1|op-a|20200904|3|1|1|0|0",
            ],
            _books.Totals());
        Assert.Equal(
            ["2|Rejudged|20|-20|0|01FF00|0101|4|two persons", "4|Rejudged|32|-32|0|02FE00|010301|4|two persons"],
            _books.Rows("""
                SELECT position, cause, aid_delta_fen, ordinary_delta_fen, unmapped_delta_fen, hex(lines_delta),
                       hex(line_classes), catalogue_version, corrected_by FROM corrections
                """));
        Assert.Equal(["4|4|4|2|2|0|52|52|-52|0"], Rejudgings());
        _books.AssertProven();
    }

    [Fact]
    public async Task A_sale_at_the_first_moment_after_a_span_is_not_even_looked_at()
    {
        var journal = _books.Journal();
        journal.SellAt(Start + 2 * Day - 1, "last", ("cola", 20));
        journal.SellAt(Start + 2 * Day, "after", ("cola", 30));
        await _books.Commit(journal);
        _catalogue.List("cola", Start + Day, Start + 2 * Day);
        Assert.Equal(new RejudgingRun(1, 1), await _catalogue.Sweep());
        Assert.Equal(1, _books.Scalar("SELECT sales_examined FROM rejudgings"));
    }

    [Fact]
    public async Task What_was_judged_again_is_not_judged_another_time()
    {
        var journal = _books.Journal();
        journal.Sell("v1", ("cola", 10));
        await _books.Commit(journal);
        _catalogue.List("cola", Start);
        Assert.Equal(new RejudgingRun(1, 1), await _catalogue.Sweep());
        Assert.Equal(new RejudgingRun(0, 0), await _catalogue.Sweep());
        _books.Files.Run("UPDATE rejudgings SET finished_utc_ms = NULL, cursor_position = 0");
        Assert.Equal(new RejudgingRun(1, 0), await _catalogue.Sweep());
        Assert.Equal(1, _books.Scalar("SELECT count(*) FROM corrections"));
        _books.AssertProven();
    }

    [Fact]
    public async Task Refunds_of_a_line_move_with_it_whether_they_came_before_or_come_after()
    {
        var journal = _books.Journal();
        journal.SellAt(Start, "v1", ("cola", 100), ("tea", 50));
        journal.Refund("r1", journal.Id, 1, 30, 0, Start + 40 * Day);
        journal.Refund("r2", journal.Id, 1, 20, 1, Start + 2 * Day);
        journal.Refund("r3", journal.Id, 1, 5, 0, Start + 3 * Day);
        await _books.Commit(journal, 1, 3);
        _catalogue.List("cola", Start);
        await _catalogue.Sweep();
        await _books.Commit(journal, 4, 4);
        Assert.Equal(
            [
                "cab-1|op-a|20200901|1|150|2|0|55", "cab-1|op-a|20200903|1|0|0|20|0",
                "cab-1|op-a|20200904|1|0|0|5|0", "cab-1|op-a|20201011|1|0|0|30|0",
            ],
            _books.Totals());
        Assert.Equal(["1|2|2|1"], _books.Rows("SELECT * FROM corrected_refunds"));
        Assert.Equal(1, _books.Scalar("SELECT refunds_moved FROM rejudgings"));
        _books.AssertProven();
    }

    [Fact]
    public async Task An_operators_own_mapping_reaches_its_sales_only_and_follows_a_cabinet_that_moved()
    {
        var (mine, moved) = (_books.Journal("cab-1"), _books.Journal("cab-2"));
        moved.SellAt(Start, "a", ("box", 10));
        moved.SellAt(Start + 5 * Day, "b", ("box", 20));
        mine.SellAt(Start + 5 * Day, "c", ("box", 40));
        _books.Assign(moved.Cabinet.Id, "op-c", Start + 4 * Day);
        await _books.Commit(_books.Batch(mine), _books.Batch(moved));
        _catalogue.Map("op-c", "box", "tea");
        Assert.Equal(1, (await _catalogue.Sweep()).SalesChanged);
        Assert.Equal(
            [
                "cab-1|op-a|20200906|3|40|1|0|0", "cab-2|op-a|20200901|3|10|1|0|0", "cab-2|op-c|20200906|1|20|1|0|0",
            ],
            _books.Totals());
        _books.AssertProven();
    }

    [Fact]
    public async Task A_released_sale_is_judged_again_and_one_still_quarantined_or_counted_elsewhere_is_not()
    {
        var journal = _books.Journal();
        journal.Sell("v1", ("cola", 10));
        journal.Sell("v2", ("cola", 20));
        journal.Sell("v3", ("cola", 40));
        _books.Files.Run("""
            CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.state = 0
            BEGIN SELECT RAISE(ABORT, 'no'); END
            """);
        await _books.Commit(journal);
        _books.Files.Run("DROP TRIGGER refuse");
        await Release(1);
        var successor = _books.Journal().Succeed(journal, 3, SuccessionReason.Lost);
        successor.Sell("v3", ("cola", 40));
        await _books.Commit(successor);
        await Release(3);
        _catalogue.List("cola", Start);
        Assert.Equal(2, (await _catalogue.Sweep()).SalesChanged);
        Assert.Equal(["cab-1|op-a|20200901|1|50|2|0|0"], _books.Totals());
        await Release(2);
        Assert.Equal(["cab-1|op-a|20200901|1|70|3|0|0"], _books.Totals());
        Assert.Equal(0, (await _catalogue.Sweep()).SalesChanged);
        _books.AssertProven();
    }

    [Fact]
    public async Task Several_versions_are_done_in_one_pass_and_each_answers_for_what_it_changed()
    {
        var journal = _books.Journal();
        journal.SellAt(Start, "v1", ("cola", 10));
        journal.SellAt(Start + Day, "v2", ("nobody", 20));
        journal.SellAt(Start + Day, "v3", ("nobody", 40), ("cola", 1));
        await _books.Commit(journal);
        _catalogue.List("cola", Start + Day);
        _catalogue.Map(null, "nobody", "cola");
        Assert.Equal(new RejudgingRun(1, 2), await _catalogue.Sweep());
        Assert.Equal(["4|3|3|1|0|0|0|0|0|0", "5|3|3|2|2|0|61|61|-1|-60"], Rejudgings());
        Assert.Equal(
            ["cab-1|op-a|20200901|2|10|1|0|0", "cab-1|op-a|20200902|1|61|3|0|0"], _books.Totals());
        _catalogue.Change(s => s with { Listings = [.. s.Listings.Where(l => l.ProductId != "cola")] }, "a third");
        await _catalogue.Sweep();
        Assert.Equal(["cab-1|op-a|20200901|2|10|1|0|0", "cab-1|op-a|20200902|2|61|3|0|0"], _books.Totals());
        Assert.Equal(["5|2|two persons", "6|2|a third"], _books.Rows(
            "SELECT catalogue_version, count(*), max(corrected_by) FROM corrections GROUP BY 1 ORDER BY 1"));
        _books.AssertProven();
    }

    [Fact]
    public async Task A_version_that_affects_the_future_only_reads_nothing_and_is_done()
    {
        var journal = _books.Journal();
        journal.Sell("v1", ("cola", 10));
        await _books.Commit(journal);
        _catalogue.List("cola", Start + 300 * Day);
        Assert.Equal(new RejudgingRun(1, 0), await _catalogue.Sweep());
        Assert.Equal(["4|1|1|0|0|0|0|0|0|0"], Rejudgings());
        using var connection = _books.Database.OpenReader();
        Assert.Empty(RejudgingStore.Stretches(
            connection, new TimeSpans([(Start + 300 * Day, long.MaxValue)]), (0, 1), 1));
    }

    [Fact]
    public async Task A_SKU_that_stands_elsewhere_in_the_entry_changes_nothing()
    {
        // The bytes of one SKU are part of a name, of an id and of a longer SKU.
        var journal = _books.Journal();
        journal.Sell("cola", ("colander", 10));
        journal.Add(JournalOnPaper.SaleOf("v2", ("tea", 5)));
        await _books.Commit(journal);
        _catalogue.List("cola", Start);
        Assert.Equal(0, (await _catalogue.Sweep()).SalesChanged);
        Assert.Equal(["4|2|2|0|0|0|0|0|0|0"], Rejudgings());
    }

    [Fact]
    public async Task Many_affected_SKUs_are_found_as_few_are()
    {
        var journal = _books.Journal();
        for (var i = 0; i < 9; i++)
        {
            journal.Sell($"v{i}", ($"s{i}", 10 + i), ("tea", 1));
        }

        await _books.Commit(journal);
        _catalogue.Change(s => s with
        {
            Mappings = s.Mappings.AddRange(
                Enumerable.Range(0, 7).Select(i => new SkuMapping(null, $"s{i}", "tea", InForce.Always))),
        });
        Assert.Equal(7, (await _catalogue.Sweep()).SalesChanged);
        Assert.Equal(["cab-1|op-a|20200901|1|100|16|0|0", "cab-1|op-a|20200901|3|35|2|0|0"], _books.Totals());
        _books.AssertProven();
    }

    private async Task Release(long position) => Assert.IsType<ReleaseOutcome.Released>(
        await new QuarantineRelease(_books.Database, _books.Catalogue, _books.Register, _books.Places, _books.Time)
            .ReleaseAsync(position, "who", BooksRig.Stop));

    private IReadOnlyList<string> Rejudgings() => _books.Rows("""
        SELECT version, through_position, cursor_position, sales_examined, sales_changed, refunds_moved, moved_fen,
               aid_delta_fen, ordinary_delta_fen, unmapped_delta_fen
        FROM rejudgings WHERE finished_utc_ms IS NOT NULL ORDER BY version
        """);
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouSweepTests() : SweepTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangSweepTests() : SweepTests("linjiang-2027");
