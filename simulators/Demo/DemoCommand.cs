using System.CommandLine;
using KioskFleet.Simulators.City;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Terminal;
using Spectre.Console;

namespace KioskFleet.Simulators.Demo;

/// <summary><c>demo</c>: the whole way in one process, with its proof.</summary>
internal static class DemoCommand
{
    private const string Description = """
        A fleet service and the agents of a small city in this process: enrol, sell some days, prove every entry.

        Examples:
          demo                                                    look at the API after the load
          demo --cabinets 40 --days 3 --exit --json summary.json  run, prove, end
          demo --cabinets 200 --days 30 --seed 7 --data ./city    keep ledger and journals
        """;

    /// <summary>The command.</summary>
    public static Command Create(CommandContext context)
    {
        var cabinets = CommandOptions.Number(
            "--cabinets", "Cabinets.", new DemoOptions().Cabinets, 1, CityPlanOptions.MaxCabinets);
        var days = CommandOptions.Number(
            "--days", "Days of sales.", new DemoOptions().Days, 1, CityPlanOptions.MaxDays);
        var start = CommandOptions.Day("--start", "The first business day; 2020-09-01 by default.");
        var data = CommandOptions.Text("--data", "DIR", "Keep ledger and journals in this folder.");
        var exit = new Option<bool>("--exit") { Description = "End after the proof instead of staying up." };
        var (seed, json) = (CommandOptions.Seed(), CommandOptions.Json());
        var command = new Command("demo", Description) { cabinets, days, start, data, exit, seed, json };
        command.SetAction((parsed, cancel) => context.GuardAsync(() => RunAsync(
            context,
            new DemoOptions
            {
                Cabinets = parsed.GetValue(cabinets),
                Days = parsed.GetValue(days),
                Start = parsed.GetValue(start) ?? DemoOptions.DefaultStart,
                Seed = parsed.GetValue(seed),
                DataFolder = parsed.GetValue(data),
            },
            new CommandEnd(parsed.GetValue(json), parsed.GetValue(exit)),
            cancel)));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, DemoOptions options, CommandEnd end, CancellationToken cancel)
    {
        if (options.Plan.Problems() is { Count: > 0 } problems)
        {
            return context.Wrong(string.Join(' ', problems));
        }

        using var folder = new RunFolder(options.DataFolder);
        if (folder.Bind(options.Binding) is { } problem)
        {
            return context.Wrong(problem);
        }

        await using var run = await DemoRun.StartAsync(options, folder, context.Time, cancel);
        var board = new ProgressBoard(context.Console, context.Time, new ProgressBoardOptions());
        var outcome = await board.ShowAsync(run.RunAsync(cancel), run.Snapshot);
        var result = CityResult.Of(outcome);
        result.Show(context.Console, outcome);
        end.Write(result);
        if (!end.Exits)
        {
            await StayAsync(context, run, cancel);
        }

        return result.Proven ? ExitCode.Proven : ExitCode.NotProven;
    }

    private static async Task StayAsync(CommandContext context, DemoRun run, CancellationToken cancel)
    {
        run.RunOn();
        var url = run.Fleet.Api.Service;
        context.Console.WriteLine($"The fleet stays up until Ctrl-C. Ledger and journals: {run.Folder.Root}");
        string[] paths = ["scalar", "api/v1/standings", "api/v1/totals/counties", "api/v1/cabinets", "healthz"];
        foreach (var path in paths)
        {
            context.Console.WriteLine($"  {url}{path}");
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancel)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
