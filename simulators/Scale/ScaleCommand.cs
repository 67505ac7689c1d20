using System.CommandLine;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Servers;
using Spectre.Console;

namespace KioskFleet.Simulators.Scale;

/// <summary>The command <c>scale</c>: how much one PostgreSQL holds.</summary>
internal static class ScaleCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var cabinets = CommandOptions.Number("--cabinets", "Cabinets, none of them a process.", 100_000, 1, 1_000_000);
        var days = CommandOptions.Number("--days", "Days of sales.", 1, 1, 400);
        var sales = CommandOptions.Number("--sales", "Sales of a cabinet in a day.", 20, 1, 5_000);
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "Seed of the sales." };
        var json = new Option<string?>("--json") { Description = "Write the result to this file.", HelpName = "FILE" };
        var command = new Command("scale", """
            Fills a PostgreSQL of its own with the sales of many cabinets, as fast as the service's ledger takes them,
            and asks it what people ask. Every sale is signed by its cabinet's key and checked, judged and summed as
            ever; only the way over the broker is left out, and time is not waited for. Ends with 1 when the ledger's
            own proof fails. PostgreSQL must be installed. 100,000 cabinets and a day take some minutes and 2 GB in the
            temporary folder.

            Examples:
              scale --cabinets 100000 --days 1 --json scale.json
              scale --cabinets 2700 --days 30
            """) { cabinets, days, sales, seed, json };
        command.SetAction((parsed, cancel) => context.GuardAsync(() => RunAsync(
            context,
            new ScaleOptions(parsed.GetValue(cabinets), parsed.GetValue(days), parsed.GetValue(sales),
                parsed.GetValue(seed)),
            new CommandEnd(parsed.GetValue(json), true), cancel)));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, ScaleOptions options, CommandEnd end, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("kioskfleet-scale-");
        try
        {
            // PostgreSQL may run as another user, and has to reach its folder.
            if (!OperatingSystem.IsWindows())
            {
                folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            }

            var result = await new ScaleRun(options, folder.FullName,
                what => context.Console.MarkupLineInterpolated($"[grey]{what} …[/]")).RunAsync(cancel);
            end.Write(result);
            Show(context.Console, result);
            return result.Proven ? ExitCode.Proven : ExitCode.NotProven;
        }
        catch (CampaignException error)
        {
            await context.Error.WriteLineAsync(error.Message);
            return ExitCode.Broken;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Show(IAnsiConsole console, ScaleResult result)
    {
        var table = new Table().AddColumns("figure", "measured");
        table.AddRow("cabinets / days / sales", $"{result.Cabinets:N0} / {result.Days:N0} / {result.Sales:N0}");
        table.AddRow("cabinets registered /s", $"{result.RegisteredPerSecond:N0}");
        table.AddRow("sales committed /s", $"{result.SalesPerSecond:N0}");
        table.AddRow("bytes per sale in the database", $"{result.BytesPerSale:N1}");
        table.AddRow("database, MiB", $"{result.DatabaseMiB:N1}");
        table.AddRow("standings of all cabinets, ms", $"{result.StandingsMs:N1}");
        table.AddRow("sums of all counties, ms", $"{result.CountiesMs:N1}");
        table.AddRow("standing of one cabinet, ms", $"{result.OneCabinetMs:N1}");
        table.AddRow("proven", result.Proven ? "yes" : "NO");
        console.Write(table);
    }
}
