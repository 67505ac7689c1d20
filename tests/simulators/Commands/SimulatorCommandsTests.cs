using KioskFleet.Simulators.Commands;
using Xunit;

namespace KioskFleet.Simulators.Tests.Commands;

public sealed class SimulatorCommandsTests
{
    [Theory]
    [InlineData("demo")]
    [InlineData("city")]
    [InlineData("replay")]
    [InlineData("restrict")]
    [InlineData("journal")]
    [InlineData("crash")]
    [InlineData("bench")]
    public async Task Every_command_helps_with_examples_and_takes_a_seed_and_a_result_file(string command)
    {
        var result = await CommandLine.RunAsync(command, "--help");
        Assert.Equal(ExitCode.Proven, result.ExitCode);
        Assert.Contains("Examples:", result.Output, StringComparison.Ordinal);
        Assert.Contains($"  {command} ", result.Output, StringComparison.Ordinal);
        Assert.Contains("--seed", result.Output, StringComparison.Ordinal);
        Assert.Contains("--json", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cabinets is 0; it takes 1 to 100000.", "demo", "--cabinets", "0")]
    [InlineData("--days is 401; it takes 1 to 400.", "demo", "--days", "401")]
    [InlineData("--days is 6; it takes 7 to 60.", "restrict", "--days", "6")]
    [InlineData("--cabinets is 101; it takes 1 to 100.", "restrict", "--cabinets", "101")]
    [InlineData("--start is 2020-9-1", "demo", "--start", "2020-9-1")]
    [InlineData("--url is ftp://x", "city", "--url", "ftp://x", "--token-file", "x", "--broker", "x")]
    [InlineData("--broker is a:b", "city", "--url", "http://x", "--token-file", "x", "--broker", "a:b")]
    [InlineData("absent.csv: there is no such file.", "replay", "absent.csv")]
    [InlineData("--sabotage is none-such", "journal", "--sabotage", "none-such")]
    [InlineData("'none-such'", "none-such")]
    public async Task A_wrong_command_line_names_the_option_and_what_it_takes(string words, params string[] args)
    {
        var result = await CommandLine.RunAsync(args);
        Assert.Equal(ExitCode.WrongInput, result.ExitCode);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_journal_simulation_holds_and_a_built_in_mistake_is_found()
    {
        using var folder = new KioskFleet.TestKit.TemporaryFolder("journal");
        var sound = await CommandLine.RunAsync("journal", "--seeds", "50", "--json", folder.File("sound.json"));
        Assert.Equal(ExitCode.Proven, sound.ExitCode);
        var json = CommandLine.Read(folder.File("sound.json"));
        Assert.Equal(50, json.Number("seeds"));
        Assert.Equal(0, json.Number("violations"));
        Assert.True(json.Number("steps") > 1_000);

        var broken = await CommandLine.RunAsync(
            "journal", "--sabotage", "forget-head-on-restart", "--json", folder.File("broken.json"));
        Assert.Equal(ExitCode.Proven, broken.ExitCode);
        Assert.Contains("is found, as it must be", broken.Output, StringComparison.Ordinal);
        json = CommandLine.Read(folder.File("broken.json"));
        Assert.True(json.Number("violations") > 0);
        Assert.True(json.Number("firstFailingSeed") > 0);
        Assert.NotEqual(0, json.GetProperty("trace").GetArrayLength());
    }

    [Fact]
    public async Task A_mistake_that_too_few_seeds_find_fails_the_run()
    {
        var names = (await CommandLine.RunAsync("journal", "--list-sabotages")).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Contains("accept-gap", names);
        var codes = new List<int>();
        foreach (var name in names)
        {
            codes.Add((await CommandLine.RunAsync("journal", "--seeds", "1", "--sabotage", name)).ExitCode);
        }

        Assert.Contains(ExitCode.NotProven, codes);
    }
}
