using System.Data.Common;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.DetachedMonths;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Ledger;
using KioskFleet.Service.Tests.Storage;
using Xunit;

namespace KioskFleet.Service.Tests.DetachedMonths;

/// <summary>
/// An old month goes out of the ledger and comes back. The first four batches of several histories were committed in
/// January 2019: with sales, refunds, a gap, a message signed over earlier entries, a release, a successor.
/// </summary>
[RunsOnce]
public sealed class DetachedMonthsTests : IAsyncLifetime
{
    private static readonly MonthName January = new(2019_01);

    private readonly BooksRig _books = new(files: new TemporaryDatabase(StorageEngine.PostgreSql));

    private MonthDetachment Months => new(_books.Database, _books.Time);

    public async ValueTask InitializeAsync()
    {
        await SeveralHistories.FillAsync(_books);
        Date(January, batchesTo: 4);
        Follow();
    }

    public ValueTask DisposeAsync()
    {
        _books.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_detached_month_leaves_what_others_rest_on_and_everything_is_proven()
    {
        var totals = _books.Totals();
        var month = await Detach();
        Assert.Equal((12, 4), (month.Entries, month.Batches));
        Assert.Equal(totals, _books.Totals());
        var report = _books.Prove();
        Assert.Empty(report.Problems);
        Assert.Equal((3, 1, 1), (report.Journals, report.Batches, report.Entries));
        Assert.Equal([month], report.Sealed);

        // All but the non-sale and the succession: refunds and what they reverse, what is kept apart, released or
        // judged again, and the double of v2.
        Assert.Equal(
            ["1", "2", "3", "4", "5", "6", "8", "9", "11", "12", "13"],
            _books.Rows("SELECT position FROM entries ORDER BY position"));
        Assert.Equal(10, month.KeptEntries);
        Assert.Equal(12, _books.Scalar("SELECT count(*) FROM detached_entries_201901"));
        Assert.Equal(["13"], _books.Rows("SELECT position FROM reading_sales"));
        Assert.Equal(["command line|month.detached|month:2019-01"],
            _books.Rows("SELECT actor, action, subject FROM audit_log WHERE subject LIKE 'month%'"));
    }

    [Fact]
    public async Task What_is_left_of_a_month_cannot_be_changed_unseen()
    {
        await Detach();
        var missed = new List<string>();
        foreach (var table in (string[])["sealed_months", "sealed_runs", "sealed_sums", "sealed_spans"])
        {
            foreach (var column in _books.Rows($"""
                SELECT CAST(attname AS TEXT) FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0
                """))
            {
                foreach (var row in _books.Rows($"SELECT CAST(ctid AS TEXT) FROM {table}"))
                {
                    AddWhenMissed(missed, table, column, row);
                }
            }
        }

        foreach (var column in _books.Rows("""
            SELECT CAST(attname AS TEXT) FROM pg_attribute WHERE attrelid = 'entries_201901'::regclass AND attnum > 0
              AND attname NOT IN ('commit_month', 'line_classes')
            """))
        {
            foreach (var row in _books.Rows("SELECT CAST(ctid AS TEXT) FROM entries_201901"))
            {
                AddWhenMissed(missed, "entries_201901", column, row);
            }
        }

        Assert.Empty(missed);
        _books.AssertProven();
    }

    [Theory]
    [InlineData("DELETE FROM sealed_sums", "detached month 201901")]
    [InlineData("DELETE FROM sealed_runs WHERE journal_no = 1", "journal")]
    [InlineData("DELETE FROM sealed_months", "detached month 201901")]
    [InlineData("DELETE FROM entries WHERE position = 3", "detached month 201901")]
    [InlineData("DELETE FROM batches WHERE batch_id = 1", "detached month 201901")]
    [InlineData("UPDATE totals SET sales_fen = sales_fen + 1 WHERE class = 1", "total of cabinet")]
    [InlineData("DELETE FROM refunds WHERE position = 3", "refund at position 3")]
    public async Task A_row_that_was_taken_away_is_named(string sql, string named)
    {
        await Detach();
        _books.Files.Run(sql);
        Assert.Contains(_books.Prove().Problems, p => p.Subject.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_attached_month_is_as_it_was()
    {
        var before = Rows();
        await Detach();
        Assert.NotEqual(before, Rows());
        await Months.AttachAsync(January, "auditor", null, BooksRig.Stop);
        Assert.Equal(before, Rows());
        var report = _books.Prove();
        Assert.Empty(report.Problems);
        Assert.Equal((5, 13, 0), (report.Batches, report.Entries, report.Sealed.Count));
        var again = await Detach();
        Assert.Equal(12, again.Entries);
        _books.AssertProven();

        IReadOnlyList<string> Rows() => _books.Rows("""
            SELECT e.*::text FROM entries e UNION ALL SELECT b.*::text FROM batches b ORDER BY 1
            """);
    }

    [Theory]
    [InlineData("UPDATE detached_entries_201901 SET aid_fen = aid_fen + 1 WHERE position = 2", "not what was sealed")]
    [InlineData("UPDATE detached_batches_201901 SET received_utc_ms = 1", "not what was sealed")]
    [InlineData("DELETE FROM detached_entries_201901 WHERE position = 6", "not what was sealed")]
    [InlineData("DROP TABLE detached_batches_201901", "pg_restore")]
    public async Task Other_rows_than_those_sealed_are_not_attached(string sql, string words)
    {
        await Detach();
        _books.Files.Run(sql);
        var error = await Assert.ThrowsAsync<StorageException>(
            () => Months.AttachAsync(January, "auditor", null, BooksRig.Stop));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        _books.AssertProven();
    }

    [Fact]
    public async Task A_journal_goes_on_behind_a_detached_month()
    {
        var journal = _books.Journal("cab-3");
        journal.Sell("a1", ("tea", 100));
        journal.Sell("a2", ("cola", 50));
        journal.Sell("a3", ("tea", 20));
        await _books.Commit(journal, 1, 2);
        Date(January, batchesTo: 6);
        await _books.Commit(Selling("cab-4"));
        Follow();
        await Detach();
        journal.Refund("late", journal.Id, 2, 10);

        // What is signed over the entries of January could not be verified any more: it is to come from the head on.
        Assert.Equal(new CommitOutcome.Rewind(journal.HeadAt(2)), await _books.Commit(journal, 2, 3));
        Assert.IsType<CommitOutcome.Committed>(await _books.Commit(journal, 3, 3));
        Assert.Equal(new CommitOutcome.Rewind(journal.HeadAt(3)), await _books.Commit(journal, 1, 1));
        Assert.IsType<CommitOutcome.Committed>(await _books.Commit(journal, 4, 4));
        Assert.Contains("4|12|", _books.Quarantine().Single(row => row.StartsWith("cab-3", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        _books.AssertProven();

        var release = new QuarantineRelease(
            _books.Database, _books.Catalogue, _books.Register, _books.Places, _books.Time);
        var position = _books.Scalar("SELECT max(position) FROM entries");
        Assert.Equal(new ReleaseOutcome.StillQuarantined(QuarantineReason.SaleDetached),
            await release.ReleaseAsync(position, "who", BooksRig.Stop));
        await Months.AttachAsync(January, "auditor", null, BooksRig.Stop);
        Assert.IsType<ReleaseOutcome.Released>(await release.ReleaseAsync(position, "who", BooksRig.Stop));
        Assert.Contains(_books.Rows("SELECT amount_fen FROM refunds WHERE sale_position IS NOT NULL"), r => r == "10");
        _books.AssertProven();
        Follow();
        await Detach();
        _books.AssertProven();
    }

    [Fact]
    public async Task A_message_signed_over_a_detached_month_is_still_verified()
    {
        var journal = _books.Journal("cab-3");
        journal.Sell("a1", ("tea", 100));
        journal.Sell("a2", ("cola", 50));
        journal.Sell("a3", ("tea", 20));
        await _books.Commit(journal, 1, 2);
        Date(January, batchesTo: 6);
        await _books.Commit(journal, 2, 3);
        Follow();
        await Detach();
        _books.AssertProven();
        Assert.Contains("15", _books.Rows("SELECT position FROM entries_201901"));
        Assert.DoesNotContain("14", _books.Rows("SELECT position FROM entries_201901"));
    }

    [Fact]
    public async Task What_would_judge_detached_sales_otherwise_is_refused()
    {
        await Detach();
        using var connection = _books.Database.OpenWriter();
        var turn = new CatalogueTurn(connection, _books.Catalogue.Snapshot.Index, BooksRig.StartUtcMs);
        var firstSale = _books.Scalar("SELECT min(first_utc_ms) FROM sealed_spans");
        var lastSale = _books.Scalar("SELECT max(last_utc_ms) FROM sealed_spans");
        Assert.NotNull(Map(new InForce(firstSale, null)));
        Assert.NotNull(Map(new InForce(0, firstSale + 1)));
        Assert.NotNull(Map(new InForce(lastSale, lastSale + 1)));
        Assert.Null(Map(new InForce(0, firstSale)));
        Assert.Null(Map(new InForce(lastSale + 1, null)));

        CatalogueOutcome<Product>.Conflict? Map(InForce span) => turn.Detached<Product>(
            [new CatalogueChange.MappingAdded(new SkuMapping(null, "new", "tea", span))]);
    }

    [Fact]
    public async Task A_moment_within_a_detached_day_is_not_answered_with_what_stays()
    {
        var sales = new MomentSalesStore(_books.Database, _books.Places.Zone);
        var last = _books.Scalar("SELECT max(last_utc_ms) FROM sale_spans");
        var day = _books.Places.Zone.DayOf(last);
        Assert.NotNull(sales.Read(day, last, null));
        await Detach();
        Assert.Null(sales.Read(day, last, null));
        Assert.Null(sales.Read(day, last, "cab-1"));
        Assert.NotNull(sales.Read(day.AddDays(40), _books.Places.Zone.StartOfUtcMs(day.AddDays(40)), null));
    }

    [Theory]
    [InlineData(201901, "UPDATE chart_cursor SET position = 11", "charts have read the ledger up to 11")]
    [InlineData(201901, "DELETE FROM recorded_cursor", "recorded payments have read the ledger up to 0")]
    [InlineData(201901, "UPDATE entries SET aid_fen = aid_fen + 1 WHERE position = 2", "not proven (")]
    [InlineData(201812, "SELECT 1", "has no such month")]
    [InlineData(201902, "SELECT make_ledger_month(201902)", "nothing was committed in it")]
    [InlineData(202008, "SELECT make_ledger_month(202008)", "may be detached from 2021-10-06 on")]
    public async Task A_month_that_may_not_go_stays(int month, string sql, string words)
    {
        _books.Files.Run(sql);
        var error = await Assert.ThrowsAsync<StorageException>(
            () => Months.DetachAsync(new MonthName(month), "who", null, BooksRig.Stop));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal(13, _books.Scalar("SELECT count(*) FROM entries"));
        Assert.Equal(0, _books.Scalar("SELECT count(*) FROM sealed_months"));
    }

    [Fact]
    public async Task The_newest_entry_stays()
    {
        Date(January, batchesTo: 5);
        var error = await Assert.ThrowsAsync<StorageException>(Detach);
        Assert.Contains("newest entry", error.Message, StringComparison.Ordinal);
        await _books.Commit(Selling("cab-4"));
        Follow();
        Assert.Equal(13, (await Detach()).Entries);
        _books.AssertProven();
    }

    [Fact]
    public async Task A_month_goes_only_once_and_comes_only_when_it_is_gone()
    {
        await Assert.ThrowsAsync<StorageException>(
            () => Months.AttachAsync(January, "auditor", null, BooksRig.Stop));
        var month = await Detach();
        var error = await Assert.ThrowsAsync<StorageException>(Detach);
        Assert.Contains($"{month.Seal}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_has_no_months()
    {
        using var file = new TemporaryDatabase(StorageEngine.Sqlite);
        var error = await Assert.ThrowsAsync<StorageException>(() => new MonthDetachment(file.Database, _books.Time)
            .DetachAsync(January, "who", null, BooksRig.Stop));
        Assert.Contains("Storage:Engine=PostgreSql", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2025-09", 202509)]
    [InlineData("202509", 202509)]
    [InlineData("2025-13", null)]
    [InlineData("1999-01", null)]
    [InlineData("2025-9", null)]
    [InlineData("09-2025", null)]
    [InlineData("", null)]
    public void A_month_is_read_as_year_and_month(string text, int? number) =>
        Assert.Equal(number, MonthName.Parse(text)?.Number);

    private JournalOnPaper Selling(string cabinet)
    {
        var journal = _books.Journal(cabinet);
        journal.Sell($"{cabinet}-1", ("tea", 100));
        return journal;
    }

    private Task<SealedMonth> Detach() => Months.DetachAsync(January, "command line", null, BooksRig.Stop);

    /// <summary>Gives the oldest batches another month of commit.</summary>
    private void Date(MonthName month, long batchesTo)
    {
        _books.Files.Run($"SELECT make_ledger_month({month.Number})");
        _books.Files.Run($"UPDATE entries SET commit_month = {month.Number} WHERE batch_id <= {batchesTo}");
        _books.Files.Run($"UPDATE batches SET commit_month = {month.Number} WHERE batch_id <= {batchesTo}");
    }

    /// <summary>As when everything that follows the ledger has read all of it.</summary>
    private void Follow()
    {
        _books.Files.Run("""
            DELETE FROM chart_cursor; DELETE FROM recorded_cursor; DELETE FROM product_sales_editions;
            INSERT INTO chart_cursor SELECT 1, 'g', max(position), 0 FROM entries;
            INSERT INTO recorded_cursor SELECT 1, 'g', max(position), 0 FROM entries;
            INSERT INTO product_sales_editions (is_served, cause, begun_utc_ms, generation, catalogue_version, position,
              correction_id, latest_sale_utc_ms) SELECT 1, 'c', 0, 'g', 1, max(position), 0, 0 FROM entries;
            UPDATE edition_marks SET position = (SELECT max(position) FROM entries)
            """);
    }

    private void AddWhenMissed(List<string> missed, string table, string column, string ctid)
    {
        using var connection = _books.Database.OpenWriter();
        var type = _books.Rows($"""
            SELECT format_type(atttypid, atttypmod) FROM pg_attribute
            WHERE attrelid = '{table}'::regclass AND attname = '{column}'
            """)[0];
        var changed = type switch
        {
            "bigint" => $"{column} + 1",
            "text" => $"{column} || 'x'",
            _ => $"overlay({column} placing '\\x00'::bytea from 1)",
        };
        var before = connection.Query(
            $"SELECT CAST({column} AS TEXT) FROM {table} WHERE ctid = '{ctid}'", row => row.TextOrNull(0))[0];
        string moved;
        try
        {
            moved = Update(changed, ctid);
        }
        catch (DbException error) when (FleetDatabase.IsDataError(error))
        {
            return;
        }

        if (_books.Prove().IsProven)
        {
            missed.Add($"{table}.{column} of {before}");
        }

        Update($"'{before}'::{type}", moved);

        string Update(string value, string at)
        {
            using var transaction = connection.BeginWrite();
            var now = connection.Query(
                $"UPDATE {table} SET {column} = {value} WHERE ctid = '{at}' RETURNING CAST(ctid AS TEXT)",
                row => row.Text(0))[0];
            transaction.Commit();
            return now;
        }
    }
}
