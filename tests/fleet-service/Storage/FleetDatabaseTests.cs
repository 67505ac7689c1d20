using System.Data.Common;
using KioskFleet.Service.Storage;
using KioskFleet.TestKit;
using Microsoft.Data.Sqlite;
using Xunit;

namespace KioskFleet.Service.Tests.Storage;

[RunsOnce]
public sealed class FleetDatabaseTests : IDisposable
{
    private readonly TemporaryDatabase _files = new(StorageEngine.Sqlite);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("journal_mode", "wal")]
    [InlineData("synchronous", 2L)]
    [InlineData("foreign_keys", 1L)]
    [InlineData("busy_timeout", 10_000L)]
    [InlineData("wal_autocheckpoint", 1_000L)]
    public void A_writer_has_the_pragmas_even_after_a_reader_used_its_handle(string pragma, object expected)
    {
        _files.Database.OpenReader().Dispose();
        Assert.Equal(expected, _files.Run($"PRAGMA {pragma}"));
        Assert.Null(_files.Run("CREATE TABLE written (a INTEGER)"));
    }

    [Fact]
    public async Task A_file_that_somebody_holds_for_a_moment_is_waited_for()
    {
        using var folder = new TemporaryFolder("held-file");
        var path = folder.File("held.db");
        await using var holder = new SqliteConnection($"Data Source={path};Pooling=False");
        holder.Open();
        Run(holder, "CREATE TABLE t (x INTEGER); INSERT INTO t VALUES (7); BEGIN EXCLUSIVE");
        var released = Task.Run(async () =>
        {
            await Task.Delay(300, Stop);
            Run(holder, "COMMIT");
        }, Stop);
        using var reader = SqliteEngine.OpenFile(path);
        Assert.Equal([7L], reader.Query("SELECT x FROM t", row => row.Long(0)));
        await released;

        static void Run(SqliteConnection connection, string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    [Fact]
    public void A_reader_cannot_write()
    {
        using var reader = _files.Database.OpenReader();
        using var command = reader.Command("CREATE TABLE written (a INTEGER)");
        Assert.ThrowsAny<DbException>(() => command.ExecuteNonQuery());
    }

    [Fact]
    public async Task Work_that_throws_is_undone_and_gives_its_turn_back()
    {
        _files.Run("CREATE TABLE written (a INTEGER)");
        await Assert.ThrowsAsync<InvalidOperationException>(() => _files.Database.WriteAsync<int>(
            (connection, _) =>
            {
                Execute(connection, "INSERT INTO written VALUES (1)");
                throw new InvalidOperationException();
            },
            Stop));
        await _files.Database.WriteAsync((c, _) => Execute(c, "INSERT INTO written VALUES (2)"), Stop);
        Assert.Equal(2L, _files.Run("SELECT SUM(a) FROM written"));
    }

    [Fact]
    public async Task Many_writers_at_once_lose_no_row()
    {
        _files.Run("CREATE TABLE written (a INTEGER)");
        await Task.WhenAll(Enumerable.Range(1, 40).Select(i => Task.Run(
            () => _files.Database.WriteAsync((c, _) => Execute(c, $"INSERT INTO written VALUES ({i})"), Stop), Stop)));
        Assert.Equal(820L, _files.Run("SELECT SUM(a) FROM written"));
    }

    [Fact]
    public void A_damaged_file_stops_the_start_with_a_word_on_what_to_do()
    {
        _files.Run("CREATE TABLE written (a TEXT)");
        _files.Run("INSERT INTO written SELECT hex(randomblob(2000)) FROM (VALUES (1),(2),(3),(4),(5),(6),(7),(8))");
        _files.Run("PRAGMA wal_checkpoint(TRUNCATE)");
        _files.Close();
        using (var file = new FileStream(_files.Options.DatabasePath, FileMode.Open))
        {
            file.Position = file.Length / 2;
            file.Write(new byte[(int)(file.Length / 2)]);
        }

        var error = Assert.Throws<StorageException>(() => _files.Open());
        Assert.Contains(_files.Options.DatabasePath, error.Message, StringComparison.Ordinal);
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_taken_under_writing_restores_to_one_moment_with_a_new_generation()
    {
        var generations = new LedgerGenerationStore(_files.Database, TimeProvider.System);
        await generations.EnsureAsync(Stop);
        await generations.EnsureAsync(Stop);
        var before = generations.Current();
        _files.Run("CREATE TABLE pair (a INTEGER, b INTEGER); INSERT INTO pair VALUES (0, 0)");
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var writing = Task.Run(
            async () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    await _files.Database.WriteAsync(
                        (c, _) => Execute(c, "UPDATE pair SET a = a + 1") + Execute(c, "UPDATE pair SET b = b + 1"),
                        Stop);
                }
            },
            Stop);
        var backup = Path.Combine(_files.Folder, "backups", "one.db");
        _files.Database.BackupTo(backup);
        await enough.CancelAsync();
        await writing;
        Assert.Throws<IOException>(() => _files.Database.BackupTo(backup));

        var other = _files.Options with { DataDirectory = Path.Combine(_files.Folder, "restored") };
        DatabaseCopy.Restore(backup, other, TimeProvider.System);
        Assert.Throws<IOException>(() => DatabaseCopy.Restore(backup, other, TimeProvider.System));
        using var restored = FleetDatabase.Open(
            other,
            Migration.FromAssembly(typeof(FleetDatabase).Assembly, StorageEngine.Sqlite),
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<FleetDatabase>.Instance);
        Assert.NotEqual(before, new LedgerGenerationStore(restored, TimeProvider.System).Current());
        using var reader = restored.OpenReader();
        using var command = reader.Command("SELECT a = b FROM pair");
        Assert.Equal(1L, command.ExecuteScalar());
    }

    [Fact]
    public void Every_wrong_setting_is_named_at_once()
    {
        var result = new StorageOptionsValidator().Validate(
            null, new StorageOptions { DataDirectory = " ", BusyTimeoutSeconds = 0, CacheKibibytes = -1 });
        Assert.Collection(
            result.Failures!,
            f => Assert.StartsWith("Storage:DataDirectory: got nothing", f, StringComparison.Ordinal),
            f => Assert.StartsWith("Storage:BusyTimeoutSeconds: got 0; takes 1 to 120", f, StringComparison.Ordinal),
            f => Assert.StartsWith("Storage:CacheKibibytes: got -1", f, StringComparison.Ordinal));
    }

    private static int Execute(FleetConnection connection, string sql)
    {
        using var command = connection.Command(sql);
        return command.ExecuteNonQuery();
    }
}
