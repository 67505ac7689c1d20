using System.CommandLine;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Restrict;

/// <summary><c>restrict</c>: cabinets cut off from the network, with a gate that keeps the rule.</summary>
internal static class RestrictCommand
{
    private const string Description = """
        Cabinets that the policy restricts are cut off from the network and sell what they can: in bulk, by mixed
        baskets, across midnight, through kills, reboots and clocks that somebody set. Judged from the ledger when the
        network is back: no window may end below the threshold beyond its allowance, and the same run with a policy
        that only observes must end some so. Aid given back since does not count.

        Examples:
          restrict                                       ten cabinets, 30 days
          restrict --days 9 --cabinets 5 --json out.json
          restrict --days 60 --seed 7 --data ./restrict  keep both ledgers and all journals
        """;

    /// <summary>The command.</summary>
    public static Command Create(CommandContext context)
    {
        var defaults = new RestrictOptions();
        var cabinets = CommandOptions.Number(
            "--cabinets", "Cabinets.", defaults.Cabinets, 1, RestrictOptions.MaxCabinets);
        var days = CommandOptions.Number("--days", "Days without a network.", defaults.Days,
            RestrictOptions.MinDays, RestrictOptions.MaxDays);
        var data = CommandOptions.Text("--data", "DIR", "Keep ledgers and journals in this folder, which is empty.");
        var (seed, json) = (CommandOptions.Seed(), CommandOptions.Json());
        var command = new Command("restrict", Description) { cabinets, days, data, seed, json };
        command.SetAction((parsed, cancel) => context.GuardAsync(() => RunAsync(
            context,
            new RestrictOptions
            {
                Cabinets = parsed.GetValue(cabinets),
                Days = parsed.GetValue(days),
                Seed = parsed.GetValue(seed),
                DataFolder = parsed.GetValue(data),
            },
            new CommandEnd(parsed.GetValue(json), true), cancel)));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, RestrictOptions options, CommandEnd end, CancellationToken cancel)
    {
        if (options.DataFolder is { } kept && Directory.Exists(kept)
            && Directory.EnumerateFileSystemEntries(kept).Any())
        {
            return context.Wrong($"--data is {kept}, which is not empty; it takes a new folder.");
        }

        using var folder = new RunFolder(options.DataFolder);
        var run = new RestrictRun(options, folder, context.Time);
        var board = new ProgressBoard(context.Console, context.Time, new ProgressBoardOptions());
        var result = await board.ShowAsync(run.RunAsync(cancel), run.Snapshot);
        result.Show(context.Console);
        end.Write(result);
        return result.Proven ? ExitCode.Proven : ExitCode.NotProven;
    }
}
