using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using KioskFleet.Service.Hosting;
using KioskFleet.Service.Series;
using KioskFleet.Simulators.Servers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace KioskFleet.Simulators.Bench;

/// <summary>What the rounds over VictoriaMetrics measured.</summary>
/// <param name="Ratio">The writer, from counted points on, ÷ bare requests.</param>
/// <param name="FromLedgerRatio">The writer, from the ledger on, ÷ bare requests.</param>
/// <param name="LinesPerSecond">The first in lines per second.</param>
/// <param name="FromLedgerLinesPerSecond">The second in lines per second.</param>
/// <param name="BareLinesPerSecond">Bare requests in lines per second.</param>
/// <param name="Sent">Lines that were sent with success.</param>
/// <param name="Taken">Lines that the server counted.</param>
internal sealed record SeriesFigures(
    double Ratio, double FromLedgerRatio, double LinesPerSecond, double FromLedgerLinesPerSecond,
    double BareLinesPerSecond, long Sent, long Taken);

/// <summary>
/// A ledger's time series into a real VictoriaMetrics, as the service's writer makes and sends them, against the same
/// lines by bare requests of the same size, compressed alike. One caller at a time.
/// </summary>
internal sealed class SeriesBench(
    DistributedOptions options, PostgreSqlCluster cluster, VictoriaMetrics server, string database, string folder)
    : IDisposable
{
    private const int FieldsPerLine = 2;

    // A round takes a quarter of a second, in which a machine may be held up: so many times as many of them.
    private const int Times = 2;
    private const string Taken = "vm_rows_inserted_total{type=\"influx\"} ";

    private readonly HttpClient _http = new();
    private long _sent;

    /// <summary>Measures.</summary>
    /// <exception cref="CampaignException">The server did not take what it was sent.</exception>
    public async Task<SeriesFigures> RunAsync(CancellationToken cancel)
    {
        await using var host = FleetServiceHost.Build(BenchFleet.Settings(Path.Combine(folder, "series"),
            [
                .. cluster.Settings(database), "Series:Enabled=true", $"Series:Url={server.Address}",
                "Series:Org=kioskfleet", "Series:Bucket=sales",
            ]));
        var points = Count(host.Services, cancel);
        var bodies = points.ConvertAll(batch => Encoding.UTF8.GetBytes(string.Concat(batch.Select(Line))));
        var rounds = new List<(double Bare, double Writer, double FromLedger)>();
        for (var round = -1; round < Times * options.Rounds; round++)
        {
            var (bare, writer, fromLedger) = (0.0, 0.0, 0.0);
            foreach (var part in round % 2 == 0 ? (int[])[0, 1, 2] : [2, 1, 0])
            {
                _ = part switch
                {
                    0 => bare = await BareAsync(points, bodies, cancel),
                    1 => writer = await WriteAsync(host.Services, points, cancel),
                    _ => fromLedger = await FollowAsync(host.Services, points, cancel),
                };
            }

            if (round >= 0)
            {
                // The round before is the warm-up: the server meets every series in it for the first time.
                rounds.Add((bare, writer, fromLedger));
            }
        }

        return new SeriesFigures(
            PairedRates.Median(rounds.Select(r => r.Writer / r.Bare)),
            PairedRates.Median(rounds.Select(r => r.FromLedger / r.Bare)),
            PairedRates.Median(rounds.Select(r => r.Writer)), PairedRates.Median(rounds.Select(r => r.FromLedger)),
            PairedRates.Median(rounds.Select(r => r.Bare)), _sent, await TakenAsync(cancel));
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string Line((CounterKey Counter, CounterPoint Point) point) =>
        SeriesLines.Of(point.Counter, point.Point);

    /// <summary>Reads and counts the ledger once; a list for each stretch that the writer would send at once.</summary>
    private static List<List<(CounterKey Counter, CounterPoint Point)>> Count(
        IServiceProvider services, CancellationToken cancel)
    {
        var ledger = services.GetRequiredService<SeriesLedger>();
        var counters = new Dictionary<CounterKey, CounterLanes>();
        var batches = new List<List<(CounterKey, CounterPoint)>>();
        long? position = 0;
        while (position is { } from)
        {
            cancel.ThrowIfCancellationRequested();
            var stretch = ledger.Read(from, new SeriesOptions().BatchEntries);
            position = stretch.LastPosition;
            var touched = new HashSet<CounterKey>();
            foreach (var entry in stretch.Entries)
            {
                foreach (var (counter, fen) in entry.Amounts())
                {
                    if (!counters.TryGetValue(counter, out var lanes))
                    {
                        counters[counter] = lanes = new CounterLanes([]);
                    }

                    lanes.Add(entry.Position, entry.UtcMs, fen);
                    touched.Add(counter);
                }
            }

            if (touched.Count > 0)
            {
                batches.Add([.. touched.SelectMany(
                    counter => counters[counter].Take().Select(point => (counter, point.Point)))]);
            }
        }

        return batches;
    }

    private async Task<double> BareAsync(
        List<List<(CounterKey, CounterPoint)>> points, List<byte[]> bodies, CancellationToken cancel)
    {
        var address = new Uri(server.Address, "api/v2/write?org=kioskfleet&bucket=sales&precision=ms");
        var started = Stopwatch.GetTimestamp();
        foreach (var body in bodies)
        {
            using var bytes = new MemoryStream();
            await using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(body);
            }

            using var content = new ByteArrayContent(bytes.GetBuffer(), 0, (int)bytes.Length);
            content.Headers.ContentType = new MediaTypeHeaderValue("text/plain") { CharSet = "utf-8" };
            content.Headers.ContentEncoding.Add("gzip");
            using var answer = await _http.PostAsync(address, content, cancel);
            answer.EnsureSuccessStatusCode();
        }

        return Rate(points, started);
    }

    private async Task<double> WriteAsync(
        IServiceProvider services, List<List<(CounterKey, CounterPoint)>> points, CancellationToken cancel)
    {
        var writer = services.GetRequiredService<SeriesServer>();
        var started = Stopwatch.GetTimestamp();
        foreach (var batch in points)
        {
            if (await writer.WriteAsync(batch.Select(Line), cancel) is not SeriesAnswer.Taken)
            {
                throw new CampaignException("VictoriaMetrics did not take the writer's lines.");
            }
        }

        return Rate(points, started);
    }

    private async Task<double> FollowAsync(
        IServiceProvider services, List<List<(CounterKey, CounterPoint)>> points, CancellationToken cancel)
    {
        await using (var connection = await cluster.OpenAsync(database, cancel))
        {
            await using var forget = new NpgsqlCommand(
                "TRUNCATE series_cursor, series_counters, series_outbox, series_sent", connection);
            await forget.ExecuteNonQueryAsync(cancel);
        }

        var writer = services.GetRequiredService<SeriesWriter>();
        var started = Stopwatch.GetTimestamp();
        while (await writer.StepAsync(cancel))
        {
            cancel.ThrowIfCancellationRequested();
        }

        return Rate(points, started);
    }

    private double Rate(List<List<(CounterKey, CounterPoint)>> points, long started)
    {
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var lines = points.Sum(batch => (long)batch.Count);
        _sent += lines;
        return lines / seconds;
    }

    /// <summary>The server's own count, over all its life.</summary>
    private async Task<long> TakenAsync(CancellationToken cancel)
    {
        var metrics = await _http.GetStringAsync(new Uri(server.Address, "metrics"), cancel);
        var line = metrics.Split('\n').FirstOrDefault(line => line.StartsWith(Taken, StringComparison.Ordinal))
            ?? throw new CampaignException("VictoriaMetrics does not say how many lines it took.");
        return long.Parse(line.AsSpan(Taken.Length), NumberStyles.None, CultureInfo.InvariantCulture) / FieldsPerLine;
    }
}
