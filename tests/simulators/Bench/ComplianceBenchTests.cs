using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Tests.Commands;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Simulators.Tests.Bench;

public sealed class ComplianceBenchTests
{
    [Fact]
    public async Task A_short_run_proves_its_ledgers_and_writes_every_figure()
    {
        using var folder = new TemporaryFolder("bench");
        var result = await CommandLine.RunAsync("bench", "compliance", "--quick", "--json", folder.File("bench.json"));
        Assert.Equal(ExitCode.Proven, result.ExitCode);
        var json = CommandLine.Read(folder.File("bench.json"));
        Assert.True(json.GetProperty("proven").GetBoolean());
        Assert.InRange(json.Number("rejudgedSales"), 1, json.Number("sales"));
        Assert.Equal(json.Number("salesOfCorrectedSku"), json.Number("rejudgedSales"));
        foreach (var figure in (string[])
            ["standings2700Ms", "standings100kMs", "rejudgeRatio", "bareScanSeconds", "bareWindow100kMs"])
        {
            Assert.True(json.GetProperty(figure).GetDouble() > 0, figure);
        }
    }

    [Fact]
    public async Task Its_help_names_sizes_and_examples()
    {
        var result = await CommandLine.RunAsync("bench", "compliance", "--help");
        Assert.Equal(ExitCode.Proven, result.ExitCode);
        Assert.Contains("--sales", result.Output, StringComparison.Ordinal);
        Assert.Contains("bench compliance --quick", result.Output, StringComparison.Ordinal);
        Assert.Contains("--sales is 9; it takes 10000 to 100000000.",
            (await CommandLine.RunAsync("bench", "compliance", "--sales", "9")).Error, StringComparison.Ordinal);
    }
}
