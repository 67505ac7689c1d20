using System.CommandLine;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Servers;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Series;

/// <summary><c>series</c>: the time series against the ledger, through outages and kills.</summary>
internal static class SeriesCommand
{
    private const string Description = """
        VictoriaMetrics stopped for the whole of a load and started again, and the service killed (kill -9) while its
        writer catches up: for every cabinet, class and hour increase() must equal the ledger.

        The load is sales and refunds of past days by real agents on a real service process. Ends with 1 when any hour
        differs; the result says seriesMismatches. Needs Debian's victoria-metrics.

        Examples:
          series                                     20 cabinets, 3 days, 2 kills
          series --cabinets 200 --days 30 --kills 10 --json series.json
        """;

    /// <summary>The command.</summary>
    public static Command Create(CommandContext context)
    {
        var defaults = new SeriesCampaignOptions { Program = "" };
        var cabinets = CommandOptions.Number(
            "--cabinets", "Cabinets.", defaults.Cabinets, 1, SeriesCampaignOptions.MaxCabinets);
        var days = CommandOptions.Number(
            "--days", "Days of sales.", defaults.Days, 1, SeriesCampaignOptions.MaxDays);
        var kills = CommandOptions.Number(
            "--kills", "Kills while the writer catches up.", defaults.Kills, 0, SeriesCampaignOptions.MaxKills);
        var program = CommandOptions.Text(
            "--victoria-metrics", "FILE", "The server's program, when it is not in PATH.");
        var data = CommandOptions.Text(
            "--data", "DIR", "Keep ledger, journals and series in this folder, which is empty.");
        var (seed, json) = (CommandOptions.Seed(), CommandOptions.Json());
        var command = new Command("series", Description) { cabinets, days, kills, program, data, seed, json };
        command.SetAction((parsed, cancel) => context.GuardAsync(async () =>
        {
            var named = parsed.GetValue(program) ?? VictoriaMetrics.DefaultProgram;
            if (InstalledProgram.Find(named) is not { } found)
            {
                return context.Wrong($"--victoria-metrics: there is no program '{named}'; install it (Debian: apt-get "
                    + "install victoria-metrics) or name its file.");
            }

            return await RunAsync(
                context,
                new SeriesCampaignOptions
                {
                    Cabinets = parsed.GetValue(cabinets),
                    Days = parsed.GetValue(days),
                    Kills = parsed.GetValue(kills),
                    Seed = parsed.GetValue(seed),
                    Program = found,
                },
                parsed.GetValue(data), new CommandEnd(parsed.GetValue(json), true), cancel);
        }));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, SeriesCampaignOptions options, string? data, CommandEnd end, CancellationToken cancel)
    {
        if (data is not null && Directory.Exists(data) && Directory.EnumerateFileSystemEntries(data).Any())
        {
            return context.Wrong($"--data is {data}, which is not empty; it takes a new folder.");
        }

        using var folder = new RunFolder(data);
        var campaign = new SeriesCampaign(options, folder, context.Time);
        var board = new ProgressBoard(context.Console, context.Time, new ProgressBoardOptions());
        try
        {
            var result = await board.ShowAsync(campaign.RunAsync(cancel), campaign.Snapshot);
            result.Show(context.Console);
            end.Write(result);
            return result.Proven ? ExitCode.Proven : ExitCode.NotProven;
        }
        catch (Exception error) when (error is CampaignException or HttpRequestException)
        {
            await context.Error.WriteLineAsync($"Broken: {error.Message}");
            return ExitCode.Broken;
        }
    }
}
