using System.Diagnostics;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Rejudging;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace KioskFleet.Simulators.Bench;

/// <summary>
/// Standings from the sums of windows, and re-judging against bare scan and insert, each on a ledger that the product's
/// own writer made and its own proof confirms afterwards.
/// </summary>
internal sealed class ComplianceBench(ComplianceOptions options, string folder, Action<string> progress)
{
    private const int LargeDays = 60;
    private const int WideDays = 20;
    private const long DayMs = 86_400_000;

    /// <summary>Measures.</summary>
    public async Task<ComplianceResult> RunAsync(CancellationToken ct)
    {
        var wide = await MeasureWideAsync(ct);
        progress("making the large ledger");
        var size = new BenchLedgerSize(
            options.Cabinets, Math.Max(1, options.Sales / options.Cabinets), LargeDays, options.Seed);
        await using var ledger = await BenchLedger.BuildAsync(Path.Combine(folder, "large"), size, progress, ct);
        progress("reading standings of the large ledger");
        var (all, read, bare) = Standings(ledger);
        var rejudging = await RejudgeAsync(ledger, ct);
        var isProven = Prove(ledger, ct);
        return wide with
        {
            Standings2700Ms = all,
            Standings2700ReadMs = read,
            BareWindow2700Ms = bare,
            RejudgeRatio = rejudging.RejudgeRatio,
            RejudgeSeconds = rejudging.RejudgeSeconds,
            BareScanSeconds = rejudging.BareScanSeconds,
            BareInsertSeconds = rejudging.BareInsertSeconds,
            RejudgedSales = rejudging.RejudgedSales,
            RejudgeOneDaySeconds = rejudging.RejudgeOneDaySeconds,
            SalesOfCorrectedSku = ledger.SalesOfCorrectedSku,
            Proven = wide.Proven && isProven,
            Sales = ledger.Sales,
            Cabinets = options.Cabinets,
            BuildEntriesPerSecond = Math.Round(ledger.Sales / ledger.Seconds),
            LedgerMiB = Math.Round(new FileInfo(ledger.Database.Name).Length / 1048576.0, 1),
            Seed = options.Seed,
            Processors = Environment.ProcessorCount,
        };
    }

    private async Task<ComplianceResult> MeasureWideAsync(CancellationToken ct)
    {
        progress("making the wide ledger");
        var size = new BenchLedgerSize(
            options.WideCabinets, options.SalesPerWideCabinet, WideDays, options.Seed);
        var directory = Path.Combine(folder, "wide");
        ComplianceResult result;
        await using (var ledger = await BenchLedger.BuildAsync(directory, size, progress, ct))
        {
            progress("reading standings of the wide ledger");
            var (all, read, bare) = Standings(ledger);
            result = new ComplianceResult
            {
                Standings100kMs = all,
                Standings100kReadMs = read,
                BareWindow100kMs = bare,
                WideCabinets = options.WideCabinets,
                WideSales = ledger.Sales,
                Proven = Prove(ledger, ct),
            };
        }

        SqliteConnection.ClearAllPools();
        Directory.Delete(directory, recursive: true);
        return result;
    }

    /// <summary>The present month: all standings, the reading alone, and the window's rows bare.</summary>
    private (double All, double Read, double Bare) Standings(BenchLedger ledger)
    {
        var query = ledger.Services.GetRequiredService<StandingsQuery>();
        var store = ledger.Services.GetRequiredService<StandingsStore>();
        var window = query.Window(null)!;
        var all = MedianMs(() => query.All(window).Count);
        var read = MedianMs(() => store.Read(window).Assignments.Count);
        return (all, read, MedianMs(() => BareLedger.ReadWindow(ledger.Database, window.FromNumber)));
    }

    private double MedianMs(Func<long> work)
    {
        work();
        work();
        return Math.Round(PairedRates.Median(Enumerable.Range(0, options.Readings).Select(_ =>
        {
            var started = Stopwatch.GetTimestamp();
            work();
            return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        })), 2);
    }

    /// <summary>Lists the corrected SKU late and takes it off again, by turns, each beside the bare work.</summary>
    private async Task<ComplianceResult> RejudgeAsync(BenchLedger ledger, CancellationToken ct)
    {
        var sweep = ledger.Services.GetRequiredService<RejudgingSweep>();
        BareLedger.Scan(ledger.Database, ct);
        var rounds = new List<(double Product, double Scan, double Insert)>();
        var changed = ledger.SalesOfCorrectedSku;
        for (var round = 0; round < options.Rounds; round++)
        {
            progress($"judging {ledger.SalesOfCorrectedSku:N0} sales again, round {round + 1} of {options.Rounds}");
            await BenchCatalogue.CorrectAsync(
                ledger.Database, ledger.Catalogue, round % 2 == 0, BenchSales.StartUtcMs, ct);
            var started = Stopwatch.GetTimestamp();
            var run = await sweep.RunAsync(ct);
            var product = Stopwatch.GetElapsedTime(started).TotalSeconds;
            changed = run.SalesChanged == ledger.SalesOfCorrectedSku ? changed : run.SalesChanged;
            progress("the same sales bare");
            var scan = BareLedger.Scan(ledger.Database, ct);
            rounds.Add((product, scan, BareLedger.InsertCorrections(ledger.Database.Name,
                Path.Combine(folder, $"bare{round}.db"), ledger.SalesOfCorrectedSku)));
        }

        await BenchCatalogue.CorrectAsync(
            ledger.Database, ledger.Catalogue, options.Rounds % 2 == 0, ledger.NowUtcMs - DayMs, ct);
        var oneDay = Stopwatch.GetTimestamp();
        await sweep.RunAsync(ct);
        return new ComplianceResult
        {
            RejudgeOneDaySeconds = Math.Round(Stopwatch.GetElapsedTime(oneDay).TotalSeconds, 3),
            RejudgeRatio = Math.Round(PairedRates.Median(rounds.Select(r => r.Product / (r.Scan + r.Insert))), 3),
            RejudgeSeconds = Math.Round(PairedRates.Median(rounds.Select(r => r.Product)), 3),
            BareScanSeconds = Math.Round(PairedRates.Median(rounds.Select(r => r.Scan)), 3),
            BareInsertSeconds = Math.Round(PairedRates.Median(rounds.Select(r => r.Insert)), 3),
            RejudgedSales = changed,
        };
    }

    private bool Prove(BenchLedger ledger, CancellationToken ct)
    {
        progress($"proving {ledger.Sales:N0} sales, their windows and corrections");
        var report = ledger.Services.GetRequiredService<LedgerProof>().Run(null, ct);
        foreach (var problem in report.Problems.Take(5))
        {
            progress($"NOT PROVEN: {problem.Subject}: {problem.Detail}");
        }

        return report.IsProven && report.Entries == ledger.Sales;
    }
}
