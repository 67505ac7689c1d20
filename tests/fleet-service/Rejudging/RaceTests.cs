using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Rejudging;
using KioskFleet.Service.Tests.Ledger;
using System.Data.Common;
using Xunit;

namespace KioskFleet.Service.Tests.Rejudging;

/// <summary>Nothing is missed or done twice, whatever happens beside a sweep or to it.</summary>
public abstract class RaceTests : IDisposable
{
    private const long Start = BooksRig.StartUtcMs;

    // Every sale is a turn of its own.
    private static readonly RejudgingPace Slow = new() { SalesPerTurn = 1, BlocksPerStretch = 1, Readers = 1 };

    private readonly string _dataSet;
    private readonly BooksRig _books;
    private readonly CatalogueOnPaper _catalogue;

    protected RaceTests(string dataSet)
    {
        _dataSet = dataSet;
        _books = new BooksRig(dataSet);
        _catalogue = new CatalogueOnPaper(_books);
    }

    public void Dispose()
    {
        _books.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_batch_committed_by_the_old_snapshot_behind_the_catalogues_commit_is_judged_again()
    {
        var journal = Sold(2);
        await _books.Commit(journal, 1, 1);
        ListOnRecord();
        await _books.Commit(journal, 2, 2);
        Assert.Equal(new RejudgingRun(0, 0), await _catalogue.Sweep());
        _catalogue.PutInForce();
        Assert.Equal(2, (await _catalogue.Sweep()).SalesChanged);
        AssertAid(2);
    }

    [Fact]
    public async Task A_release_by_the_old_snapshot_behind_the_catalogues_commit_is_judged_again()
    {
        var journal = Sold(1);
        _books.Files.Run("""
            CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.state = 0
            BEGIN SELECT RAISE(ABORT, 'no'); END
            """);
        await _books.Commit(journal);
        _books.Files.Run("DROP TRIGGER refuse");
        ListOnRecord();
        await new QuarantineRelease(_books.Database, _books.Catalogue, _books.Register, _books.Places, _books.Time)
            .ReleaseAsync(1, "who", BooksRig.Stop);
        _catalogue.PutInForce();
        Assert.Equal(1, (await _catalogue.Sweep()).SalesChanged);
        AssertAid(1);
    }

    [Fact]
    public async Task A_batch_that_another_process_judges_by_an_old_snapshot_during_the_sweep_is_found_at_its_end()
    {
        var journal = Sold(3);
        await _books.Commit(journal, 1, 1);
        var stale = new CurrentCatalogue(_books.Catalogue.Snapshot);
        _catalogue.List("cola", Start);
        using var sweep = _catalogue.NewSweep(Slow);
        using var other = new LedgerWriter(_books.Database, stale, _books.Places);
        Task<RejudgingRun> running;
        Task<IReadOnlyList<CommitOutcome>> committing;
        using (var turn = await _books.Database.Writers.EnterAsync(BooksRig.Stop))
        {
            running = sweep.RunAsync(BooksRig.Stop);
            await Waits(1);
            var behind = _books.Database.Writers.EnterAsync(BooksRig.Stop).AsTask();
            turn.Dispose();

            // The sweep has begun: what the other commits comes behind its beginning, and before its end.
            using (await behind)
            {
                committing = other.CommitAsync([_books.Batch(journal, 2, 3)], BooksRig.Stop);
            }
        }

        await committing;
        var run = await running;
        Assert.Equal(3, run.SalesChanged);
        Assert.Equal(2, run.Passes);
        AssertAid(3);
        Assert.Equal(["4|3|3"], _books.Rows("SELECT version, through_position, cursor_position FROM rejudgings"));
    }

    [Fact]
    public async Task A_version_made_during_a_sweep_is_done_behind_it_and_ingest_goes_on_between()
    {
        var journal = Sold(4);
        await _books.Commit(journal, 1, 3);
        _catalogue.List("cola", Start);
        using var sweep = _catalogue.NewSweep(Slow);
        Task<RejudgingRun> running;
        using (await _books.Database.Writers.EnterAsync(BooksRig.Stop))
        {
            running = sweep.RunAsync(BooksRig.Stop);
            await Waits(1);
        }

        // In whatever turn they come: a later commit, and a later correction that takes everything back.
        var committing = _books.Commit(journal, 4, 4);
        _catalogue.Change(s => s with { Listings = [.. s.Listings.Where(l => l.ProductId != "cola")] });
        await committing;
        await running;
        await sweep.RunAsync(BooksRig.Stop);
        Assert.Equal(["cab-1|op-a|20200901|2|40|4|0|0"], _books.Totals());
        Assert.Equal(2, _books.Scalar("SELECT count(*) FROM rejudgings WHERE finished_utc_ms IS NOT NULL"));
        _books.AssertProven();
    }

    [Fact]
    public async Task A_sweep_that_dies_at_any_sale_goes_on_from_there()
    {
        for (var dies = 0; dies < 5; dies++)
        {
            using var books = new BooksRig(_dataSet);
            var catalogue = new CatalogueOnPaper(books);
            var journal = Sold(5, books);
            journal.Refund("r1", journal.Id, 2, 3);
            await books.Commit(journal);
            catalogue.List("cola", Start);
            books.Files.Run($"""
                CREATE TRIGGER dies BEFORE INSERT ON corrections WHEN NEW.position > {dies}
                BEGIN SELECT RAISE(ABORT, 'power'); END
                """);
            await Assert.ThrowsAnyAsync<DbException>(() => catalogue.Sweep(Slow));
            Assert.Equal([$"{dies}|{dies}|{dies}"], books.Rows(
                "SELECT cursor_position, sales_examined, sales_changed FROM rejudgings"));
            books.AssertProven();
            books.Files.Run("DROP TRIGGER dies");
            Assert.Equal(5 - dies, (await catalogue.Sweep()).SalesChanged);
            Assert.Equal(["cab-1|op-a|20200901|1|50|5|3|3"], books.Totals());
            Assert.Equal(["6|5|5|1|50"], books.Rows(
                "SELECT cursor_position, sales_examined, sales_changed, refunds_moved, moved_fen FROM rejudgings"));
            books.AssertProven();
        }
    }

    [Fact]
    public async Task Two_sweeps_of_two_processes_never_count_twice()
    {
        await _books.Commit(Sold(6));
        _catalogue.List("cola", Start);
        using var one = _catalogue.NewSweep(Slow);
        using var other = _catalogue.NewSweep(Slow);
        var runs = await Task.WhenAll(Outcome(one), Outcome(other));
        await _catalogue.Sweep();
        Assert.Contains(runs, ok => ok);
        AssertAid(6);
        Assert.Equal(["6|6"], _books.Rows("SELECT sales_examined, sales_changed FROM rejudgings"));

        static async Task<bool> Outcome(RejudgingSweep sweep)
        {
            try
            {
                await sweep.RunAsync(BooksRig.Stop);
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }
    }

    private void ListOnRecord() => _catalogue.Record(s => s with
    {
        Listings = s.Listings.Add(new Listing("cola", _books.OtherCounty, new InForce(Start, null))),
    });

    private JournalOnPaper Sold(int sales, BooksRig? books = null)
    {
        var journal = (books ?? _books).Journal();
        for (var i = 1; i <= sales; i++)
        {
            journal.Sell($"v{i}", ("cola", 10));
        }

        return journal;
    }

    private void AssertAid(int sales)
    {
        Assert.Equal([$"cab-1|op-a|20200901|1|{10 * sales}|{sales}|0|0"], _books.Totals());
        _books.AssertProven();
    }

    private async Task Waits(int callers)
    {
        while (_books.Database.Writers.Waiting < callers)
        {
            await Task.Delay(1, BooksRig.Stop);
        }
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouRaceTests() : RaceTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangRaceTests() : RaceTests("linjiang-2027");
