using Xunit;

namespace KioskFleet.Service.Tests.Storage;

/// <summary>The names and marks by which <c>run-all.sh</c> gives each suite its engines.</summary>
[RunsOnce]
public sealed class BothEnginesTests
{
    private static readonly string[] Cities = ["Chuzhou", "Linjiang"];

    // One city's suites run over one engine and the other's over the other: who has no twin would miss an engine.
    [Fact]
    public void A_suite_of_one_city_has_its_twin_of_the_other()
    {
        var suites = typeof(BothEnginesTests).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false, BaseType.IsAbstract: true }
                && type.BaseType.Name.EndsWith("Tests", StringComparison.Ordinal))
            .GroupBy(type => type.BaseType!);
        Assert.All(suites, suite => Assert.Equal(
            Cities.Select(city => city + suite.Key.Name),
            suite.Select(type => type.Name).Order(StringComparer.Ordinal)));
    }

    // Folders are given to engines by their names, and one city's suites are left out of one of them: else none has it.
    [Fact]
    public void A_suite_lies_in_a_folder_of_its_name_and_one_of_a_city_does_not_run_once() => Assert.All(
        typeof(BothEnginesTests).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false }
            && type.GetMethods().Any(method => method.IsDefined(typeof(FactAttribute), inherit: true))),
        suite =>
        {
            Assert.Equal(4, suite.Namespace!.Split('.').Length);
            Assert.False(Cities.Any(city => suite.Name.StartsWith(city, StringComparison.Ordinal))
                && suite.IsDefined(typeof(RunsOnceAttribute), inherit: true), suite.Name);
        });

    [Fact]
    public void A_suite_that_runs_once_gets_no_database_of_the_runs_engine() =>
        Assert.Contains("[RunsOnce]", Assert.Throws<InvalidOperationException>(
            () => TestEngine.Options(Path.GetTempPath())).Message, StringComparison.Ordinal);
}
