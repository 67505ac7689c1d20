using KioskFleet.Simulators.PowerLoss;
using Xunit;

namespace KioskFleet.Simulators.Tests.PowerLoss;

public sealed class CutCampaignTests(ITestOutputHelper output)
{
    private async Task<CutCampaignReport> Run(ChainedRows rows, int rounds)
    {
        using ScratchFolder scratch = new();
        CutCampaign<long> campaign = new(new()
        {
            Workload = rows.Append,
            Verify = ChainedRows.Verify,
            Folder = scratch.Root,
            Rounds = rounds,
            Seed = 1,
        });
        CutCampaignReport report = await campaign.RunAsync(stop: TestContext.Current.CancellationToken);
        output.WriteLine(report.ToString());
        foreach (CutFinding finding in report.Findings.Take(10))
        {
            output.WriteLine(finding.ToString());
        }

        return report;
    }

    [Fact]
    public async Task With_WAL_and_synchronous_FULL_no_answered_row_is_lost_and_none_is_half()
    {
        CutCampaignReport report = await Run(ChainedRows.Wal("FULL"), rounds: 300);

        Assert.Empty(report.Findings);
        Assert.True(report.IsClean);
        Assert.Equal(300, report.Rounds);
        Assert.Equal(900, report.Cuts);
        Assert.InRange(report.CutsInSync, 50, 900);
        Assert.InRange(report.Answered, 5_000, 22_500);
    }

    [Fact]
    public async Task With_WAL_and_synchronous_NORMAL_answered_rows_are_lost_but_none_is_half()
    {
        CutCampaignReport report = await Run(ChainedRows.Wal("NORMAL"), rounds: 40);

        Assert.InRange(report.LostAnswered, 1, long.MaxValue);
        Assert.Equal(0, report.HalfItems);
        Assert.Equal(0, report.Damaged);
        Assert.False(report.IsClean);
    }

    [Fact]
    public async Task With_synchronous_OFF_answered_rows_are_lost_and_files_damaged()
    {
        CutCampaignReport report = await Run(ChainedRows.Wal("OFF"), rounds: 40);

        Assert.InRange(report.LostAnswered, 1, long.MaxValue);
        Assert.InRange(report.Damaged, 1, int.MaxValue);
        Assert.False(report.IsClean);
    }

    [Fact]
    public async Task A_rollback_journal_under_FULL_loses_answered_rows_because_its_deletion_is_not_durable()
    {
        CutCampaignReport report = await Run(new ChainedRows("DELETE", "FULL", RowsPerLife: 10), rounds: 40);

        Assert.InRange(report.LostAnswered, 1, long.MaxValue);
        Assert.Equal(0, report.HalfItems);
        Assert.Equal(0, report.Damaged);
    }

    [Fact]
    public async Task A_rollback_journal_under_EXTRA_loses_nothing()
    {
        CutCampaignReport report = await Run(new ChainedRows("DELETE", "EXTRA", RowsPerLife: 10), rounds: 60);

        Assert.Empty(report.Findings);
        Assert.True(report.IsClean);
    }

    [Fact]
    public async Task An_item_answered_after_the_cut_does_not_count()
    {
        using ScratchFolder scratch = new();
        using PowerLossDisk disk = new(scratch["live"]);
        ChainedRows rows = ChainedRows.Wal("FULL");
        LifeEnd<long> end = await CutLife<long>.LiveAsync(disk, cutAt: 60, async (d, answered, powerLost) =>
        {
            try
            {
                await rows.Append(d, answered, powerLost);
            }
            finally
            {
                answered(long.MaxValue);
            }
        });

        Assert.Equal(60, end.Moment?.Ordinal);
        Assert.NotEmpty(end.Answered);
        Assert.DoesNotContain(long.MaxValue, end.Answered);
        Assert.Null(end.Failure);
    }

    [Fact]
    public async Task A_program_that_fails_under_power_and_a_file_that_cannot_be_read_are_findings()
    {
        using ScratchFolder scratch = new();
        CutCampaign<long> campaign = new(new()
        {
            Workload = (disk, answered, powerLost) => disk.Folder.Contains("life-1", StringComparison.Ordinal)
                ? throw new InvalidDataException("cannot start")
                : ChainedRows.Wal("FULL").Append(disk, answered, powerLost),
            Verify = folder => folder.Contains("life-2", StringComparison.Ordinal)
                ? throw new InvalidDataException("cannot read")
                : ChainedRows.Verify(folder),
            Folder = scratch.Root,
            Rounds = 1,
            KeepsFoldersOfFindings = true,
        });

        CutCampaignReport report = await campaign.RunAsync(stop: TestContext.Current.CancellationToken);

        Assert.Equal(1, report.Damaged);
        Assert.Contains(report.Findings, f => f.Life == 1 && f.What.Contains("cannot start", StringComparison.Ordinal));
        Assert.Contains(report.Findings, f => f.Life == 1 && f.What.Contains("cannot read", StringComparison.Ordinal));
        Assert.True(Directory.Exists(scratch["round-0/life-2"]));
    }

    [Fact]
    public async Task An_item_that_stays_lost_over_several_cuts_is_counted_once()
    {
        using ScratchFolder scratch = new();
        long life = 0;
        CutCampaign<long> campaign = new(new()
        {
            Workload = (disk, answered, powerLost) =>
            {
                answered(++life);
                return ChainedRows.Wal("FULL").Append(disk, _ => { }, powerLost);
            },
            Verify = _ => new(new HashSet<long>(), 0, null),
            Folder = scratch.Root,
            Rounds = 2,
        });

        CutCampaignReport report = await campaign.RunAsync(stop: TestContext.Current.CancellationToken);

        Assert.Equal(6, report.Answered);
        Assert.Equal(6, report.LostAnswered);
    }

    [Fact]
    public async Task A_round_repeats_with_the_same_cut_and_the_same_counts()
    {
        using ScratchFolder scratch = new();
        CutCampaign<long> campaign = new(new()
        {
            Workload = ChainedRows.Wal("NORMAL").Append,
            Verify = ChainedRows.Verify,
            Folder = scratch.Root,
            Rounds = 1,
            Seed = 7,
        });

        for (int round = 0; round < 5; round++)
        {
            CutCampaignReport first = await campaign.RunRoundAsync(round);
            CutCampaignReport second = await campaign.RunRoundAsync(round);
            Assert.Equal(first.Findings, second.Findings);
            Assert.Equal(first with { Findings = [] }, second with { Findings = [] });
        }
    }
}
