using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KioskFleet.Service.Tests.Storage;

/// <summary>From the file to the server: nothing is lost on the way, however often it is stopped.</summary>
[RunsOnce]
public sealed class LedgerMoveTests : IDisposable
{
    private readonly TemporaryDatabase _file = new(StorageEngine.Sqlite);
    private readonly TemporaryDatabase _server = new(StorageEngine.PostgreSql);
    private readonly BooksRig _books;

    public LedgerMoveTests() => _books = new BooksRig(files: _file);

    public void Dispose()
    {
        _books.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task A_move_that_is_stopped_at_any_step_goes_on_and_what_arrives_is_proven()
    {
        await SellAsync();
        using (var connection = _file.Database.OpenWriter())
        {
            connection.Execute(
                "INSERT INTO operators (operator_id, name, added_utc_ms) VALUES ($id, $id, 1)", ("$id", "a\0\uE000b"));
        }

        var stops = 0;
        (long Rows, int Tables) moved = default;
        while (moved == default)
        {
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(BooksRig.Stop);
            var steps = 0;
            try
            {
                moved = Move(new Stopper(() =>
                {
                    if (++steps == 7)
                    {
                        cancel.Cancel();
                    }
                }), cancel.Token);
            }
            catch (OperationCanceledException) when (!BooksRig.Stop.IsCancellationRequested)
            {
                stops++;
                Assert.Contains("move-ledger", Assert.Throws<StorageException>(Open).Message, StringComparison.Ordinal);
            }
        }

        Assert.InRange(stops, 5, 1_000);
        using var database = _server.Open();
        Assert.Empty(new LedgerProof(database).Run(null, BooksRig.Stop).Problems);
        using var ours = database.OpenReader();
        using var theirs = _file.Database.OpenReader();
        foreach (var sql in new[]
            {
                "SELECT cabinet_id || business_day || class || sales_fen || ' ' || refunds_fen FROM totals ORDER BY 1",
                "SELECT operator_id FROM operators ORDER BY 1", "SELECT generation FROM ledger_generation ORDER BY 1",
                """
                SELECT cabinet_id || aid_fen || '/' || total_fen || '=' || share_basis_points
                FROM reading_standings ORDER BY 1
                """,
                """
                SELECT cabinet_id || ' ' || business_day || ' ' || aid_fen || ' ' || sales_fen
                FROM reading_totals ORDER BY 1
                """,
                """
                SELECT position || ' ' || aid_fen || ' ' || ordinary_fen || ' ' || refunded_fen
                FROM reading_sales ORDER BY 1
                """,
            })
        {
            var rows = theirs.Query(sql, row => row.Text(0));
            Assert.NotEmpty(rows);
            Assert.Equal(rows, ours.Query(sql, row => row.Text(0)));
        }

        // Numbers go on behind what was moved, and months of the past (UTC) have their partitions.
        using var writer = database.OpenWriter();
        Assert.Equal(
            theirs.Query("SELECT max(journal_no) + 1 FROM journals", row => row.Long(0)),
            writer.Query(
                """
                INSERT INTO journals (journal_id, cabinet_id, head_seq, head_hash, last_utc_ms)
                VALUES ($id, 'x', 0, $id, 0) RETURNING journal_no
                """, row => row.Long(0), ("$id", new byte[16])));
        Assert.Equal([202008], ours.Query("SELECT DISTINCT commit_month FROM entries", row => row.Long(0)));
    }

    [Fact]
    public async Task A_row_that_differs_in_the_end_keeps_the_database_from_being_used()
    {
        await SellAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(BooksRig.Stop);
        Assert.ThrowsAny<OperationCanceledException>(() => Move(new Stopper(cancel.Cancel, "totals"), cancel.Token));
        using (var connection = _server.Options is { } options ? PostgreSqlEngine.Reach(options).OpenWriter() : null!)
        {
            Assert.Equal(1, connection.Execute("UPDATE entries SET aid_fen = aid_fen + 1 WHERE position = 2"));
        }

        var error = Assert.Throws<StorageException>(() => Move(null, BooksRig.Stop));
        Assert.Contains("row 2 of entries", error.Message, StringComparison.Ordinal);
        Assert.Contains("aid_fen", error.Message, StringComparison.Ordinal);
        Assert.Throws<StorageException>(Open);
    }

    [Fact]
    public async Task A_move_goes_on_only_with_the_ledger_that_it_was_begun_with_also_one_that_was_restored()
    {
        await SellAsync();
        await new LedgerGenerationStore(_file.Database, TimeProvider.System).RenewAsync("restored", BooksRig.Stop);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(BooksRig.Stop);
        Assert.ThrowsAny<OperationCanceledException>(() => Move(new Stopper(cancel.Cancel, "totals"), cancel.Token));

        // Another ledger, by its generation.
        _file.Run("INSERT INTO ledger_generation (generation, made_utc_ms, reason) VALUES ('other', 1, 'x')");
        Assert.Contains("another ledger", Assert.Throws<StorageException>(() => Move(null, BooksRig.Stop)).Message,
            StringComparison.Ordinal);
        _file.Run("DELETE FROM ledger_generation WHERE generation = 'other'");
        Assert.True(Move(null, BooksRig.Stop).Rows > 0);
        Assert.Contains("moved here before", Assert.Throws<StorageException>(() => Move(null, BooksRig.Stop)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_in_use_takes_no_other_ledger()
    {
        await SellAsync();
        using (var database = _server.Open())
        using (var connection = database.OpenWriter())
        {
            connection.Run("INSERT INTO operators (operator_id, name, added_utc_ms) VALUES ('o', 'o', 1)");
        }

        Assert.Contains("is in use", Assert.Throws<StorageException>(() => Move(null, BooksRig.Stop)).Message,
            StringComparison.Ordinal);
        _server.Open().Dispose();
    }

    private async Task SellAsync()
    {
        await new LedgerGenerationStore(_file.Database, TimeProvider.System).EnsureAsync(BooksRig.Stop);
        for (var cabinet = 0; cabinet < 4; cabinet++)
        {
            var journal = _books.Journal($"cab-{cabinet}");
            for (var i = 0; i < 40; i++)
            {
                journal.Sell($"v{i}", ("tea", 100 + i), ("cola", 50));
            }

            journal.Refund("r1", journal.Id, 3, 20);
            await _books.Commit(journal);
        }
    }

    private (long Rows, int Tables) Move(IProgress<MoveProgress>? progress, CancellationToken cancel)
    {
        using var engine = PostgreSqlEngine.OpenForMove(_server.Options, TimeProvider.System);
        using var reader = _file.Database.OpenReader();
        using var writer = (PostgreSqlFleetConnection)engine.OpenWriter();
        return new LedgerMove(reader, writer, rowsPerStep: 25).Run(progress, cancel);
    }

    private void Open() => FleetDatabase.Open(
        _server.Options, TimeProvider.System, NullLogger<FleetDatabase>.Instance).Dispose();

    /// <summary>Tells of every step of copying, or of the first of one table.</summary>
    private sealed class Stopper(Action step, string? table = null) : IProgress<MoveProgress>
    {
        public void Report(MoveProgress value)
        {
            if (!value.IsComparing && (table is null || value.Table == table))
            {
                step();
            }
        }
    }
}
