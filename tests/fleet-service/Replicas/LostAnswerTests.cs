using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Ledger;
using KioskFleet.Service.Tests.Storage;
using KioskFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KioskFleet.Service.Tests.Replicas;

/// <summary>
/// The connection to PostgreSQL is cut while a commit runs: whether it happened nobody is told, and everything counts
/// once all the same.
/// </summary>
[RunsOnce]
public sealed class LostAnswerTests : IAsyncLifetime
{
    private readonly TemporaryDatabase _files = new(StorageEngine.PostgreSql);
    private readonly BooksRig _books;
    private readonly TcpFaultProxy _proxy;
    private readonly FleetDatabase _behind;

    public LostAnswerTests()
    {
        _books = new BooksRig(files: _files);
        _proxy = TcpFaultProxy.Start(_files.Options.PostgreSql.Port);
        _behind = FleetDatabase.Open(
            _files.Options with { PostgreSql = _files.Options.PostgreSql with { Port = _proxy.Port } },
            TimeProvider.System, NullLogger<FleetDatabase>.Instance);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _behind.Dispose();
        await _proxy.DisposeAsync();
        _books.Dispose();
    }

    [Fact]
    public async Task A_commit_whose_answer_is_lost_is_done_and_the_batch_that_comes_again_is_a_duplicate()
    {
        SlowDownCommit();
        using var writer = _books.NewWriter(_behind);
        var journal = Sold(3);
        var committing = Task.Run(() => writer.CommitAsync([_books.Batch(journal)], BooksRig.Stop), BooksRig.Stop);
        await UntilCommitRuns();
        _proxy.CutAll();
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => committing);

        // Another service gets the batch first: it waits for the transaction that nobody hears of any more.
        Assert.Equal(new CommitOutcome.Duplicate(journal.Tail), await _books.Commit(journal));
        Assert.Equal(
            [new CommitOutcome.Duplicate(journal.Tail)],
            await writer.CommitAsync([_books.Batch(journal)], BooksRig.Stop));
        Assert.Equal((3L, 300L), Counted());
        _books.AssertProven();
    }

    [Fact]
    public async Task A_commit_that_did_not_arrive_did_not_happen_and_the_batch_that_comes_again_counts()
    {
        using var writer = _books.NewWriter(_behind);
        var journal = Sold(3);
        await writer.CommitAsync([_books.Batch(journal, 1, 1)], BooksRig.Stop);
        _proxy.HalfOpen(Flow.ToServer);
        var committing = Task.Run(() => writer.CommitAsync([_books.Batch(journal, 2)], BooksRig.Stop), BooksRig.Stop);
        await Task.Delay(300, BooksRig.Stop);
        _proxy.CutAll();
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => committing);

        _proxy.Pass();
        Assert.Equal(
            [new CommitOutcome.Committed(journal.Tail, 2, 0)],
            await writer.CommitAsync([_books.Batch(journal, 2)], BooksRig.Stop));
        Assert.Equal((3L, 300L), Counted());
        _books.AssertProven();
    }

    [Fact]
    public async Task Two_services_that_get_the_same_batches_at_once_count_each_once()
    {
        using var other = _books.NewWriter(_behind);
        var journals = Enumerable.Range(1, 4).Select(n => Sold(60, $"cab-{n}")).ToList();
        var groups = journals.SelectMany(journal => Enumerable.Range(0, 12).Select(n =>
            _books.Batch(journal, (ulong)(n * 5 + 1), (ulong)(n * 5 + 5)))).ToList();
        var committed = 0;
        async Task RunAsync(LedgerWriter writer, IEnumerable<VerifiedBatch> batches)
        {
            foreach (var group in batches.Chunk(3))
            {
                var outcomes = await writer.CommitAsync(group, BooksRig.Stop);
                Interlocked.Add(ref committed, outcomes.OfType<CommitOutcome.Committed>().Sum(done => done.Appended));
                Assert.All(outcomes, outcome => Assert.True(
                    outcome is CommitOutcome.Committed or CommitOutcome.Duplicate or CommitOutcome.Rewind,
                    $"{outcome}"));
            }
        }

        // Some come early at the other one and are sent back; whoever was sent back comes again, in order.
        await Task.WhenAll(
            Task.Run(() => RunAsync(_books.Writer, groups), BooksRig.Stop),
            Task.Run(() => RunAsync(other, groups), BooksRig.Stop));
        Assert.Equal(240, committed);
        Assert.Equal((240L, 24_000L), Counted());
        _books.AssertProven();
    }

    private JournalOnPaper Sold(int sales, string cabinet = "cab-1")
    {
        var journal = _books.Journal(cabinet);
        for (var i = 0; i < sales; i++)
        {
            journal.Sell($"{cabinet}-{i}", ("cola", 100));
        }

        return journal;
    }

    private (long Lines, long Fen) Counted() => (
        _books.Scalar("SELECT sum(sales_lines) FROM totals"),
        _books.Scalar("SELECT sum(sales_fen) FROM totals"));

    /// <summary>What is done at the commit takes a while: the server is busy when the connection is cut.</summary>
    private void SlowDownCommit()
    {
        using var connection = _books.Database.OpenWriter();
        connection.Script(
            """
            CREATE FUNCTION wait_a_while() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON journals DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION wait_a_while()
            """);
    }

    private async Task UntilCommitRuns()
    {
        using var connection = _books.Database.OpenReader();
        for (var left = 500; ; left--)
        {
            Assert.True(left > 0, "No commit was seen within 10 s.");
            if (connection.Query(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
                + "AND query = 'COMMIT'", row => row.Long(0))[0] == 1)
            {
                return;
            }

            await Task.Delay(20, BooksRig.Stop);
        }
    }
}
