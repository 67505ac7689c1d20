using KioskFleet.Service.Storage;
using Xunit;

namespace KioskFleet.Service.Tests.Storage;

/// <summary>Several questions in one way to a server, alone and along with the turn to write.</summary>
[RunsOnce]
public sealed class QuestionTests : IDisposable
{
    private readonly TemporaryDatabase _server = new(StorageEngine.PostgreSql);

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task What_is_asked_along_with_the_turn_sees_what_was_committed_before_it()
    {
        using var first = _server.Database.OpenWriter();
        using var second = _server.Database.OpenWriter();
        using var all = second.Prepare("SELECT position FROM doubles WHERE position >= ?1 ORDER BY position");
        using var none = second.Prepare("SELECT position FROM doubles WHERE position > 100");
        var held = first.BeginWrite();
        var waiting = Task.Run(() =>
        {
            all.Set(1, 2);
            return second.BeginWrite(none, all);
        });
        first.Execute("INSERT INTO doubles (position, counted_position) VALUES (1, 1), (2, 2), (3, 3)");
        await WaitForLockAsync(first);
        held.Commit();
        using var transaction = await waiting;
        Assert.Equal([2L, 3L], Positions(all));
        Assert.Equal([], Positions(none));

        // Once read, they are statements like any other, also of what waits to be written.
        using var rows = second.PrepareRows("doubles", "position, counted_position");
        rows.Set(1, 101).Set(2, 1).Add();
        second.Ask(all, none);
        Assert.Equal([101L], Positions(none));
        Assert.Equal([2L, 3L, 101L], Positions(all));
        Assert.Equal([2L, 3L, 101L], Positions(all));
    }

    [Fact]
    public void A_question_that_the_server_refuses_leaves_no_transaction_open()
    {
        using var connection = _server.Database.OpenWriter();
        using var wrong = connection.Prepare("SELECT position FROM no_such_table");
        Assert.ThrowsAny<System.Data.Common.DbException>(() => connection.BeginWrite(wrong));
        Assert.False(connection.IsInTransaction);
        using (var transaction = connection.BeginWrite())
        {
            Assert.ThrowsAny<System.Data.Common.DbException>(() => connection.Ask(wrong));
            Assert.Throws<InvalidOperationException>(transaction.Commit);
        }

        using var other = _server.Database.OpenWriter();
        using var turn = other.BeginWrite();
    }

    [Fact]
    public void What_is_asked_along_with_the_turn_is_planned_for_the_tables_as_they_are()
    {
        using var connection = _server.Database.OpenWriter();
        using var all = connection.Prepare("SELECT position FROM doubles WHERE position >= ?1");
        for (var asked = 0; asked < 20; asked++)
        {
            all.Set(1, asked);
            using var transaction = connection.BeginWrite(all);
            Assert.Equal([], Positions(all));
        }

        // A plan that is kept (generic) was made when they were empty, and reads all of them when they are not.
        var (kept, made) = connection.Query(
            "SELECT CAST(sum(generic_plans) AS BIGINT), CAST(sum(custom_plans) AS BIGINT) FROM pg_prepared_statements "
            + "WHERE statement LIKE '%FROM doubles%'", row => (row.Long(0), row.Long(1)))[0];
        Assert.Equal(0, kept);
        Assert.InRange(made, 10, 20);
    }

    [Fact]
    public void An_answer_of_a_transaction_that_was_undone_is_not_read()
    {
        using var connection = _server.Database.OpenWriter();
        using var all = connection.Prepare("SELECT position FROM doubles");
        using (connection.BeginWrite())
        {
            connection.Execute("INSERT INTO doubles (position, counted_position) VALUES (1, 1)");
            connection.Ask(all);
        }

        Assert.Equal([], Positions(all));
    }

    private static List<long> Positions(Statement statement)
    {
        var positions = new List<long>();
        while (statement.Next())
        {
            positions.Add(statement.Long(0));
        }

        return positions;
    }

    private static async Task WaitForLockAsync(FleetConnection connection)
    {
        while (connection.Query(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = "
            + "(SELECT oid FROM pg_database WHERE datname = current_database())", row => row.Long(0))[0] == 0)
        {
            await Task.Delay(10);
        }
    }
}
