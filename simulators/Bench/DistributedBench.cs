using System.Security.Cryptography;
using KioskFleet.Protocol.Signing;
using KioskFleet.Simulators.Servers;

namespace KioskFleet.Simulators.Bench;

/// <summary>
/// Everything of <c>bench --engine distributed</c>: a PostgreSQL that writes durably, a Mosquitto, a VictoriaMetrics
/// and the services of its own, all on this machine.
/// </summary>
internal sealed class DistributedBench(DistributedOptions options, string folder, Action<string> progress)
{
    // The ledger's rounds take half a second, in which a machine may be held up: so many times as many of them.
    private const int LedgerTimes = 2;

    /// <summary>Measures. Whatever way it ends, no child process is left.</summary>
    /// <exception cref="CampaignException">A program is missing or does not start.</exception>
    public async Task<DistributedResult> RunAsync(CancellationToken cancel)
    {
        foreach (var (program, package) in DistributedOptions.Needs)
        {
            InstalledProgram.Need(program, package);
        }

        progress("starting postgresql");
        await using var cluster = new PostgreSqlCluster(Path.Combine(folder, "postgresql"));
        await cluster.StartAsync(cancel);
        using var signer = new MessageSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        await using var append = new PostgreSqlAppendBench(
            new BenchOptions
            {
                Seed = options.Seed,
                Rounds = LedgerTimes * options.Rounds,
                LedgerSalesPerRound = options.LedgerSalesPerRound,
            },
            cluster, folder, signer);
        progress("ledger appends against bare COPY");
        var ledger = await append.RunAsync(cancel);
        var replicas = await new ReplicaBench(options, cluster, folder, progress).RunAsync(append.AppendBare, cancel);
        progress("time series against bare requests");
        var series = await MeasureSeriesAsync(cluster, cancel);
        return new DistributedResult
        {
            LedgerAppendRatio = Math.Round(ledger.Ratio, 3),
            EndToEndRatio = Math.Round(replicas.EndToEndRatio, 3),
            ReplicaRatio = Math.Round(replicas.ReplicaRatio, 3),
            SeriesRatio = Math.Round(series.Ratio, 3),
            SeriesFromLedgerRatio = Math.Round(series.FromLedgerRatio, 3),
            LedgerEntriesPerSecond = Math.Round(ledger.Rate),
            BareRowsPerSecond = Math.Round(ledger.BareRate),
            EndToEndSalesPerSecond = Math.Round(replicas.OneSalesPerSecond),
            FollowedSalesPerSecond = Math.Round(replicas.FollowedPerSecond),
            ReplicaSalesPerSecond = Math.Round(replicas.SeveralSalesPerSecond),
            SeriesLinesPerSecond = Math.Round(series.LinesPerSecond),
            SeriesFromLedgerLinesPerSecond = Math.Round(series.FromLedgerLinesPerSecond),
            BareLinesPerSecond = Math.Round(series.BareLinesPerSecond),
            SalesSent = replicas.Sent,
            SalesCommitted = replicas.Committed,
            LinesSent = series.Sent,
            LinesTaken = series.Taken,
            Replicas = options.Replicas,
            Cabinets = options.Cabinets,
            Seed = options.Seed,
            Processors = Environment.ProcessorCount,
        };
    }

    private async Task<SeriesFigures> MeasureSeriesAsync(PostgreSqlCluster cluster, CancellationToken cancel)
    {
        await using var server = new VictoriaMetrics(
            InstalledProgram.Need(VictoriaMetrics.DefaultProgram, VictoriaMetrics.DefaultProgram),
            Directory.CreateDirectory(Path.Combine(folder, "victoria-metrics")).FullName);
        await server.StartAsync(cancel);
        using var bench = new SeriesBench(options, cluster, server, PostgreSqlAppendBench.Sample, folder);
        return await bench.RunAsync(cancel);
    }
}
