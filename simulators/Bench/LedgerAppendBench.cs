using System.Diagnostics;
using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Hosting;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace KioskFleet.Simulators.Bench;

/// <summary>
/// Checked batches into the ledger (head, judging, entries, totals, one transaction per 10,000 entries) against the
/// same entry rows inserted bare, 10,000 per transaction.
/// </summary>
internal sealed class LedgerAppendBench(BenchOptions options, string folder)
{
    internal const int RowsPerTransaction = 10_000;
    internal const int SalesPerBatch = 500;

    /// <summary>Measures; also the bare rate that the end-to-end part is held against.</summary>
    public async Task<PairedRates> RunAsync(MessageSigner signer)
    {
        var batches = Prepare(options, signer);
        var database = await LedgerRoundAsync(-2, batches);
        var rows = BareSqlite.ReadRows(database.Path, "entries", options.LedgerSalesPerRound);
        var schema = BareSqlite.Schema(database.Path, "entries");
        return PairedRates.Measure(options.Rounds,
            round => LedgerRoundAsync(round, batches).GetAwaiter().GetResult().Rate,
            round =>
            {
                var path = Path.Combine(folder, $"bare-ledger{round}.db");
                var rate = BareSqlite.Insert(path, schema, "entries", rows, RowsPerTransaction);
                Forget(path);
                return rate;
            });
    }

    /// <summary>The checked batches of a round, 500 sales each, every one of another cabinet.</summary>
    internal static List<VerifiedBatch> Prepare(BenchOptions options, MessageSigner signer)
    {
        var cabinets = Math.Max(1, options.LedgerSalesPerRound / SalesPerBatch);
        var sales = new BenchSales(options.Seed);
        var batches = new List<VerifiedBatch>();
        for (var i = 0; i < cabinets; i++)
        {
            var id = CabinetId.Parse($"KF{i:000000}");
            batches.AddRange(Check(
                sales.Batches(id, new JournalId((UInt128)(i + 1)), signer, SalesPerBatch), id, i, signer));
        }

        return batches;
    }

    /// <summary>The messages of a cabinet as the service has them when it has checked them.</summary>
    internal static IReadOnlyList<VerifiedBatch> Check(
        IReadOnlyList<SignedMessage> messages, CabinetId id, int number, MessageSigner signer)
    {
        var assignment = new AssignmentModel(number + 1, "bench", CountyCode.Parse("341125"), "", "", 0, null);
        var cabinet = new CabinetModel(id, CabinetLife.Active, null, 0, [], [assignment]);
        var chain = new HashChain();
        return
        [
            .. messages.Select(message => ReceivedBatch.TryParse(message.Payload, out var batch)
                && batch.ComputeHashes(chain)
                    ? new VerifiedBatch(batch, cabinet, signer.PublicKey, BenchSales.StartUtcMs)
                    : throw new InvalidOperationException("The benchmark made a batch that cannot be read.")),
        ];
    }

    private async Task<(string Path, double Rate)> LedgerRoundAsync(int round, List<VerifiedBatch> batches)
    {
        var directory = Path.Combine(folder, $"ledger{round}");
        await using var host = FleetServiceHost.Build(BenchFleet.Settings(directory));
        await BenchFleet.ImportCatalogueAsync(host.Services);
        var database = host.Services.GetRequiredService<FleetDatabase>();
        var rate = await CommitAsync(host.Services.GetRequiredService<LedgerWriter>(), batches);
        var path = database.Name;
        if (round >= -1)
        {
            await host.DisposeAsync();
            SqliteConnection.ClearAllPools();
            Forget(path);
        }

        return (path, rate);
    }

    /// <summary>Commits batches in groups of 10,000 sales; sales per second.</summary>
    internal static async Task<double> CommitAsync(LedgerWriter writer, List<VerifiedBatch> batches)
    {
        var perGroup = RowsPerTransaction / SalesPerBatch;
        var entries = 0L;
        var started = Stopwatch.GetTimestamp();
        foreach (var group in batches.Chunk(perGroup))
        {
            foreach (var outcome in await writer.CommitAsync(group, CancellationToken.None))
            {
                entries += outcome is CommitOutcome.Committed committed
                    ? committed.Appended
                    : throw new InvalidOperationException($"The ledger answered {outcome}.");
            }
        }

        return entries / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static void Forget(string path)
    {
        foreach (var file in (string[])[path, path + "-wal", path + "-shm"])
        {
            File.Delete(file);
        }
    }
}
