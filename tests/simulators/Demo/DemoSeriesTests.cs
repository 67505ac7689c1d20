using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Demo;
using KioskFleet.Simulators.Tests.Commands;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Simulators.Tests.Demo;

public sealed class DemoSeriesTests
{
    [Fact]
    public void A_series_tells_the_least_and_the_mean_of_its_seeds()
    {
        var result = SeriesResult.Of(new DemoOptions { Cabinets = 60 },
            [Seed(2, 1m, 0.9m), Seed(3, 0.95m, 1m), Seed(4, 1m, 1m)]);
        Assert.Equal((0.95m, 0.9833m), (result.LeastPrecision, result.MeanPrecision));
        Assert.Equal((0.9m, 0.9666m), (result.LeastRecall, result.MeanRecall));
        Assert.Equal((60, 3), (result.Cabinets, result.Days));
        Assert.False(result.Proven);
        Assert.True(SeriesResult.Of(new DemoOptions(), [Seed(2, 1m, 1m)]).Proven);
    }

    [Fact]
    public void A_seed_that_was_not_judged_leaves_the_series_unjudged()
    {
        var result = SeriesResult.Of(new DemoOptions(), [Seed(2, 1m, 1m), Seed(3, null, null)]);
        Assert.Null(result.LeastPrecision);
        Assert.Null(result.MeanRecall);
    }

    [Fact]
    public async Task Seeds_after_the_given_one_are_run_one_after_the_other()
    {
        using var folder = new TemporaryFolder("series");
        var result = await CommandLine.RunAsync("demo", "--seeds", "2", "--seed", "7", "--cabinets", "4", "--days", "1",
            "--exit", "--json", folder.File("series.json"));
        Assert.Equal(ExitCode.Proven, result.ExitCode);
        Assert.Contains("1 of 2: seed 8,", result.Output, StringComparison.Ordinal);
        Assert.Contains("2 of 2: seed 9,", result.Output, StringComparison.Ordinal);
        Assert.Contains("2 seeds of 4 cabinets and 1 days", result.Output, StringComparison.Ordinal);
        var json = CommandLine.Read(folder.File("series.json"));
        Assert.Equal([8, 9], json.GetProperty("seeds").EnumerateArray().Select(seed => seed.Number("seed")));
        Assert.True(json.GetProperty("proven").GetBoolean());
    }

    [Fact]
    public async Task A_series_takes_no_folder()
    {
        var result = await CommandLine.RunAsync("demo", "--seeds", "2", "--data", "x");
        Assert.Equal(ExitCode.WrongInput, result.ExitCode);
        Assert.Contains("it takes no --data", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists("x"));
    }

    [Theory]
    [InlineData(1, 31)]
    [InlineData(2, 31)]
    [InlineData(3, 30)]
    [InlineData(7, 28)]
    [InlineData(30, 12)]
    public void By_default_a_load_lies_across_the_end_of_August(int days, int firstDayOfAugust)
    {
        var options = new DemoOptions { Days = days };
        Assert.Equal(new DateOnly(2020, 8, firstDayOfAugust), options.Start);
        Assert.Equal(days > 1, options.Plan.FirstMonthEndUtc is not null);
        Assert.Equal(new DateOnly(2020, 9, 2), new DemoOptions { StartDay = new DateOnly(2020, 9, 2) }.Start);
    }

    private static SeedResult Seed(ulong seed, decimal? precision, decimal? recall) =>
        new(seed, precision, recall, precision >= 0.95m && recall >= 0.95m, 1, []);
}
