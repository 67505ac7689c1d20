using KioskFleet.Service.Tests.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>
/// No honest cabinet is accused, and every planted pattern is found where it was planted and nowhere else.
/// </summary>
[RunsOnce]
public sealed class CityPatternTests
{
    private static readonly DateOnly Planted = new(2020, 9, 25);

    /// <summary>A city, the day of looking, how many days of life it had, and how many cities of chance.</summary>
    public static TheoryData<string, string?, int, int> Cities => [.. ShippedDataSets.All.SelectMany(
        city => new TheoryDataRow<string, string?, int, int>[]
        {
            new(city, null, 30, 60), new(city, "2020-09-21", 21, 60), new(city, "2020-09-03", 3, 100),
            new(city, "2020-09-01", 1, 100),
        })];

    [Theory]
    [MemberData(nameof(Cities))]
    public void Ordinary_life_of_many_cities_shows_nothing(string dataSet, string? today, int days, int seeds)
    {
        var paper = new PaperCity(dataSet);
        var look = today is null ? paper.LastLook(paper.WindowOf(Planted)) : DateOnly.Parse(today);
        var accused = Enumerable.Range(1, seeds)
            .SelectMany(seed => RulesOnPaper.Found(paper, new HonestCity(seed, days: days).Events, look)
                .Select(found => (seed, found)))
            .ToList();
        Assert.True(accused.Count == 0, string.Join(Environment.NewLine, accused.Take(10)));
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public void Every_planted_pattern_is_found_in_its_cabinet_and_nothing_else(string dataSet)
    {
        var paper = new PaperCity(dataSet);
        var window = paper.WindowOf(Planted);
        var wrong = new List<string>();
        for (var seed = 1; seed <= 20; seed++)
        {
            foreach (var kind in StagedSales.Kinds)
            {
                var city = new HonestCity(seed, cabinets: paper.Terms.PriceMinimumCabinets + 2);
                var cabinet = new StagedSales(paper, window, city, seed * 31 + (int)kind).Plant(kind);
                var found = RulesOnPaper.Found(paper, city.Events, paper.LastLook(window))
                    .Select(f => f.Accusation).Distinct();
                if (!found.SequenceEqual([(kind, cabinet)]))
                {
                    wrong.Add($"seed {seed}: planted {kind} at {cabinet}, found {string.Join(", ", found)}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong.Take(10)));
    }
}
