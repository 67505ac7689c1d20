using KioskFleet.Simulators.Commands;
using KioskFleet.Simulators.Servers;
using KioskFleet.Simulators.Terminal;
using Spectre.Console;

namespace KioskFleet.Simulators.Bench;

/// <summary>Runs <c>bench --engine distributed</c> and shows what it measured.</summary>
internal static class DistributedReport
{
    /// <summary>Runs it in a temporary folder; returns an <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(DistributedOptions options, FileInfo? json, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("kioskfleet-bench-");
        try
        {
            // PostgreSQL may run as another user, and has to reach its folder.
            if (!OperatingSystem.IsWindows())
            {
                folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            }

            var result = await new DistributedBench(options, folder.FullName,
                what => AnsiConsole.MarkupLineInterpolated($"[grey]{what} …[/]")).RunAsync(cancel);
            Show(result);
            if (json is not null)
            {
                JsonResultFile.Write(json.FullName, result);
            }

            return result.Proven ? ExitCode.Proven : ExitCode.NotProven;
        }
        catch (Exception error) when (error is CampaignException or HttpRequestException or TimeoutException)
        {
            await Console.Error.WriteLineAsync($"Broken: {error.Message}");
            return ExitCode.Broken;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped before its end.");
            return ExitCode.Broken;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Show(DistributedResult result)
    {
        var table = new Table().AddColumns("figure", "measured", "limit in this run", "ratio");
        table.AddRow("ledger entries /s", $"{result.LedgerEntriesPerSecond:N0}", $"{result.BareRowsPerSecond:N0}",
            $"{result.LedgerAppendRatio:0.00}");
        table.AddRow($"end to end sales /s ({result.Cabinets} cabinets, 1 service)",
            $"{result.EndToEndSalesPerSecond:N0}", "bare rows beside it", $"{result.EndToEndRatio:0.00}");
        table.AddRow($"the same with {result.Replicas} services", $"{result.ReplicaSalesPerSecond:N0}",
            "1 service", $"{result.ReplicaRatio:0.00}");
        table.AddRow(
            "charts, product sales, payments, sales /s, afterwards", $"{result.FollowedSalesPerSecond:N0}", "", "");
        table.AddRow("time series, lines /s", $"{result.SeriesLinesPerSecond:N0}", $"{result.BareLinesPerSecond:N0}",
            $"{result.SeriesRatio:0.00}");
        table.AddRow("the same from the ledger on", $"{result.SeriesFromLedgerLinesPerSecond:N0}",
            $"{result.BareLinesPerSecond:N0}", $"{result.SeriesFromLedgerRatio:0.00}");
        table.AddRow(
            "sales with a receipt / in the ledger", $"{result.SalesSent:N0}", $"{result.SalesCommitted:N0}", "");
        table.AddRow("lines sent / taken", $"{result.LinesSent:N0}", $"{result.LinesTaken:N0}", "");
        AnsiConsole.Write(table);
    }
}
