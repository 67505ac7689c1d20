using KioskFleet.Simulators.Crash;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.EndToEnd.Tests.Crash;

public sealed class CrashCampaignTests(ITestOutputHelper output)
{
    [Fact]
    public async Task After_kills_cuts_restores_and_a_corrupt_journal_every_answered_sale_counts_once()
    {
        using var folder = new TemporaryFolder("crash");
        var options = new CrashOptions { Rounds = 8, Agents = 2, Seed = 1, PowerLossRounds = 0, Folder = folder.Path };

        var report = await new CrashCampaign(options, TimeProvider.System, new ToOutput(output))
            .RunAsync(TestContext.Current.CancellationToken);

        output.WriteLine($"{report} {string.Join('\n', report.Wrong)} {string.Join('\n', report.ChainsBroken)}");
        Assert.True(report.Holds, string.Join('\n', [.. report.Wrong, .. report.ChainsBroken]));
        Assert.Equal((8, 1, 1, 1), (report.Rounds, report.Restores, report.Images, report.Corruptions));
        Assert.Equal((1, 1), (report.ForksFound, report.CorruptionsFound));
        Assert.InRange(report.Recorded, 100, int.MaxValue);
        Assert.Equal(report.Recorded, report.Committed + report.Destroyed);
        Assert.InRange(report.ChainsVerified, 4, int.MaxValue);
    }

    /// <summary>Progress lines in the test's output.</summary>
    private sealed class ToOutput(ITestOutputHelper output) : StringWriter
    {
        public override Task WriteLineAsync(string? value)
        {
            output.WriteLine(value ?? "");
            return Task.CompletedTask;
        }
    }
}
