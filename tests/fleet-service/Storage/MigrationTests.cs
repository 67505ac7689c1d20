using KioskFleet.Service.Storage;
using Xunit;

namespace KioskFleet.Service.Tests.Storage;

[RunsOnce]
public sealed class MigrationTests : IDisposable
{
    private static readonly Migration First = new(1, "first", "CREATE TABLE one (a INTEGER);");
    private static readonly Migration Second = new(2, "second", "INSERT INTO one VALUES (7);");
    private readonly TemporaryDatabase _files = new(StorageEngine.Sqlite);

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Migrations_run_by_number_and_only_once()
    {
        using (_files.Open(Migration.InOrder([Second, First]).ToArray()))
        {
        }

        using var again = _files.Open(First, Second);
        Assert.Equal(1L, Scalar(again, "SELECT COUNT(*) FROM one"));
        Assert.Equal(2L, Scalar(again, "SELECT COUNT(*) FROM migrations"));
    }

    [Fact]
    public void A_changed_applied_migration_stops_the_start_and_is_named()
    {
        _files.Open(First).Dispose();
        var changed = First with { Sql = "CREATE TABLE one (b INTEGER);" };
        var error = Assert.Throws<StorageException>(() => _files.Open(changed));
        Assert.Contains("0001 'first' was changed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_newer_than_the_program_stops_the_start()
    {
        _files.Open(First, Second).Dispose();
        var error = Assert.Throws<StorageException>(() => _files.Open(First));
        Assert.Contains("the database is newer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_migration_that_fails_leaves_nothing_and_can_be_put_right()
    {
        var broken = Second with { Sql = "CREATE TABLE two (a INTEGER); INSERT INTO nowhere VALUES (1);" };
        var error = Assert.Throws<StorageException>(() => _files.Open(First, broken));
        Assert.Contains("0002 'second' failed", error.Message, StringComparison.Ordinal);

        using var repaired = _files.Open(First, Second with { Sql = "CREATE TABLE two (a INTEGER);" });
        Assert.Equal(0L, Scalar(repaired, "SELECT COUNT(*) FROM two"));
    }

    [Fact]
    public void Two_migrations_with_one_number_are_refused()
    {
        var error = Assert.Throws<StorageException>(() => Migration.InOrder([First, Second with { Number = 1 }]));
        Assert.Contains("0001", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_ends_do_not_change_a_migration() => Assert.Equal(
        new Migration(1, "a", "SELECT 1;\nSELECT 2;\n").Sha256,
        new Migration(1, "a", "SELECT 1;\r\nSELECT 2;\r\n").Sha256);

    [Fact]
    public void The_programs_own_migrations_build_an_empty_database()
    {
        var migrations = Migration.FromAssembly(typeof(FleetDatabase).Assembly, StorageEngine.Sqlite);
        Assert.Contains(migrations, m => m is { Number: 1, Name: "storage" });
        Assert.Equal((long)migrations.Count, _files.Run("SELECT COUNT(*) FROM migrations"));
    }

    private static long Scalar(FleetDatabase database, string sql)
    {
        using var connection = database.OpenReader();
        using var command = connection.Command(sql);
        return (long)command.ExecuteScalar()!;
    }
}
