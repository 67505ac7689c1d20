using KioskFleet.Agent.Journal;
using KioskFleet.Simulators.Crash;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Simulators.Tests.Crash;

public sealed class PowerLossAgentTests(ITestOutputHelper output)
{
    [Fact]
    public async Task No_sale_that_the_agent_answered_is_lost_by_a_power_cut_at_any_moment()
    {
        var figures = await RunAsync(JournalSync.Full, rounds: 25);

        Assert.Equal((0L, 0L, 0), (figures.Lost, figures.Half, figures.Damaged));
        Assert.InRange(figures.Answered, 300, long.MaxValue);
        Assert.Equal(75, figures.Cuts);
    }

    [Fact]
    public async Task The_same_agent_loses_sales_when_it_does_not_sync() =>
        Assert.InRange((await RunAsync(JournalSync.Off, rounds: 10)).Lost, 1, long.MaxValue);

    private async Task<PowerLossFigures> RunAsync(JournalSync sync, int rounds)
    {
        using var folder = new TemporaryFolder("power-loss");
        var figures = await PowerLossPart.RunAsync(
            sync, rounds, new CrashOptions { Folder = folder.Path, Seed = 5 }, TestContext.Current.CancellationToken);
        output.WriteLine($"{figures} {string.Join('\n', figures.First)}");
        return figures;
    }
}
