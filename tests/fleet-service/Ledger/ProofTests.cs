using System.Data.Common;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;
using Xunit;

namespace KioskFleet.Service.Tests.Ledger;

/// <summary>Whatever is changed in the ledger's rows is named by the proof.</summary>
public abstract class ProofTests(string dataSet) : IAsyncLifetime
{
    /// <summary>What no figure rests on and no signature covers, or what only decides what comes next.</summary>
    private static readonly HashSet<string> NotProven =
    [
        "journals.last_utc_ms", "journals.superseded_after", "journals.predecessor_id", "journals.is_first",
        "journals.is_origin", "journals.witness_seq", "journals.witness_hash", "journals.witness_boot",
        "journals.witness_mono_ms", "batches.catalogue_version", "batches.received_utc_ms",
        "entries.utc_ms", "corrections.correction_id", "corrections.catalogue_version", "corrections.corrected_utc_ms",
        "corrections.corrected_by", "gaps.gap_id", "gaps.base_hash", "gaps.declared_utc_ms",
        "rejudgings.through_position", "rejudgings.cursor_position", "rejudgings.sales_examined",
        "rejudgings.started_utc_ms", "rejudgings.finished_utc_ms",
    ];

    private readonly BooksRig _books = new(dataSet);

    public async ValueTask InitializeAsync() => await SeveralHistories.FillAsync(_books);

    public ValueTask DisposeAsync()
    {
        _books.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void An_untouched_ledger_is_proven()
    {
        var report = _books.Prove();
        Assert.Empty(report.Problems);
        Assert.Equal((3, 5, 13), (report.Journals, report.Batches, report.Entries));
    }

    [Fact]
    public void Any_change_of_any_column_is_found()
    {
        var missed = new List<string>();
        string[] tables =
        [
            "journals", "batches", "entries", "refunds", "corrections", "totals", "gaps", "window_totals", "sale_spans",
            "corrected_refunds", "rejudgings",
        ];
        foreach (var table in tables)
        {
            foreach (var column in Columns(table))
            {
                foreach (var key in Keys(table))
                {
                    if (!NotProven.Contains($"{table}.{column}") && !IsFound(table, column, key))
                    {
                        missed.Add($"{table}.{column} of {key}");
                    }
                }
            }
        }

        Assert.True(missed.Count == 0, string.Join('\n', missed));
        _books.AssertProven();
    }

    [Theory]
    [InlineData("hash", "x'00'")]
    [InlineData("bytes", "x''")]
    [InlineData("bytes", "substr(bytes, 1, length(bytes) - 1)")]
    [InlineData("bytes", "CAST(bytes || x'00' AS BLOB)")]
    [InlineData("kind", "2")]
    [InlineData("state", "1")]
    [InlineData("state", "2")]
    [InlineData("aid_fen", "aid_fen + 1")]
    [InlineData("line_class", "2")]
    [InlineData("line_classes", "x''")]
    [InlineData("line_classes", "x'010203'")]
    [InlineData("business_day", "business_day + 1")]
    [InlineData("assignment_id", "2")]
    [InlineData("utc_ms", "utc_ms + 259200000")]
    [InlineData("seq", "seq + 1")]
    public void A_changed_entry_is_named_itself_and_no_other(string column, string value)
    {
        Run($"UPDATE entries SET {column} = {value} WHERE position = 2");
        var problems = _books.Prove().Problems;
        Assert.Contains(problems, p => p.Subject.Contains("entry 2 (position 2)", StringComparison.Ordinal)
            || p.Subject.Contains("(position 2)", StringComparison.Ordinal));
        Assert.DoesNotContain(problems, p => p.Subject.Contains("(position ", StringComparison.Ordinal)
            && !p.Subject.Contains("(position 2)", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_single_byte_of_an_entry_and_of_its_hash_matters()
    {
        foreach (var column in new[] { "bytes", "hash" })
        {
            var length = _books.Scalar($"SELECT length({column}) FROM entries WHERE position = 2");
            for (var at = 0; at < length; at += 5)
            {
                Flip("entries", column, "position = 2", at);
                Assert.Contains(_books.Prove().Problems,
                    p => p.Subject.Contains("entry 2 (position 2)", StringComparison.Ordinal));
                Flip("entries", column, "position = 2", at);
            }
        }

        _books.AssertProven();
    }

    [Theory]
    [InlineData("DELETE FROM entries WHERE position = 2", "entry 3 (position 3)")]
    [InlineData("DELETE FROM entries WHERE position = 13", "batch 5")]
    [InlineData("UPDATE entries SET position = 99 WHERE position = 2", "position 99")]
    [InlineData("""
        INSERT INTO entries SELECT 99, batch_id, seq, hash, bytes, kind, state, utc_ms, business_day, assignment_id,
        aid_fen, ordinary_fen, unmapped_fen, line_class, line_classes FROM entries WHERE position = 2
        """, "position 99")]
    [InlineData("""
        UPDATE entries SET position = 99 WHERE position = 1; UPDATE entries SET position = 1 WHERE position = 2;
        UPDATE entries SET position = 2 WHERE position = 99
        """, "(position 1)")]
    [InlineData("DELETE FROM batches WHERE batch_id = 2", "journal")]
    [InlineData("DELETE FROM journals WHERE journal_no = 2", "batch")]
    [InlineData("DELETE FROM totals WHERE class = 3", "total of cabinet cab-1")]
    [InlineData("DELETE FROM refunds WHERE position = 3", "refund at position 3")]
    [InlineData("INSERT INTO refunds VALUES (77, 'cab-1', 'x', 20200901, x'', 1, 0, 5, NULL, NULL, NULL, NULL)",
        "refund at position 77")]
    [InlineData("DELETE FROM corrections", "total of cabinet cab-1")]
    [InlineData("DELETE FROM corrections WHERE cause = 'Rejudged' AND position = 1", "re-judging by catalogue 4")]
    [InlineData("DELETE FROM corrections WHERE cause = 'Released'", "correction 4 of position 5")]
    [InlineData("UPDATE corrections SET cause = 'Released' WHERE position = 1", "correction 2 of position 1")]
    [InlineData("UPDATE corrections SET position = 2 WHERE position = 1", "position 2")]
    [InlineData("UPDATE corrections SET position = 13 WHERE position = 1", "position 13")]
    [InlineData("UPDATE corrections SET catalogue_version = 3 WHERE position = 1", "position 1")]
    [InlineData("INSERT INTO corrections SELECT 99, position, cause, 0, 0, 0, x'000000', line_classes, 9, 0, 'x' "
        + "FROM corrections WHERE position = 1 AND cause = 'Rejudged'", "correction 99 of position 1")]
    [InlineData("INSERT INTO corrections SELECT 99, 11, cause, -100, 100, 0, x'FF0100', x'02', 9, 0, 'x' "
        + "FROM corrections WHERE position = 1", "correction 99 of position 11")]
    [InlineData("UPDATE refunds SET class = 1 WHERE position = 3", "refund at position 3")]
    [InlineData("DELETE FROM corrected_refunds", "re-judging by catalogue 4")]
    [InlineData("UPDATE corrected_refunds SET correction_id = 1", "moved refund at position 3")]
    [InlineData("DELETE FROM window_totals WHERE kind = 1 AND class = 2", "Month from 20200901 of cabinet cab-1")]
    [InlineData("INSERT INTO window_totals SELECT 2, 20200907, cabinet_id, assignment_id, class, sales_fen, "
        + "sales_lines, "
        + "refunds_fen, refunds_of_day_fen FROM window_totals WHERE kind = 2", "Week from 20200907")]
    [InlineData("DELETE FROM sale_spans", "sale span of block 0")]
    [InlineData("INSERT INTO sale_spans VALUES (7, 1, 2)", "sale span of block 7")]
    [InlineData("DELETE FROM rejudgings", "re-judging by catalogue 4")]
    [InlineData("DELETE FROM gaps", "journal")]
    [InlineData("DELETE FROM cabinet_keys WHERE cabinet_id = 'cab-2'", "batch 5")]
    public void A_removed_inserted_or_swapped_row_is_named(string sql, string named)
    {
        Run(sql);
        Assert.Contains(_books.Prove().Problems, p => p.Subject.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_problem_of_the_job_becomes_a_finding()
    {
        Run("UPDATE entries SET aid_fen = aid_fen + 1 WHERE position = 2");
        var job = new LedgerProofJob(new LedgerProof(_books.Database), _books.Database,
            Microsoft.Extensions.Options.Options.Create(new LedgerOptions()),
            KioskFleet.Service.Replicas.Leases.OfOneService(_books.Database, _books.Time), _books.Time,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<LedgerProofJob>.Instance);
        var report = await job.RunOnceAsync(BooksRig.Stop);
        Assert.Equal(
            report.ProblemCount, _books.Scalar("SELECT count(*) FROM findings WHERE kind = 'LedgerProofFailed'"));
        await job.RunOnceAsync(BooksRig.Stop);
        Assert.Equal(
            report.ProblemCount, _books.Scalar("SELECT count(*) FROM findings WHERE kind = 'LedgerProofFailed'"));
    }

    [Fact]
    public async Task The_job_is_due_when_its_interval_is_over_whoever_ran_it_last()
    {
        LedgerProofJob Job() => new(new LedgerProof(_books.Database), _books.Database,
            Microsoft.Extensions.Options.Options.Create(new LedgerOptions { ProofIntervalHours = 2 }),
            KioskFleet.Service.Replicas.Leases.OfOneService(_books.Database, _books.Time), _books.Time,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<LedgerProofJob>.Instance);
        Assert.False(await Job().IsDueAsync(BooksRig.Stop));
        _books.Time.Advance(TimeSpan.FromMinutes(119));
        Assert.False(await Job().IsDueAsync(BooksRig.Stop));
        _books.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await Job().IsDueAsync(BooksRig.Stop));
        Assert.False(await Job().IsDueAsync(BooksRig.Stop));
    }

    private bool IsFound(string table, string column, string key)
    {
        using var connection = _books.Database.OpenWriter();
        using var read = connection.Command($"SELECT {column} FROM {table} WHERE {key}");
        var before = read.ExecuteScalar()!;
        object after = before switch
        {
            long number => number + 1,
            string text => text + "x",
            byte[] { Length: > 0 } bytes => bytes.Select((b, i) => i == bytes.Length / 2 ? (byte)(b ^ 1) : b).ToArray(),
            byte[] => new byte[] { 1 },
            _ => column == "line_classes" ? new byte[] { 1 } : 1L,
        };
        try
        {
            Set(connection, table, column, key, after);
        }
        catch (DbException error) when (FleetDatabase.IsDataError(error))
        {
            return true;
        }

        var found = !_books.Prove().IsProven;
        var moved = string.Join(" AND ", key.Split(" AND ").Select(
            part => !part.StartsWith(column + " = ", StringComparison.Ordinal)
            ? part
            : after is string ? $"{column} = '{after}'" : $"{column} = {after}"));
        Set(connection, table, column, moved, before);
        return found;
    }

    private static void Set(FleetConnection connection, string table, string column, string key, object value)
    {
        Assert.Equal(1, connection.Execute($"UPDATE {table} SET {column} = $value WHERE {key}", ("$value", value)));
    }

    private IEnumerable<string> Columns(string table) => _books.Rows(TestEngine.ColumnsOf(table));

    /// <summary>Each row of a table by its primary key.</summary>
    private IEnumerable<string> Keys(string table)
    {
        var columns = _books.Rows(TestEngine.KeyOf(table));
        // A total of nothing at another place is still a total of nothing.
        var some = table is "totals" or "window_totals"
            ? "WHERE sales_fen <> 0 OR sales_lines <> 0 OR refunds_fen <> 0 OR refunds_of_day_fen <> 0"
            : "";
        return _books.Rows($"SELECT {string.Join(", ", columns)} FROM {table} {some}").Select(row => string.Join(
            " AND ", columns.Zip(row.Split('|')).Select(
                c => c.First == "cabinet_id" ? $"{c.First} = '{c.Second}'" : $"{c.First} = {c.Second}")));
    }

    private void Flip(string table, string column, string key, int at)
    {
        using var connection = _books.Database.OpenWriter();
        using var read = connection.Command($"SELECT {column} FROM {table} WHERE {key}");
        var bytes = (byte[])read.ExecuteScalar()!;
        bytes[at] ^= 0x10;
        Set(connection, table, column, key, bytes);
    }

    private void Run(string sql) => _books.Files.Run(sql);
}

/// <summary>Over <c>chuzhou-2020</c>.</summary>
public sealed class ChuzhouProofTests() : ProofTests("chuzhou-2020");

/// <summary>Over <c>linjiang-2027</c>.</summary>
public sealed class LinjiangProofTests() : ProofTests("linjiang-2027");
