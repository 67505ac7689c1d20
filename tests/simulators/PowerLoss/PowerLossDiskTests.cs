using System.Collections.Concurrent;
using KioskFleet.Simulators.PowerLoss;
using Microsoft.Data.Sqlite;
using Xunit;

namespace KioskFleet.Simulators.Tests.PowerLoss;

public sealed class PowerLossDiskTests
{
    private static readonly ChainedRows s_full = ChainedRows.Wal("FULL");

    /// <summary>Appends one life of rows; gives the last one's number.</summary>
    internal static long AppendRows(PowerLossDisk disk, ChainedRows? rows = null)
    {
        long last = 0;
        (rows ?? s_full).Append(disk, row => last = row, TestContext.Current.CancellationToken)
            .GetAwaiter().GetResult();
        return last;
    }

    [Theory]
    [InlineData("WAL", "FULL")]
    [InlineData("DELETE", "EXTRA")]
    [InlineData("TRUNCATE", "FULL")]
    [InlineData("PERSIST", "NORMAL")]
    public void A_cut_that_saves_everything_equals_the_live_files_byte_for_byte_at_every_event(
        string journalMode, string synchronous)
    {
        using ScratchFolder scratch = new();
        using PowerLossDisk disk = new(scratch["live"]);
        int compared = 0;
        disk.OnEvent = happened =>
        {
            string after = scratch[$"after-{happened.Ordinal}"];
            disk.Cut(new CutPlan(CutSurvival.Everything, 1), after);
            string[] live = [.. Directory.GetFiles(disk.Folder).Where(path => !path.EndsWith("-shm")).Order()];
            Assert.Equal(live.Select(Path.GetFileName), Directory.GetFiles(after).Select(Path.GetFileName).Order());
            foreach (string path in live)
            {
                byte[] saved = File.ReadAllBytes(Path.Combine(after, Path.GetFileName(path)));
                Assert.True(saved.AsSpan().SequenceEqual(File.ReadAllBytes(path)), $"{happened}: {path}");
            }

            Directory.Delete(after, recursive: true);
            compared++;
        };

        ChainedRows rows = new(journalMode, synchronous, RowsPerLife: 15);
        AppendRows(disk, rows);
        using (SqliteConnection connection = rows.Open(disk.ConnectionString("rows.db")))
        {
            ChainedRows.Execute(connection, "DELETE FROM row; VACUUM; PRAGMA wal_checkpoint(TRUNCATE);");
        }

        Assert.Null(disk.Fault);
        Assert.Equal(disk.Events, compared);
        Assert.InRange(compared, 200, int.MaxValue);
    }

    [Fact]
    public void The_workload_writes_the_database_file_by_checkpoints_and_deletes_the_WAL_at_the_end()
    {
        using ScratchFolder scratch = new();
        using PowerLossDisk disk = new(scratch["live"]);
        ConcurrentBag<(DiskEventKind Kind, string Name)> seen = [];
        disk.OnEvent = happened => seen.Add((happened.Kind, happened.Name));

        AppendRows(disk);

        Assert.InRange(seen.Count(e => e == (DiskEventKind.SyncFinished, "rows.db")), 5, int.MaxValue);
        Assert.Contains((DiskEventKind.DirectorySyncStarted, "rows.db-wal"), seen);
        Assert.Contains((DiskEventKind.Delete, "rows.db-wal"), seen);
    }

    [Fact]
    public async Task A_cut_from_another_thread_at_any_moment_keeps_what_was_answered_before_it()
    {
        using ScratchFolder scratch = new();
        using PowerLossDisk disk = new(scratch["live"]);
        CancellationToken stop = TestContext.Current.CancellationToken;
        long answered = 0;
        Task writer = Task.Run(() =>
        {
            for (int life = 0; life < 20; life++)
            {
                s_full.Append(disk, row => Interlocked.Exchange(ref answered, row), stop);
            }
        }, stop);

        int cuts = 0;
        while (!writer.IsCompleted || cuts == 0)
        {
            string after = scratch[$"after-{cuts}"];
            long before = Interlocked.Read(ref answered);
            disk.Cut(cuts++, after);
            Survivors<long> survivors = ChainedRows.Verify(after);
            Assert.Null(survivors.Damage);
            Assert.Equal(0, survivors.HalfItems);
            Assert.InRange(survivors.Items.Count, before, long.MaxValue);
            Directory.Delete(after, recursive: true);
        }

        await writer;
        Assert.Equal(500, answered);
        Assert.Null(disk.Fault);
    }

    [Fact]
    public async Task Several_connections_and_threads_share_one_database_in_WAL_mode()
    {
        using ScratchFolder scratch = new();
        using PowerLossDisk disk = new(scratch["live"]);
        using SqliteConnection keeper = s_full.Open(disk.ConnectionString("rows.db"));
        ChainedRows.Execute(keeper, "CREATE TABLE hit (thread INTEGER);");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            using SqliteConnection connection = s_full.Open(disk.ConnectionString("rows.db"));
            for (int i = 0; i < 50; i++)
            {
                ChainedRows.Execute(connection, $"INSERT INTO hit VALUES ({thread});");
            }
        }, TestContext.Current.CancellationToken)));

        Assert.Equal(200L, ChainedRows.Scalar(keeper, "SELECT count(*) FROM hit;"));
        Assert.Equal("wal", ChainedRows.Scalar(keeper, "PRAGMA journal_mode;"));
        disk.Cut(new CutPlan(CutSurvival.Nothing, 1), scratch["after"]);
        using SqliteConnection after = new($"Data Source={scratch["after"]}/rows.db;Pooling=False");
        after.Open();
        Assert.Equal(200L, ChainedRows.Scalar(after, "SELECT count(*) FROM hit;"));
    }

    [Fact]
    public void Several_disks_at_once_know_nothing_of_each_other()
    {
        using ScratchFolder scratch = new();
        PowerLossDisk[] disks = [.. Enumerable.Range(0, 4).Select(i => new PowerLossDisk(scratch[$"live-{i}"]))];
        Assert.Equal(4, disks.Select(disk => disk.VfsName).Distinct().Count());

        Parallel.For(0, 4, i =>
        {
            if (i != 2)
            {
                AppendRows(disks[i]);
            }
        });

        disks[1].PowerOff();
        Assert.True(disks[0].IsPowered);
        Assert.Equal(0, disks[2].Events);
        Assert.Equal(50, AppendRows(disks[0]));
        Assert.All(disks, disk => disk.Dispose());
        Assert.All(disks, disk => Assert.True(disk.IsFreed));
    }

    [Fact]
    public void After_power_off_nothing_changes_any_more_but_connections_can_be_closed()
    {
        using ScratchFolder scratch = new();
        using PowerLossDisk disk = new(scratch["live"]);
        using (SqliteConnection connection = s_full.Open(disk.ConnectionString("rows.db")))
        {
            byte[] chain = ChainedRows.Append(connection, 1, []);
            disk.PowerOff();
            Assert.Throws<SqliteException>(() => ChainedRows.Append(connection, 2, chain));
        }

        Assert.Equal(0, disk.OpenFiles);
        disk.Cut(new CutPlan(CutSurvival.Everything, 1), scratch["after"]);
        Assert.Equal([1L], ChainedRows.Verify(scratch["after"]).Items);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_sync_covers_is_durable_at_its_end_and_not_before(bool cutsAtEnd)
    {
        using ScratchFolder scratch = new();
        using PowerLossDisk disk = new(scratch["live"]);
        using SqliteConnection connection = s_full.Open(disk.ConnectionString("rows.db"));
        byte[] chain = ChainedRows.Append(connection, 1, []);
        disk.OnEvent = happened =>
        {
            if (happened.Kind == (cutsAtEnd ? DiskEventKind.SyncFinished : DiskEventKind.SyncStarted))
            {
                disk.Cut(new CutPlan(CutSurvival.Nothing, 1), scratch["in-the-event"]);
                disk.Cut(new CutPlan(CutSurvival.Everything, 1), scratch["all"]);
                disk.PowerOff();
            }
        };
        Assert.Throws<SqliteException>(() => ChainedRows.Append(connection, 2, chain));
        disk.Cut(new CutPlan(CutSurvival.Nothing, 1), scratch["after"]);

        int expected = cutsAtEnd ? 2 : 1;
        Assert.Equal(expected, ChainedRows.Verify(scratch["in-the-event"]).Items.Count);
        Assert.Equal(expected, ChainedRows.Verify(scratch["after"]).Items.Count);
        Assert.Equal(2, ChainedRows.Verify(scratch["all"]).Items.Count);
    }

    [Fact]
    public void A_folder_behind_a_symbolic_link_is_the_same_disk()
    {
        using ScratchFolder scratch = new();
        Directory.CreateDirectory(scratch["real"]);
        Directory.CreateSymbolicLink(scratch["link"], scratch["real"]);
        using PowerLossDisk disk = new(scratch["link"]);
        using (s_full.Open($"Data Source={scratch["link"]}/rows.db;Vfs={disk.VfsName};Pooling=False"))
        {
        }

        Assert.InRange(disk.Events, 1, long.MaxValue);
    }

    [Fact]
    public void A_disposed_disk_is_unknown_to_SQLite_and_its_memory_goes_with_the_last_open_file()
    {
        using ScratchFolder scratch = new();
        PowerLossDisk disk = new(scratch["live"]);
        string connectionString = disk.ConnectionString("rows.db");
        using (SqliteConnection connection = s_full.Open(connectionString))
        {
            disk.Dispose();
            disk.Dispose();
            Assert.False(disk.IsFreed);
            Assert.Throws<SqliteException>(() => s_full.Open(connectionString));
            ChainedRows.Append(connection, 1, []);
        }

        Assert.Equal(0, disk.OpenFiles);
        Assert.True(disk.IsFreed);
        Assert.Equal([1L], ChainedRows.Verify(scratch["live"]).Items);
    }

    [Fact]
    public void An_exception_of_the_observer_cuts_the_power_and_is_kept()
    {
        using ScratchFolder scratch = new();
        using PowerLossDisk disk = new(scratch["live"]);
        disk.OnEvent = _ => throw new InvalidDataException("observer");
        Assert.Throws<SqliteException>(() => AppendRows(disk));
        Assert.IsType<InvalidDataException>(disk.Fault);
        Assert.False(disk.IsPowered);
    }

    [Fact]
    public void A_cut_refuses_a_folder_that_holds_files()
    {
        using ScratchFolder scratch = new();
        using PowerLossDisk disk = new(scratch["live"]);
        File.WriteAllText(scratch["other"], "");
        Assert.Throws<IOException>(() => disk.Cut(1, scratch.Root));
    }
}
