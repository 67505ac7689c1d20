using KioskFleet.Simulators.PowerLoss;
using Xunit;

namespace KioskFleet.Simulators.Tests.PowerLoss;

/// <summary>Files in a disk's folder that SQLite did not make, or made in another life.</summary>
public sealed class FolderNeighboursTests
{
    [Fact]
    public void A_file_that_SQLite_never_opens_survives_as_it_is_at_the_cut()
    {
        using ScratchFolder scratch = new();
        using PowerLossDisk disk = new(scratch["live"]);
        Directory.CreateDirectory(scratch["live/deep"]);
        File.WriteAllText(scratch["live/deep/identity.key"], "old");
        disk.Cut(new CutPlan(CutSurvival.Nothing, 1), scratch["before"]);
        File.WriteAllText(scratch["live/deep/identity.key"], "key");
        disk.Cut(new CutPlan(CutSurvival.Nothing, 1), scratch["after"]);
        Assert.Equal("key", File.ReadAllText(scratch["after/deep/identity.key"]));
    }

    [Fact]
    public void What_a_former_disk_left_is_durable_on_the_next_one_even_while_it_is_changed()
    {
        using ScratchFolder scratch = new();
        using (PowerLossDisk former = new(scratch["live"]))
        {
            PowerLossDiskTests.AppendRows(former);
        }

        using PowerLossDisk disk = new(scratch["live"]);
        disk.OnEvent = happened => disk.Cut(new CutPlan(CutSurvival.Nothing, 1), scratch[$"{happened.Ordinal}"]);
        PowerLossDiskTests.AppendRows(disk);
        Assert.Null(disk.Fault);
        for (long ordinal = 1; ordinal <= disk.Events; ordinal++)
        {
            Assert.InRange(ChainedRows.Verify(scratch[$"{ordinal}"]).Items.Count, 25, 50);
        }
    }

    [Fact]
    public void A_database_set_aside_by_renaming_gives_way_to_a_new_one()
    {
        using ScratchFolder scratch = new();
        using PowerLossDisk disk = new(scratch["live"]);
        PowerLossDiskTests.AppendRows(disk);
        File.Move(scratch["live/rows.db"], scratch["live/rows.aside"]);
        Assert.Equal(25, PowerLossDiskTests.AppendRows(disk));
        disk.Cut(new CutPlan(CutSurvival.Nothing, 1), scratch["after"]);
        Assert.Equal(File.ReadAllBytes(scratch["live/rows.aside"]), File.ReadAllBytes(scratch["after/rows.aside"]));
        Assert.Equal(25, ChainedRows.Verify(scratch["after"]).Items.Count);
    }

    [Fact]
    public void A_file_that_others_put_where_SQLite_deleted_one_is_what_the_name_means()
    {
        using ScratchFolder scratch = new();
        using PowerLossDisk disk = new(scratch["live"]);
        PowerLossDiskTests.AppendRows(disk);
        File.WriteAllText(scratch["live/rows.db-wal"], "other");
        disk.Cut(new CutPlan(CutSurvival.Nothing, 1), scratch["after"]);
        Assert.Equal("other", File.ReadAllText(scratch["after/rows.db-wal"]));
    }

    [Fact]
    public void A_left_over_WAL_that_SQLite_deletes_unopened_returns_until_the_directory_is_synced()
    {
        using ScratchFolder scratch = new();
        Directory.CreateDirectory(scratch["live"]);
        File.WriteAllText(scratch["live/rows.db-wal"], "left over");
        using PowerLossDisk disk = new(scratch["live"]);
        disk.OnEvent = happened =>
        {
            if (happened is { Kind: DiskEventKind.Delete, Name: "rows.db-wal" })
            {
                disk.Cut(new CutPlan(CutSurvival.Nothing, 1), scratch["after"]);
                disk.OnEvent = null;
            }
        };
        PowerLossDiskTests.AppendRows(disk);
        Assert.Equal("left over", File.ReadAllText(scratch["after/rows.db-wal"]));
    }
}
