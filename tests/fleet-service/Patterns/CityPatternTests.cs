using Xunit;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>
/// No honest cabinet is accused, and every planted pattern is found where it was planted and nowhere else.
/// </summary>
public sealed class CityPatternTests
{
    [Theory]
    [InlineData("2020-10-05", 30, 120)]
    [InlineData("2020-09-21", 21, 60)]
    [InlineData("2020-09-03", 3, 200)]
    [InlineData("2020-09-01", 1, 200)]
    public void Ordinary_life_of_many_cities_shows_nothing(string today, int days, int seeds)
    {
        var accused = Enumerable.Range(1, seeds)
            .SelectMany(seed => RulesOnPaper.Found(new HonestCity(seed, days: days).Events, DateOnly.Parse(today))
                .Select(found => (seed, found)))
            .ToList();
        Assert.True(accused.Count == 0, string.Join(Environment.NewLine, accused.Take(10)));
    }

    [Fact]
    public void Every_planted_pattern_is_found_in_its_cabinet_and_nothing_else()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            foreach (var kind in StagedSales.Kinds)
            {
                var city = new HonestCity(seed, cabinets: 5);
                var cabinet = StagedSales.Plant(city, kind, seed * 31 + (int)kind);
                var found = RulesOnPaper.Found(city.Events).Select(f => f.Accusation).Distinct();
                Assert.True(found.SequenceEqual([(kind, cabinet)]),
                    $"seed {seed}: planted {kind} at {cabinet}, found {string.Join(", ", found)}");
            }
        }
    }
}
