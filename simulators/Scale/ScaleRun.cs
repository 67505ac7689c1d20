using System.Diagnostics;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Ledger;
using KioskFleet.Simulators.Bench;
using KioskFleet.Simulators.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace KioskFleet.Simulators.Scale;

/// <summary>How large it is to be.</summary>
/// <param name="Cabinets">Cabinets.</param>
/// <param name="Days">Days of sales.</param>
/// <param name="SalesPerDay">Sales of a cabinet in a day.</param>
/// <param name="Seed">Seed of the sales.</param>
internal sealed record ScaleOptions(int Cabinets, int Days, int SalesPerDay, int Seed);

/// <summary>
/// A PostgreSQL of our own, many cabinets in it and their sales of some days, signed by each cabinet's own key and
/// committed by the product's own writer as fast as it can; then what people ask of it.
/// </summary>
internal sealed class ScaleRun(ScaleOptions options, string folder, Action<string> progress)
{
    private const string Database = "kioskfleet";
    private const int Readings = 5;

    /// <summary>Runs it. Whatever way it ends, no child process is left.</summary>
    /// <exception cref="CampaignException">PostgreSQL is missing or does not start.</exception>
    public async Task<ScaleResult> RunAsync(CancellationToken cancel)
    {
        await using var cluster = new PostgreSqlCluster(Path.Combine(folder, "postgresql"));
        progress("starting postgresql");
        await cluster.StartAsync(cancel);
        await cluster.MakeDatabaseAsync(Database, cancel);
        var size = new BenchLedgerSize(
            options.Cabinets, options.SalesPerDay * options.Days, options.Days, options.Seed);
        await using var ledger = await BenchLedger.BuildAsync(
            Path.Combine(folder, "service"), size, progress, cancel, cluster.Settings(Database));
        var bytes = ledger.Bytes();
        progress("reading standings");
        var query = ledger.Services.GetRequiredService<StandingsQuery>();
        var window = query.Window(null)!;
        var result = new ScaleResult
        {
            Cabinets = options.Cabinets,
            Days = options.Days,
            Sales = ledger.Sales,
            RegisteredPerSecond = Math.Round(options.Cabinets / ledger.RegisterSeconds),
            SalesPerSecond = Math.Round(ledger.Sales / ledger.Seconds),
            BytesPerSale = Math.Round((double)(bytes - ledger.BytesBeforeSales) / ledger.Sales, 1),
            DatabaseMiB = Math.Round(bytes / 1048576.0, 1),
            StandingsMs = MedianMs(() => query.All(window)),
            CountiesMs = MedianMs(() => query.Counties(window)),
            OneCabinetMs = MedianMs(() => query.OfCabinet(window, "KF000000")),
            Seed = options.Seed,
            Processors = Environment.ProcessorCount,
        };
        progress($"proving {ledger.Sales:N0} sales");
        var report = ledger.Services.GetRequiredService<LedgerProof>().Run(null, cancel);
        foreach (var problem in report.Problems.Take(5))
        {
            progress($"NOT PROVEN: {problem.Subject}: {problem.Detail}");
        }

        return result with { Proven = report.IsProven && report.Entries == ledger.Sales };
    }

    private static double MedianMs(Func<object?> work)
    {
        work();
        return Math.Round(PairedRates.Median(Enumerable.Range(0, Readings).Select(_ =>
        {
            var started = Stopwatch.GetTimestamp();
            work();
            return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        })), 2);
    }
}
