using CsCheck;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.ProductSales;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.ProductSales;

public abstract class ProductSalesTests(string dataSet) : IDisposable
{
    private const long Day = JournalOnPaper.DayMs;
    private readonly ProductSalesRig _rig = new(dataSet);

    private BooksRig Books => _rig.Books;

    public void Dispose()
    {
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Sales_are_summed_by_day_operator_product_class_and_recognition()
    {
        Books.Cabinet("cab-2", "op-b");
        var first = Books.Journal();
        first.Sell("v1", ("tea", 300), ("cola", 200), ("nobody", 50));
        first.SellAt(BooksRig.StartUtcMs + Day, "v2", ("tea", 100));
        var second = Books.Journal("cab-2");
        second.Sell("w1", ("box", 70), ("tea", 0));
        await Books.Commit(first);
        await Books.Commit(second);
        await _rig.Drain();
        Assert.Equal(
            [
                "20200901|op-a||3|0|1|1|50|0", "20200901|op-a|cola|2|0|1|1|200|0", "20200901|op-a|tea|1|1|1|1|300|0",
                "20200901|op-b|tea|1|1|2|2|70|0", "20200902|op-a|tea|1|1|1|1|100|0",
            ],
            _rig.Rows());
        Assert.Equal(_rig.LedgerTotals(), _rig.Projected());
        Assert.Equal(
            [
                $"cola|cabinet|cab-1|{BooksRig.StartUtcMs}|200", $"tea|cabinet|cab-1|{BooksRig.StartUtcMs + Day}|100",
                $"tea|cabinet|cab-2|{BooksRig.StartUtcMs}|0",
            ],
            Places());
    }

    [Fact]
    public async Task A_refund_lowers_the_day_of_its_sale_whichever_of_both_is_read_first()
    {
        var sales = Books.Journal();
        sales.Sell("v1", ("cola", 10), ("tea", 300));
        var refunds = Books.Journal();
        refunds.Refund("r1", sales.Id, 1, 120, line: 1, utcMs: BooksRig.StartUtcMs + 3 * Day);
        await Books.Commit(refunds);
        await _rig.Drain();
        Assert.Empty(_rig.Rows());
        await Books.Commit(sales);
        await _rig.Drain();
        Assert.Equal(
            ["20200901|op-a|cola|2|0|1|1|10|0", "20200901|op-a|tea|1|1|1|1|300|120"], _rig.Rows());
        Assert.Equal(_rig.LedgerTotals(), _rig.Projected());
    }

    [Fact]
    public async Task A_rejudged_sale_moves_with_its_refunds()
    {
        var journal = Books.Journal();
        journal.Sell("v1", ("cola", 10), ("tea", 300));
        journal.Refund("r1", journal.Id, 1, 120, line: 1);
        await Books.Commit(journal);
        await _rig.Drain();
        _rig.Rejudge(1, [1, 2]);
        await _rig.Drain();
        Assert.Equal(
            ["20200901|op-a|cola|1|0|1|1|10|0", "20200901|op-a|tea|2|1|1|1|300|120"], _rig.Rows());
        _rig.Rejudge(1, [1, 1]);
        await _rig.Drain();
        Assert.Equal(
            ["20200901|op-a|cola|1|0|1|1|10|0", "20200901|op-a|tea|1|1|1|1|300|120"], _rig.Rows());
        Assert.Equal(_rig.LedgerTotals(), _rig.Projected());
    }

    [Fact]
    public async Task A_correction_of_the_catalogue_makes_the_figures_anew_while_the_old_ones_are_shown()
    {
        var journal = Books.Journal();
        for (var i = 0; i < 20; i++)
        {
            journal.Sell($"v{i}", ("tea", 10), ("nobody", 1));
        }

        journal.Refund("r1", journal.Id, 1, 4);
        await Books.Commit(journal);
        await _rig.Drain();
        string[] old = ["20200901|op-a||3|0|20|20|20|0", "20200901|op-a|tea|1|1|20|20|200|4"];
        Assert.Equal(old, _rig.Rows());
        _rig.Catalogue("""
            INSERT INTO sku_mappings (operator_id, sku, from_utc_ms, to_utc_ms, product_id, version)
            VALUES ('', 'nobody', 0, NULL, 'rice', 2);
            UPDATE sku_mappings SET product_id = 'rice' WHERE sku = 'tea';
            """);
        Assert.True(await _rig.Step());
        Assert.Equal(old, _rig.Rows());
        Assert.Equal(EditionRule.CatalogueChanged, AsOf().BeingMadeAnew);
        await _rig.Drain();
        Assert.Equal(["20200901|op-a|rice|1|0|20|20|200|4", "20200901|op-a|rice|3|0|20|20|20|0"], _rig.Rows());
        Assert.Equal(new ProductSalesAsOf(21, 0, 2, null), AsOf());
        Assert.Equal([$"rice|cabinet|cab-1|{BooksRig.StartUtcMs + 19_000}|1"], Places());
        Assert.Equal(1, Books.Scalar("SELECT count(*) FROM product_sales_editions"));
        Assert.Equal(0, Books.Scalar("SELECT count(*) FROM product_sales_places"));
        Assert.Equal(1, Books.Scalar("SELECT count(DISTINCT edition) FROM product_sales"));
        Assert.Equal(1, Books.Scalar("SELECT count(*) FROM product_sales_refunds"));
    }

    [Fact]
    public async Task A_change_that_acts_forward_makes_nothing_anew_not_even_after_a_restart()
    {
        var journal = Books.Journal();
        journal.Sell("v1", ("tea", 10));
        await Books.Commit(journal);
        await _rig.Drain();
        _rig.Catalogue($"UPDATE sku_mappings SET to_utc_ms = {BooksRig.StartUtcMs + Day} WHERE sku = 'tea'");
        await _rig.Drain();
        Assert.Equal(new ProductSalesAsOf(1, 0, 2, null), AsOf());
        _rig.Restart();
        await _rig.Drain();
        Assert.Equal([$"1|{EditionRule.First}"], Books.Rows("SELECT edition, cause FROM product_sales_editions"));
    }

    [Fact]
    public async Task Where_nothing_was_sold_yet_no_change_makes_anything_anew()
    {
        await _rig.Drain();
        _rig.Catalogue("UPDATE sku_mappings SET product_id = 'rice'");
        _rig.Restart();
        await _rig.Drain();
        Assert.Equal(["1|2"], Books.Rows("SELECT edition, catalogue_version FROM product_sales_editions"));
    }

    [Fact]
    public async Task A_catalogue_that_changed_while_nobody_looked_and_a_restored_ledger_make_the_figures_anew()
    {
        var journal = Books.Journal();
        journal.Sell("v1", ("tea", 10));
        await Books.Commit(journal);
        await _rig.Drain();
        _rig.Catalogue("UPDATE listings SET to_utc_ms = 2");
        _rig.Restart();
        await _rig.Drain();
        Assert.Equal(["20200901|op-a|tea|1|0|1|1|10|0"], _rig.Rows());
        await new LedgerGenerationStore(Books.Database, Books.Time).RenewAsync("restored", BooksRig.Stop);
        await _rig.Drain();
        Assert.Equal(
            [$"3|{EditionRule.LedgerRestored}"], Books.Rows("SELECT edition, cause FROM product_sales_editions"));
        Assert.Equal(["20200901|op-a|tea|1|0|1|1|10|0"], _rig.Rows());
    }

    [Fact]
    public async Task Random_histories_give_the_ledgers_totals_to_the_fen_and_what_a_plain_reading_gives() =>
        await Gen.Int.SampleAsync(Live, iter: 30, threads: 1);

    /// <summary>
    /// Sales, refunds and bad entries arrive in pieces in any order; in between the projector steps, restarts, sales
    /// are released and judged anew, and the catalogue changes, backwards too.
    /// </summary>
    private async Task Live(int seed)
    {
        using var rig = new ProductSalesRig(dataSet);
        var books = rig.Books;
        var random = new Random(seed);
        books.Cabinet("cab-2", "op-b");
        var journals = new[] { books.Journal(), books.Journal("cab-2"), books.Journal() };
        string[] skus = ["tea", "cola", "box", "nobody"];
        for (var i = 0; i < 60; i++)
        {
            var journal = journals[random.Next(3)];
            var at = BooksRig.StartUtcMs + random.Next(40) * Day;
            if (random.Next(4) == 0 && journal.Count > 0)
            {
                journal.Refund($"r{i}", journal.Id, (ulong)random.Next(1, (int)journal.Count + 6), random.Next(1, 90),
                    (byte)random.Next(3), at);
                continue;
            }

            journal.SellAt(at, random.Next(12) == 0 ? "" : $"v{i}", [.. Enumerable.Range(0, random.Next(1, 4))
                .Select(_ => (skus[random.Next(skus.Length)], (long)random.Next(200)))]);
        }

        var heads = new ulong[3];
        while (journals.Zip(heads).Any(j => j.First.Count > j.Second))
        {
            var next = random.Next(3);
            if (journals[next].Count > heads[next])
            {
                var to = Math.Min(journals[next].Count, heads[next] + (ulong)random.Next(1, 9));
                await books.Commit(journals[next], heads[next] + 1, to);
                heads[next] = to;
            }

            await Disturb(rig, random);
        }

        await rig.Drain();
        Assert.Equal(rig.LedgerTotals(), rig.Projected());
        var (rows, places) = rig.ReadPlainly();
        Assert.Equal(rows, rig.Rows());
        Assert.Equal(places, rig.Places());
    }

    private static async Task Disturb(ProductSalesRig rig, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                rig.Restart();
                break;
            case 1:
                var product = random.Next(2) == 0 ? "rice" : "tea";
                rig.Catalogue($"UPDATE sku_mappings SET product_id = '{product}' WHERE sku = 'cola'");
                break;
            case 2:
                rig.Catalogue($"UPDATE listings SET to_utc_ms = {BooksRig.StartUtcMs + random.Next(40) * Day}");
                break;
            case 3 or 4:
                var sales = rig.Books.Rows("SELECT position, aid_fen FROM entries WHERE kind = 1 AND state = 0");
                if (sales.Count > 0)
                {
                    var position = long.Parse(sales[random.Next(sales.Count)].Split('|')[0], null);
                    rig.Rejudge(position, [.. Enumerable.Range(0, 3).Select(_ => (byte)random.Next(1, 4))]);
                }

                break;
            default:
                break;
        }

        for (var steps = random.Next(4); steps > 0; steps--)
        {
            await rig.Step();
        }
    }

    [Fact]
    public async Task A_released_sale_counts_by_product_with_the_refunds_that_waited_and_a_told_again_one_does_not()
    {
        var old = Books.Journal();
        old.Sell("v1", ("tea", 300));
        old.Sell("v2", ("cola", 20));
        old.Refund("r1", old.Id, 1, 100);
        Books.Files.Run("""
            CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.state = 0 AND NEW.seq < 3
            BEGIN SELECT RAISE(ABORT, 'no'); END
            """);
        await Books.Commit(old);
        Books.Files.Run("DROP TRIGGER refuse");
        var successor = Books.Journal().Succeed(old, 3, SuccessionReason.Lost);
        successor.Sell("v2", ("cola", 20));
        await Books.Commit(successor);
        await _rig.Drain();
        Assert.Equal(["20200901|op-a|cola|2|0|1|1|20|0"], _rig.Rows());
        foreach (var position in new[] { 1, 2 })
        {
            Assert.IsType<ReleaseOutcome.Released>(await new QuarantineRelease(
                Books.Database, Books.Catalogue, Books.Register, Books.Places, Books.Time)
                .ReleaseAsync(position, "who", BooksRig.Stop));
            await _rig.Drain();
        }

        Assert.Equal(["20200901|op-a|cola|2|0|1|1|20|0", "20200901|op-a|tea|1|1|1|1|300|100"], _rig.Rows());
        Assert.Equal(_rig.LedgerTotals(), _rig.Projected());
    }

    [Fact]
    public async Task Pages_and_the_list_of_the_products_sold_most_read_the_same_figures()
    {
        var journal = Books.Journal();
        journal.Sell("v1", ("tea", 300), ("cola", 900), ("nobody", 5));
        journal.SellAt(BooksRig.StartUtcMs + 40 * Day, "v2", ("cola", 50));
        await Books.Commit(journal);
        await _rig.Drain();
        var filter = new ProductSalesFilter(JudgingWindow.Parse("2020-09", new DateOnly(2020, 9, 1))!);
        var (rows, count, sum, _) = _rig.Pages.Page(filter, 2, 2);
        Assert.Equal((3L, new ProductAmounts(3, 3, 1_205, 0)), (count, sum));
        Assert.Equal(new ProductSalesRow("tea", "Tea", ProductClass.Aid, true, 1, 1, 300, 0, 300), Assert.Single(rows));
        var (top, _) = _rig.Pages.Top(filter, byPieces: false, 2);
        Assert.Equal(["cola", "tea"], top.Select(r => r.ProductId));
        Assert.Equal([new CabinetSales(Books.County, 300, 1_205, 300)],
            _rig.Pages.Cabinets(new DateOnly(2020, 9, 1), new DateOnly(2020, 9, 30)).Counties);
        Assert.Equal(20_200_901, _rig.Pages.FirstDay());
    }

    private ProductSalesAsOf AsOf() =>
        _rig.Pages.Cabinets(new DateOnly(2020, 1, 1), new DateOnly(2020, 12, 31)).AsOf;

    private IReadOnlyList<string> Places() => Books.Rows("""
        SELECT product_id, place_kind, place_id, last_sold_utc_ms, unit_price_fen FROM product_places ORDER BY 1, 2, 3
        """);
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouProductSalesTests() : ProductSalesTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangProductSalesTests() : ProductSalesTests("linjiang-2027");
