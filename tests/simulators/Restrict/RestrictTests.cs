using KioskFleet.Service.Storage;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Restrict;
using KioskFleet.Simulators.Tests.Commands;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Simulators.Tests.Restrict;

public sealed class RestrictTests
{
    [Fact]
    public async Task Restricted_cabinets_without_a_network_keep_the_rule_and_those_that_only_observe_do_not()
    {
        using var folder = new TemporaryFolder("restrict");
        string[] args = ["restrict", "--days", "7", "--cabinets", "5", "--data", folder.File("kept")];
        var result = await CommandLine.RunAsync([.. args, "--json", folder.File("out.json")]);
        var json = CommandLine.Read(folder.File("out.json"));
        Assert.Empty(json.GetProperty("findings").EnumerateArray());
        Assert.Equal((ExitCode.Proven, ""), (result.ExitCode, result.Error));
        Assert.EndsWith("The proof holds.", result.Output.TrimEnd(), StringComparison.Ordinal);

        var (restrict, observe) = (json.GetProperty("restrict"), json.GetProperty("observe"));
        Assert.Equal(0, restrict.Number("beyond"));
        Assert.True(restrict.Number("windows") >= 9);
        Assert.True(restrict.Number("denied") > 50 && restrict.Number("approved") > 50);
        Assert.True(restrict.Number("mixedPassed") > 5 && restrict.Number("aidAsked") > 5);
        Assert.True(restrict.Number("aidRefunds") > 0 && restrict.Number("straddled") > 0);
        Assert.True(restrict.Number("interruptions") >= 8);
        Assert.True(observe.Number("beyond") > observe.Number("windows") / 2);
        Assert.Equal(0, observe.Number("denied"));

        // A kept folder holds both ledgers and is not gone through again.
        Assert.True(Directory.Exists(Path.Combine(folder.File("kept"), "observe", "cabinets", "R001")));
        var again = await CommandLine.RunAsync(args);
        Assert.Equal(ExitCode.WrongInput, again.ExitCode);
        Assert.Contains("which is not empty", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_window_that_the_service_counts_otherwise_than_its_sales_are_is_told()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder("restrict");
        var options = new RestrictOptions { Cabinets = 1, Days = RestrictOptions.MinDays };
        await using var run = await CutOffRun.StartAsync(options, new RestrictProgress(RestrictRun.Observe, options),
            new CutOffFolder(folder.Path), TimeProvider.System, cancel);
        var outcome = await run.RunAsync(RestrictRun.Observe, cancel);
        Assert.True(outcome.IsSound);
        Assert.NotEmpty(outcome.Beyond);
        Assert.Equal(0, outcome.Tally.Denied);
        Assert.Empty(await ServiceWindows.DifferencesAsync(run.Fleet.Api, outcome.Windows, cancel));
        await run.Fleet.Database.WriteAsync(
            (connection, _) =>
            {
                using var command = ((SqliteFleetConnection)connection).Driver.CreateCommand();
                command.CommandText = "UPDATE window_totals SET sales_fen = sales_fen + 1 WHERE class = 2";
                return command.ExecuteNonQuery();
            },
            cancel);
        Assert.Equal(outcome.Windows.Count,
            (await ServiceWindows.DifferencesAsync(run.Fleet.Api, outcome.Windows, cancel)).Count);
    }
}
