using System.CommandLine;
using System.Security.Cryptography;
using KioskFleet.Protocol.Signing;
using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Terminal;
using Spectre.Console;

namespace KioskFleet.Simulators.Bench;

/// <summary>The command <c>bench</c>: each figure beside its limit, measured in the same run.</summary>
internal static class BenchCommand
{
    private const string Embedded = "embedded";
    private const string Distributed = "distributed";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var engine = new Option<string>("--engine")
        {
            Description = "embedded: one service with its own broker and SQLite. distributed: services on real "
                + "mosquitto, postgresql and victoria-metrics, which must be installed.",
            DefaultValueFactory = static _ => Embedded,
        };
        engine.AcceptOnlyFromAmong(Embedded, Distributed);
        var cabinets = CommandOptions.Number(
            "--cabinets", "Simulated cabinets; 400 unless said otherwise with --engine distributed.", 2_700, 1, 10_000);
        var sales = CommandOptions.Number(
            "--sales", "Sales per cabinet, end to end; 1,600 unless said otherwise with --engine distributed.", 500, 1,
            5_000);
        var rounds = CommandOptions.Number(
            "--rounds", "Alternating rounds; 9 unless said otherwise with --engine distributed.", 5, 1, 25);
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "Seed of the sales." };
        var quick = new Option<bool>("--quick") { Description = "A short run that checks the benchmark alone." };
        var json = new Option<FileInfo?>("--json") { Description = "Writes the figures to this file." };
        var command = new Command("bench", """
            Measures the agent's commits, the ledger's appends and the whole way from signed batch to receipt, each
            against the bare database on this machine in the same run; and the service with idle cabinets. Fails when a
            sale is lost.

            With --engine distributed: the ledger on PostgreSQL and the way over Mosquitto against bare COPY, three
            services against one, the time series against bare requests to VictoriaMetrics. Ends with 1 when a sale or a
            line is lost, with 3 when a program is missing.

            Examples:
              bench
              bench --json bench.json --rounds 9
              bench --quick
              bench --engine distributed --json bench.json
              bench compliance --quick
            """) { engine, cabinets, sales, rounds, seed, quick, json };
        command.Subcommands.Add(ComplianceCommand.Create());
        command.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(engine) == Distributed)
            {
                var several = Several(parsed, cabinets, sales, rounds) with
                {
                    Seed = parsed.GetValue(seed),
                };
                return await DistributedReport.RunAsync(
                    parsed.GetValue(quick) ? several.Quick() : several, parsed.GetValue(json), ct);
            }

            var options = new BenchOptions
            {
                Seed = parsed.GetValue(seed),
                Cabinets = parsed.GetValue(cabinets),
                SalesPerCabinet = parsed.GetValue(sales),
                Rounds = parsed.GetValue(rounds),
            };
            return await RunAsync(parsed.GetValue(quick) ? options.Quick() : options, parsed.GetValue(json), ct);
        });
        return command;
    }

    private static DistributedOptions Several(
        ParseResult parsed, Option<int> cabinets, Option<int> sales, Option<int> rounds)
    {
        var usual = new DistributedOptions();
        return usual with
        {
            Cabinets = Given(parsed, cabinets) ?? usual.Cabinets,
            SalesPerCabinet = Given(parsed, sales) ?? usual.SalesPerCabinet,
            Rounds = Given(parsed, rounds) ?? usual.Rounds,
        };
    }

    private static int? Given(ParseResult parsed, Option<int> option) =>
        parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : null;

    private static async Task<int> RunAsync(BenchOptions options, FileInfo? json, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("kioskfleet-bench-");
        try
        {
            var result = await MeasureAsync(options, folder.FullName, ct);
            Show(result);
            if (json is not null)
            {
                JsonResultFile.Write(json.FullName, result);
            }

            return result.EndToEndCommitted == result.EndToEndSales ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<BenchResult> MeasureAsync(BenchOptions options, string folder, CancellationToken ct)
    {
        var progress = (string what) => AnsiConsole.MarkupLineInterpolated($"[grey]{what} …[/]");
        using var signer = new MessageSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        progress("agent commits against bare one-row transactions");
        var agent = new AgentCommitBench(options, folder).Run();
        progress("ledger appends against bare appends");
        var ledger = await new LedgerAppendBench(options, folder).RunAsync(signer);
        var endToEnd = await new EndToEndBench(options, folder, progress).RunAsync(ct);
        return new BenchResult
        {
            AgentCommitRatio = Math.Round(agent.Ratio, 3),
            AgentCommitsPerSecond = Math.Round(agent.Rate),
            BareCommitsPerSecond = Math.Round(agent.BareRate),
            LedgerAppendRatio = Math.Round(ledger.Ratio, 3),
            LedgerEntriesPerSecond = Math.Round(ledger.Rate),
            BareRowsPerSecond = Math.Round(ledger.BareRate),
            EndToEndRatio = Math.Round(endToEnd.SalesPerSecond / ledger.BareRate, 3),
            EndToEndSalesPerSecond = Math.Round(endToEnd.SalesPerSecond),
            EndToEndSales = endToEnd.Sales,
            EndToEndCommitted = endToEnd.Committed,
            IdleMiB = Math.Round(endToEnd.IdleMiB, 1),
            IdleCorePercent = Math.Round(endToEnd.IdleCorePercent, 2),
            LoadedMiB = Math.Round(endToEnd.LoadedMiB, 1),
            ServiceMicrosecondsPerSale = Math.Round(endToEnd.ServiceMicrosecondsPerSale, 2),
            LoadMicrosecondsPerSale = Math.Round(endToEnd.LoadMicrosecondsPerSale, 2),
            BytesPerSale = Math.Round(endToEnd.BytesPerSale, 1),
            Cabinets = options.Cabinets,
            Seed = options.Seed,
            Processors = Environment.ProcessorCount,
        };
    }

    private static void Show(BenchResult result)
    {
        var table = new Table().AddColumns("figure", "measured", "limit in this run", "ratio");
        table.AddRow("agent commits /s", $"{result.AgentCommitsPerSecond:N0}", $"{result.BareCommitsPerSecond:N0}",
            $"{result.AgentCommitRatio:0.00}");
        table.AddRow("ledger entries /s", $"{result.LedgerEntriesPerSecond:N0}", $"{result.BareRowsPerSecond:N0}",
            $"{result.LedgerAppendRatio:0.00}");
        table.AddRow($"end to end sales /s ({result.Cabinets} cabinets)", $"{result.EndToEndSalesPerSecond:N0}",
            $"{result.BareRowsPerSecond:N0}", $"{result.EndToEndRatio:0.00}");
        table.AddRow("idle service, MiB", $"{result.IdleMiB:0.0}", "", "");
        table.AddRow("idle service, % of one core", $"{result.IdleCorePercent:0.00}", "", "");
        table.AddRow("service after the load, MiB", $"{result.LoadedMiB:0.0}", "", "");
        table.AddRow("bytes on the wire per sale", $"{result.BytesPerSale:0.0}", "", "");
        table.AddRow("processor µs per sale, service + load",
            $"{result.ServiceMicrosecondsPerSale:0.00} + {result.LoadMicrosecondsPerSale:0.00}", "", "");
        table.AddRow("sales sent / in the ledger", $"{result.EndToEndSales:N0}", $"{result.EndToEndCommitted:N0}", "");
        AnsiConsole.Write(table);
    }
}
