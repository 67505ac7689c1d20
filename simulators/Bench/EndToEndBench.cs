using System.Diagnostics;
using KioskFleet.Protocol.Signing;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Simulators.Bench;

/// <summary>What the end-to-end part measured.</summary>
internal sealed record EndToEndFigures(
    double IdleMiB, double IdleCorePercent, double LoadedMiB, double SalesPerSecond, long Sales, long Committed,
    double BytesPerSale,
    double ServiceMicrosecondsPerSale, double LoadMicrosecondsPerSale);

/// <summary>
/// The service as a process of its own with all cabinets connected: first idle, then every cabinet sends what it has,
/// one batch at a time, from signed batch to receipt. Signing is done beforehand.
/// </summary>
internal sealed class EndToEndBench(BenchOptions options, string folder, Action<string> progress)
{
    private const int ConnectAtOnce = 64;

    /// <summary>Measures.</summary>
    public async Task<EndToEndFigures> RunAsync(CancellationToken ct)
    {
        var directory = Path.Combine(folder, "fleet");
        progress($"registering and enrolling {options.Cabinets} cabinets");
        var cabinets = await BenchFleet.PrepareAsync(directory, options.Cabinets, _ => { });
        progress("signing their sales");
        var sales = new BenchSales(options.Seed);
        var batches = cabinets.ConvertAll(c => sales.Batches(c.Id, c.Journal, c.Signer, options.SalesPerCabinet));
        await using var service = await BenchService.StartAsync(directory, ct);
        var connections = cabinets.ConvertAll(c => new BenchConnection(c));
        try
        {
            progress("connecting");
            await Parallel.ForEachAsync(connections,
                new ParallelOptions { MaxDegreeOfParallelism = ConnectAtOnce, CancellationToken = ct },
                async (connection, cancelled) =>
                {
                    await connection.ConnectAsync(service.BrokerPort, cancelled);
                    await connection.HelloAsync(cancelled);
                });
            var (idleMiB, idlePercent) = await WatchIdleAsync(service, ct);
            progress("sending");
            var (service0, load0) = (service.ProcessorTime(), Environment.CpuUsage.TotalTime);
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(connections.Select((c, i) => DrainAsync(c, batches[i], ct)));
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var sent = (long)options.Cabinets * options.SalesPerCabinet;
            var (served, loaded) = (service.ProcessorTime() - service0, Environment.CpuUsage.TotalTime - load0);
            return new EndToEndFigures(idleMiB, idlePercent, service.ResidentMiB(), sent / seconds, sent,
                CountSales(Path.Combine(directory, "fleet.db")),
                batches.Sum(b => b.Sum(m => (double)m.Payload.Length)) / sent,
                served.TotalMicroseconds / sent, loaded.TotalMicroseconds / sent);
        }
        finally
        {
            connections.ForEach(c => c.Dispose());
        }
    }

    private static async Task DrainAsync(BenchConnection connection, List<SignedMessage> batches, CancellationToken ct)
    {
        foreach (var batch in batches)
        {
            await connection.SendAsync(batch, ct);
        }
    }

    private async Task<(double MiB, double CorePercent)> WatchIdleAsync(BenchService service, CancellationToken ct)
    {
        progress($"watching the idle service for {options.IdleSeconds} s");
        await Task.Delay(TimeSpan.FromSeconds(2), ct);
        var before = service.ProcessorTime();
        var started = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(options.IdleSeconds), ct);
        var used = service.ProcessorTime() - before;
        return (service.ResidentMiB(), 100 * used.TotalSeconds / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static long CountSales(string database)
    {
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM entries WHERE kind = 1 AND state = 0";
        return (long)command.ExecuteScalar()!;
    }
}
