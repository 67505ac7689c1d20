using System.Data.Common;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KioskFleet.Service.Tests.Ledger;

/// <summary>Entries that the database refuses are kept apart; one that cannot be written keeps none apart.</summary>
public abstract class IsolationTests(string dataSet) : IDisposable
{
    private readonly BooksRig _books = new(dataSet);

    public void Dispose() => _books.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(2, 3, 49)]
    [InlineData(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)]
    public async Task Exactly_the_refused_entries_are_kept_apart_with_the_words_and_all_others_count(
        params int[] refused)
    {
        Refuse($"NEW.state = 0 AND NEW.seq IN ({string.Join(',', refused)}) AND NEW.batch_id = 3");
        var journals = Enumerable.Range(0, 5).Select(i => Sold(50, $"cab-{i}")).ToList();
        var outcomes = await _books.Commit([.. journals.Select(j => _books.Batch(j))]);
        Assert.All(outcomes, (o, i) => Assert.Equal(
            new CommitOutcome.Committed(journals[i].Tail, 50, i == 2 ? refused.Length : 0), o));
        Assert.Equal(refused.Select(seq => $"cab-2|{seq}|{(int)QuarantineReason.LedgerRefused}|no such thing"),
            _books.Quarantine().Select(q => q
                .Replace("SQLite Error 19: '", "").Replace("'.", "").Replace("23000: ", "")));
        Assert.Equal(250 - refused.Length, _books.Scalar("SELECT sum(sales_lines) FROM totals"));
        Assert.Equal(100 * (250 - refused.Length), _books.Scalar("SELECT sum(sales_fen) FROM totals"));
        _books.AssertProven();
    }

    [Fact]
    public async Task A_batch_of_nothing_but_refused_entries_is_kept_apart_whole_in_bearable_time()
    {
        Refuse("NEW.state = 0");
        var journal = Sold(500);
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal(new CommitOutcome.Committed(journal.Tail, 500, 500), await _books.Commit(journal));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 60);
        _books.AssertProven();
    }

    [Fact]
    public async Task Of_an_overlapping_batch_the_refused_entry_is_found_too()
    {
        Refuse("NEW.state = 0 AND NEW.seq = 7");
        var journal = Sold(9);
        await _books.Commit(journal, 1, 5);
        Assert.Equal(new CommitOutcome.Committed(journal.Tail, 4, 1), await _books.Commit(journal, 2, 9));
        Assert.Equal(8, _books.Scalar("SELECT sum(sales_lines) FROM totals"));
        _books.AssertProven();
    }

    [Fact]
    public async Task A_sum_that_does_not_fit_keeps_the_entry_apart()
    {
        var journal = Sold(3);
        await _books.Commit(journal, 1, 1);
        _books.Files.Run($"UPDATE totals SET sales_fen = {long.MaxValue - 150}");
        Assert.Equal(new CommitOutcome.Committed(journal.Tail, 2, 1), await _books.Commit(journal, 2, 3));
        Assert.Equal(long.MaxValue - 50, _books.Scalar("SELECT sales_fen FROM totals"));
    }

    [Fact]
    public async Task A_batch_that_cannot_be_kept_at_all_holds_up_nobody_else()
    {
        var journals = Enumerable.Range(0, 4).Select(i => Sold(5, $"cab-{i}")).ToList();
        Refuse($"hex(NEW.hash) = '{Convert.ToHexString(journals[1].HeadAt(3).Hash.ToArray())}'");
        var outcomes = await _books.Commit([.. journals.Select(j => _books.Batch(j))])
            .WaitAsync(TimeSpan.FromSeconds(20), BooksRig.Stop);
        Assert.Equal(3, outcomes.OfType<CommitOutcome.Committed>().Count());
        Assert.Equal(Refusal.Busy, Assert.Single(outcomes.OfType<CommitOutcome.Refused>()).Refusal);
        Assert.Equal(15, _books.Scalar("SELECT sum(sales_lines) FROM totals"));
        Assert.Empty(_books.Quarantine());
        _books.AssertProven();
    }

    [Fact]
    public async Task A_full_disk_keeps_nothing_apart_and_is_recovered_from()
    {
        // Only SQLite lets a test say how large a database may be.
        using var books = new BooksRig(dataSet, new TemporaryDatabase(StorageEngine.Sqlite));
        var journal = Sold(500, books: books);
        await books.Commit(journal, 1, 1);
        books.RestartWriter();
        using (var connection = books.Database.OpenWriter())
        {
            connection.Run("PRAGMA max_page_count = 1");
        }

        var error = await Assert.ThrowsAsync<SqliteException>(() => books.Commit(journal, 2));
        Assert.Equal(SQLitePCL.raw.SQLITE_FULL, error.SqliteErrorCode);
        Assert.Empty(books.Quarantine());
        Assert.Equal(1, books.Scalar("SELECT count(*) FROM entries"));
        using (var connection = books.Database.OpenWriter())
        {
            connection.Run("PRAGMA max_page_count = 100000");
        }

        Assert.Equal(new CommitOutcome.Committed(journal.Tail, 499, 0), await books.Commit(journal, 2));
        books.AssertProven();
    }

    [Fact]
    public async Task A_database_that_another_process_holds_keeps_nothing_apart_and_is_recovered_from()
    {
        using var impatient = FleetDatabase.Open(
            _books.Files.Options with { BusyTimeoutSeconds = 1 }, TimeProvider.System,
            NullLogger<FleetDatabase>.Instance);
        using var writer = _books.NewWriter(impatient);
        var journal = Sold(3);
        using (var other = _books.Database.OpenWriter())
        {
            using var held = other.BeginWrite();
            var error = await Assert.ThrowsAnyAsync<DbException>(
                () => writer.CommitAsync([_books.Batch(journal)], BooksRig.Stop));
            Assert.True(error is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_BUSY }
                or Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.LockNotAvailable }, error.Message);
        }

        Assert.Equal([new CommitOutcome.Committed(journal.Tail, 3, 0)],
            await writer.CommitAsync([_books.Batch(journal)], BooksRig.Stop));
        Assert.Empty(_books.Quarantine());
    }

    [Fact]
    public async Task After_a_commit_of_unknown_outcome_nothing_is_held_and_the_head_answers()
    {
        _books.Files.Run("""
            CREATE TABLE parent (id INTEGER PRIMARY KEY);
            CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
            CREATE TRIGGER spoil AFTER INSERT ON entries BEGIN INSERT INTO child VALUES (99); END;
            """);
        var journal = Sold(3);
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => _books.Commit(journal));

        // The transaction must not live on in a pooled connection: everybody else could never write again.
        _books.Files.Run("DROP TRIGGER spoil");
        Assert.Equal(new CommitOutcome.Committed(journal.Tail, 3, 0), await _books.Commit(journal));
        Assert.Equal(300, _books.Scalar("SELECT sum(sales_fen) FROM totals"));
        _books.AssertProven();
    }

    [Fact]
    public async Task A_cancelled_wait_for_the_turn_to_write_changes_nothing()
    {
        var journal = Sold(2);
        using var cancelled = new CancellationTokenSource();
        Task<IReadOnlyList<CommitOutcome>> waiting;
        using (await _books.Database.Writers.EnterAsync(BooksRig.Stop))
        {
            waiting = _books.Writer.CommitAsync([_books.Batch(journal)], cancelled.Token);
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        Assert.Equal(new CommitOutcome.Committed(journal.Tail, 2, 0), await _books.Commit(journal));
    }

    private void Refuse(string when) => _books.Files.Run($"""
        CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN {when}
        BEGIN SELECT RAISE(ABORT, 'no such thing'); END
        """);

    private JournalOnPaper Sold(int sales, string cabinet = "cab-1", BooksRig? books = null)
    {
        var journal = (books ?? _books).Journal(cabinet);
        for (var i = 1; i <= sales; i++)
        {
            journal.Sell($"v{i}", ("tea", 100));
        }

        return journal;
    }
}

/// <summary>Over <c>chuzhou-2020</c>.</summary>
public sealed class ChuzhouIsolationTests() : IsolationTests("chuzhou-2020");

/// <summary>Over <c>linjiang-2027</c>.</summary>
public sealed class LinjiangIsolationTests() : IsolationTests("linjiang-2027");
