using System.CommandLine;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Terminal;
using Spectre.Console;

namespace KioskFleet.Simulators.Bench;

/// <summary>The command <c>bench compliance</c>: standings and re-judging on ledgers of a whole city.</summary>
internal static class ComplianceCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var sales = CommandOptions.Number("--sales", "Sales of the large ledger.", 10_000_000, 10_000, 100_000_000);
        var cabinets = CommandOptions.Number("--cabinets", "Cabinets of the large ledger.", 2_700, 1, 10_000);
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "Seed of the sales." };
        var quick = new Option<bool>("--quick")
        {
            Description = "A short run that checks the benchmark, not the product.",
        };
        var json = new Option<FileInfo?>("--json") { Description = "Writes the figures to this file." };
        var command = new Command("compliance", """
            Measures all standings of a month from a large ledger and from one of 100,000 cabinets, and a re-judging
            that touches one sale of a hundred against one bare scan of all sales and a bare insert of the changed
            rows. The ledgers are made by the product's own writer from signed batches and proven at the end, sums of
            windows and corrections included. Fails when the proof fails or another sale was changed. The default size
            takes about 4 GB of disk in the temporary folder.

            Examples:
              bench compliance --json compliance.json
              bench compliance --sales 1000000
              bench compliance --quick
            """) { sales, cabinets, seed, quick, json };
        command.SetAction(async (parsed, ct) =>
        {
            var options = new ComplianceOptions
            {
                Seed = parsed.GetValue(seed),
                Sales = parsed.GetValue(sales),
                Cabinets = parsed.GetValue(cabinets),
            };
            return await RunAsync(parsed.GetValue(quick) ? options.Quick() : options, parsed.GetValue(json), ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(ComplianceOptions options, FileInfo? json, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("kioskfleet-bench-");
        try
        {
            var result = await new ComplianceBench(options, folder.FullName,
                what => AnsiConsole.MarkupLineInterpolated($"[grey]{what} …[/]")).RunAsync(ct);
            Show(result);
            if (json is not null)
            {
                JsonResultFile.Write(json.FullName, result);
            }

            return result.Holds ? ExitCode.Proven : ExitCode.NotProven;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Show(ComplianceResult result)
    {
        var table = new Table().AddColumns("figure", "measured", "of it reading", "bare in this run", "ratio");
        table.AddRow($"standings of {result.Cabinets:N0} cabinets, {result.Sales:N0} sales, ms",
            $"{result.Standings2700Ms:0.0}", $"{result.Standings2700ReadMs:0.0}", $"{result.BareWindow2700Ms:0.0}", "");
        table.AddRow($"standings of {result.WideCabinets:N0} cabinets, ms",
            $"{result.Standings100kMs:0.0}", $"{result.Standings100kReadMs:0.0}", $"{result.BareWindow100kMs:0.0}", "");
        table.AddRow($"re-judging of {result.RejudgedSales:N0} sales, s", $"{result.RejudgeSeconds:0.00}", "",
            $"{result.BareScanSeconds:0.00} + {result.BareInsertSeconds:0.00}", $"{result.RejudgeRatio:0.00}");
        table.AddRow("re-judging of the last day, s", $"{result.RejudgeOneDaySeconds:0.00}", "", "", "");
        table.AddRow("proven", result.Proven ? "yes" : "NO", "", "", "");
        AnsiConsole.Write(table);
    }
}
