using KioskFleet.Simulators.JournalSimulation;
using Xunit;

namespace KioskFleet.Simulators.Tests.JournalSimulation;

public sealed class JournalCampaignTests
{
    public static TheoryData<string> Mistakes => [.. SabotageNames.All.Select(mistake => mistake.Name)];

    [Fact]
    public void Three_thousand_seeds_break_no_promise()
    {
        var result = Run(new JournalCampaignOptions { Seeds = 3_000 });

        Assert.True(result.Violations == 0, $"seed {result.FirstSeed}: {result.Violation}");
        Assert.Equal(3_000, result.Seeds);
        Assert.True(result.Recorded > 50_000);
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Each_built_in_mistake_is_found(string name)
    {
        Assert.True(SabotageNames.TryParse(name, out var sabotage));

        var result = Run(new JournalCampaignOptions { Seeds = 20_000, Sabotage = sabotage });

        Assert.True(result.Violations > 0, $"{name} was not found in {result.Seeds} seeds");
        Assert.NotEmpty(result.Trace);
        Assert.Contains(result.Trace, line => line.Contains("VIOLATION", StringComparison.Ordinal));
    }

    [Fact]
    public void A_seed_plays_the_same_run_again_and_tracing_changes_nothing()
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var first = JournalSimulator.Run(seed);
            var second = JournalSimulator.Run(seed, trace: true);

            Assert.Equal(
                (first.Steps, first.Recorded, first.Violation), (second.Steps, second.Recorded, second.Violation));
            Assert.NotEmpty(second.Trace);
        }
    }

    [Fact]
    public void A_campaign_comes_to_the_same_result_on_any_number_of_threads()
    {
        var one = Run(new JournalCampaignOptions { Seeds = 300, Threads = 1 });
        var two = Run(new JournalCampaignOptions { Seeds = 300, Threads = 2 });

        Assert.Equal((one.Seeds, one.Steps, one.Recorded), (two.Seeds, two.Steps, two.Recorded));
    }

    private static JournalResult Run(JournalCampaignOptions options) =>
        JournalCampaign.Run(options, stop: TestContext.Current.CancellationToken);
}
