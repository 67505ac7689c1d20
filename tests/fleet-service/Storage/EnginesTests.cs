using KioskFleet.Service.Storage;
using KioskFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KioskFleet.Service.Tests.Storage;

/// <summary>Both engines, side by side.</summary>
[RunsOnce]
public sealed class EnginesTests : IDisposable
{
    private readonly TemporaryDatabase _file = new(StorageEngine.Sqlite);
    private readonly TemporaryDatabase _server = new(StorageEngine.PostgreSql);

    // More than is sent at once.
    private const int ManyRows = 20_000;

    public void Dispose()
    {
        _file.Dispose();
        _server.Dispose();
    }

    // What several services need of each other only a server has.
    [Fact]
    public void Both_have_the_same_migrations_tables_columns_and_obligations()
    {
        var assembly = typeof(FleetDatabase).Assembly;
        Assert.Equal(
            Migration.FromAssembly(assembly, StorageEngine.Sqlite).Select(m => (m.Number, m.Name)),
            Migration.FromAssembly(assembly, StorageEngine.PostgreSql).Select(m => (m.Number, m.Name)));
        using var file = _file.Database.OpenReader();
        using var server = _server.Database.OpenReader();
        var columns = file.Query(
            """
            SELECT m.name || '.' || c.name || CASE m.type WHEN 'view' THEN '' ELSE ' ' || c.type END
              || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN ' NOT NULL' ELSE '' END
            FROM sqlite_master m, pragma_table_info(m.name) c
            WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite%' AND m.name <> 'migrations'
            """,
            row => row.Text(0));
        Assert.Equal(columns.Order(StringComparer.Ordinal), server.Query(
            """
            SELECT c.relname || '.' || a.attname
              || CASE c.relkind WHEN 'v' THEN '' ELSE ' ' || CASE format_type(a.atttypid, a.atttypmod)
                WHEN 'bigint' THEN 'INTEGER' WHEN 'text' THEN 'TEXT' WHEN 'bytea' THEN 'BLOB'
                ELSE format_type(a.atttypid, a.atttypmod) END END
              || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND c.relname <> 'migrations'
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
              AND a.attname <> 'commit_month' AND c.relname NOT LIKE 'replica%'
            """,
            row => row.Text(0)).Order(StringComparer.Ordinal));
        var keys = file.Query(
            """
            SELECT m.name || ': ' || string_agg(c.name, ',' ORDER BY c.pk) 
            FROM sqlite_master m, pragma_table_info(m.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND c.pk > 0 GROUP BY m.name
            """,
            row => row.Text(0));
        Assert.Equal(keys.Order(StringComparer.Ordinal), server.Query(
            """
            SELECT DISTINCT t.relname || ': '
              || string_agg(a.attname, ',' ORDER BY array_position(i.indkey::int[], a.attnum::int))
            FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
            LEFT JOIN pg_inherits h ON h.inhrelid = c.oid
            JOIN pg_class t ON t.oid = coalesce(h.inhparent, c.oid)
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
            WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace
              AND a.attname <> 'commit_month' AND c.relname NOT LIKE 'replica%'
            GROUP BY t.relname, c.oid
            """,
            row => row.Text(0)).Order(StringComparer.Ordinal));
        var indices = file.Query(
            "SELECT name FROM sqlite_master WHERE type IN ('index', 'trigger') AND name NOT LIKE 'sqlite%'",
            row => row.Text(0));
        Assert.Equal(indices.Order(StringComparer.Ordinal), server.Query(
            """
            SELECT CAST(c.relname AS TEXT) FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
            WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
              AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u'))
            UNION ALL SELECT CAST(tgname AS TEXT) FROM pg_trigger
            WHERE NOT tgisinternal AND tgparentid = 0 AND tgname NOT LIKE 'replica%'
            """,
            row => row.Text(0)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\0b", "a\uE000\uE001b")]
    [InlineData("\uE000\uE001", "\uE000\uE000\uE001")]
    [InlineData("\uE000\0\uE000", "\uE000\uE000\uE000\uE001\uE000\uE000")]
    public void Every_text_comes_back_as_it_was(string text, string stored)
    {
        using var connection = _server.Database.OpenWriter();
        connection.Execute(
            "INSERT INTO operators (operator_id, name, added_utc_ms) VALUES ($id, $id, 0)", ("$id", text));
        Assert.Equal([text], connection.Query(
            "SELECT name FROM operators WHERE operator_id = $id", row => row.Text(0), ("$id", text)));
        using var command = connection.Command("SELECT name FROM operators");
        Assert.Equal(stored, command.ExecuteScalar());
    }

    [Fact]
    public void Statements_are_read_in_turns_and_see_the_rows_that_wait()
    {
        using var connection = _server.Database.OpenWriter();
        using var transaction = connection.BeginWrite();
        using var rows = connection.PrepareRows("doubles", "position, counted_position");
        for (var i = 1; i <= 5; i++)
        {
            rows.Set(1, i).Set(2, i * 10).Add();
        }

        using var all = connection.Prepare("SELECT position FROM doubles ORDER BY position");
        using var one = connection.Prepare("SELECT counted_position FROM doubles WHERE position = ?1");
        var seen = new List<(long, long)>();
        while (all.Next())
        {
            one.Set(1, all.Long(0));
            Assert.True(one.Next());
            seen.Add((all.Long(0), one.Long(0)));
            one.Reset();
        }

        Assert.Equal(Enumerable.Range(1, 5).Select(i => ((long)i, i * 10L)), seen);
        rows.Set(1, 6).Set(2, 60).Add();
        transaction.Commit();
        Assert.Equal([6], connection.Query("SELECT count(*) FROM doubles", row => row.Long(0)));
    }

    [Fact]
    public void A_row_that_the_server_refuses_is_known_by_its_number_in_the_transaction()
    {
        using var connection = _server.Database.OpenWriter();
        connection.Run("""
            CREATE TRIGGER no BEFORE INSERT ON doubles WHEN NEW.position = 7 BEGIN SELECT RAISE(ABORT, 'no'); END
            """);
        using var rows = connection.PrepareRows("doubles", "position, counted_position");
        for (var attempt = 0; attempt < 2; attempt++)
        {
            using var transaction = connection.BeginWrite();
            for (var i = 1; i <= 9; i++)
            {
                rows.Set(1, i).Set(2, 1).Add();
                if (i == 4)
                {
                    rows.Flush();
                    Assert.False(rows.IsRefused);
                }
            }

            var error = Assert.ThrowsAny<System.Data.Common.DbException>(connection.FlushRows);
            Assert.True(FleetDatabase.IsDataError(error));
            Assert.Equal((true, 6L), (rows.IsRefused, rows.RefusedRow));
            Assert.Throws<InvalidOperationException>(transaction.Commit);
        }

        Assert.Equal([0], connection.Query("SELECT count(*) FROM doubles", row => row.Long(0)));
    }

    [Fact]
    public void Of_very_many_rows_the_refused_one_is_known_too()
    {
        using var connection = _server.Database.OpenWriter();
        connection.Run("""
            CREATE TRIGGER no BEFORE INSERT ON doubles WHEN NEW.position = 30001 BEGIN SELECT RAISE(ABORT, 'no'); END
            """);
        using var rows = connection.PrepareRows("doubles", "position, counted_position");
        using (connection.BeginWrite())
        {
            AddMany(rows, 1);
            connection.Query("SELECT count(*) FROM operators", row => row.Long(0));
            AddMany(rows, ManyRows + 1);
            Assert.ThrowsAny<System.Data.Common.DbException>(connection.FlushRows);
            Assert.Equal((true, 30_000L), (rows.IsRefused, rows.RefusedRow));
        }

        Assert.Equal([0], connection.Query("SELECT count(*) FROM doubles", row => row.Long(0)));
    }

    [Fact]
    public void Rows_under_way_let_other_statements_pass_are_undone_with_the_rest_and_the_connection_goes_on()
    {
        using var connection = _server.Database.OpenWriter();
        using var rows = connection.PrepareRows("doubles", "position, counted_position");
        using (connection.BeginWrite())
        {
            AddMany(rows, 1);
        }

        Assert.Equal([0], connection.Query("SELECT count(*) FROM doubles", row => row.Long(0)));
        using (var transaction = connection.BeginWrite())
        {
            AddMany(rows, 1);
            connection.Query("SELECT count(*) FROM operators", row => row.Long(0));
            AddMany(rows, ManyRows + 1);
            transaction.Commit();
        }

        Assert.Equal([2 * ManyRows], connection.Query("SELECT count(*) FROM doubles", row => row.Long(0)));
    }

    [Fact]
    public void A_reader_cannot_write_and_a_moment_does_not_move()
    {
        using var reader = _server.Database.OpenReader();
        Assert.ThrowsAny<System.Data.Common.DbException>(
            () => reader.Execute("INSERT INTO doubles (position, counted_position) VALUES (1, 1)"));
        using var moment = reader.BeginRead();
        Assert.Equal([0], reader.Query("SELECT count(*) FROM doubles", row => row.Long(0)));
        using (var writer = _server.Database.OpenWriter())
        {
            writer.Execute("INSERT INTO doubles (position, counted_position) VALUES (1, 1)");
        }

        Assert.Equal([0], reader.Query("SELECT count(*) FROM doubles", row => row.Long(0)));
    }

    [Fact]
    public void A_database_in_another_order_is_refused_with_the_way_out()
    {
        using var connection = _server.Database.OpenWriter();
        connection.Run("DROP DATABASE IF EXISTS kf_other");
        connection.Run("CREATE DATABASE kf_other TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'");
        var error = Assert.Throws<StorageException>(() => FleetDatabase.Open(
            _server.Options with { PostgreSql = _server.Options.PostgreSql with { Database = "kf_other" } },
            TimeProvider.System, NullLogger<FleetDatabase>.Instance));
        Assert.Contains("CREATE DATABASE", error.Message, StringComparison.Ordinal);
        Assert.Contains("SQL_ASCII", error.Message, StringComparison.Ordinal);
        connection.Run("DROP DATABASE kf_other");
    }

    [Fact]
    public void A_wrong_password_and_an_absent_server_are_named()
    {
        var wrong = Path.Combine(_server.Folder, "wrong.password");
        File.WriteAllText(wrong, "guess");
        var server = _server.Options.PostgreSql;
        foreach (var options in new[]
            {
                server with { PasswordFile = wrong }, server with { Port = FreePort.Next() },
                server with { Database = "nil" },
            })
        {
            var error = Assert.Throws<StorageException>(() => FleetDatabase.Open(
                _server.Options with { PostgreSql = options }, TimeProvider.System,
                NullLogger<FleetDatabase>.Instance));
            Assert.StartsWith(
                options.Name + ": the database cannot be opened", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(File.ReadAllText(server.PasswordFile), error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_months_to_come_have_their_partitions()
    {
        using var reader = _server.Database.OpenReader();
        Assert.Equal([3, 3], reader.Query(
            """
            SELECT count(*) FROM pg_inherits WHERE inhparent IN ('entries'::regclass, 'batches'::regclass)
            GROUP BY inhparent
            """,
            row => row.Long(0)));
    }

    private static void AddMany(RowWriter rows, int first)
    {
        for (var i = first; i < first + ManyRows; i++)
        {
            rows.Set(1, i).Set(2, 1).Add();
        }
    }
}
