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
        A fleet service and the agents of a small city in this process: enrol, sell some days over the end of a month,
        bring the payment bills, have everything checked, prove every entry and every accusation.

        Examples:
          demo                                                    look at the API after the load
          demo --cabinets 40 --days 3 --exit --json summary.json  run, prove, end
          demo --cabinets 200 --days 30 --seed 7 --data ./city    keep ledger and journals
          demo --seeds 20 --cabinets 60 --exit                    the same with 20 other seeds, least and mean
        """;

    /// <summary>The command.</summary>
    public static Command Create(CommandContext context)
    {
        var cabinets = CommandOptions.Number(
            "--cabinets", "Cabinets.", new DemoOptions().Cabinets, 1, CityPlanOptions.MaxCabinets);
        var days = CommandOptions.Number(
            "--days", "Days of sales.", new DemoOptions().Days, 1, CityPlanOptions.MaxDays);
        var start = CommandOptions.Day(
            "--start", "The first business day; by default two thirds of the days are before 2020-09-01.");
        var seeds = CommandOptions.Number(
            "--seeds", "Run so many seeds after --seed instead, one after the other, and end; 0 runs --seed alone.", 0,
            0, DemoSeries.MaxSeeds);
        var data = CommandOptions.Text("--data", "DIR", "Keep ledger and journals in this folder.");
        var exit = new Option<bool>("--exit") { Description = "End after the proof instead of staying up." };
        var (seed, json) = (CommandOptions.Seed(), CommandOptions.Json());
        var command = new Command("demo", Description) { cabinets, days, start, data, exit, seed, seeds, json };
        command.SetAction((parsed, cancel) => context.GuardAsync(() =>
        {
            var options = new DemoOptions
            {
                Cabinets = parsed.GetValue(cabinets),
                Days = parsed.GetValue(days),
                StartDay = parsed.GetValue(start),
                Seed = parsed.GetValue(seed),
                DataFolder = parsed.GetValue(data),
            };
            var end = new CommandEnd(parsed.GetValue(json), parsed.GetValue(exit));
            return parsed.GetValue(seeds) is > 0 and var count
                ? RunSeriesAsync(context, options, count, end, cancel)
                : RunAsync(context, options, end, cancel);
        }));
        return command;
    }

    private static async Task<int> RunSeriesAsync(
        CommandContext context, DemoOptions options, int seeds, CommandEnd end, CancellationToken cancel)
    {
        if (options.DataFolder is not null)
        {
            return context.Wrong("--seeds makes a fleet for each seed; it takes no --data.");
        }

        if (options.Plan.Problems() is { Count: > 0 } problems)
        {
            return context.Wrong(string.Join(' ', problems));
        }

        var series = new DemoSeries(context, options);
        var result = await series.RunAsync(seeds, cancel);
        series.Show(result);
        end.Write(result);
        return result.Proven ? ExitCode.Proven : ExitCode.NotProven;
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
        string[] paths =
        [
            "scalar", "api/v1/standings", "api/v1/findings", "api/v1/totals/counties", "api/v1/cabinets", "healthz",
        ];
        foreach (var path in paths)
        {
            context.Console.WriteLine($"  {url}{path}");
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancel)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
