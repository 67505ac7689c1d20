using System.Diagnostics;
using System.Globalization;
using KioskFleet.Protocol.Signing;
using KioskFleet.Service.Reconciliation;
using KioskFleet.Simulators.Servers;
using Npgsql;

namespace KioskFleet.Simulators.Bench;

/// <summary>What the rounds over Mosquitto measured.</summary>
/// <param name="EndToEndRatio">One service ÷ bare rows.</param>
/// <param name="ReplicaRatio">Several services ÷ one.</param>
/// <param name="OneSalesPerSecond">Sales per second with one service.</param>
/// <param name="SeveralSalesPerSecond">Sales per second with several.</param>
/// <param name="FollowedPerSecond">Sales per second of what follows the ledger, one service, afterwards.</param>
/// <param name="Sent">Sales for which a receipt came.</param>
/// <param name="Committed">Sales in the ledger.</param>
internal sealed record ReplicaFigures(
    double EndToEndRatio, double ReplicaRatio, double OneSalesPerSecond, double SeveralSalesPerSecond,
    double FollowedPerSecond, long Sent, long Committed);

/// <summary>
/// Every cabinet on one Mosquitto sends what it has, one batch at a time, and waits for the receipt: with one service
/// behind the shared subscription, then with several, then with the one again, each in turn with bare rows: so neither
/// the ledger's growth nor a machine that grows slower or faster favours one side. Signing is done before. Owns the
/// services; one caller at a time.
/// </summary>
internal sealed class ReplicaBench : IAsyncDisposable
{
    private const string Database = "fleet";
    private const int ConnectAtOnce = 64;
    private static readonly TimeSpan FollowedLook = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FollowedLimit = TimeSpan.FromMinutes(10);

    private readonly DistributedOptions _options;
    private readonly PostgreSqlCluster _cluster;
    private readonly MosquittoBroker _broker;
    private readonly string _folder;
    private readonly Action<string> _progress;
    private readonly ServiceUnderTest[] _services;
    private List<BenchOutbox> _outboxes = [];
    private List<BenchConnection> _connections = [];
    private long _sent;

    /// <summary>Prepares; nothing runs yet.</summary>
    public ReplicaBench(
        DistributedOptions options, PostgreSqlCluster cluster, MosquittoBroker broker, string folder,
        Action<string> progress)
    {
        (_options, _cluster, _broker, _folder, _progress) = (options, cluster, broker, folder, progress);
        _services = [.. Enumerable.Range(1, options.Replicas).Select(number => new ServiceUnderTest(
            Directory.CreateDirectory(Path.Combine(
                folder, string.Create(CultureInfo.InvariantCulture, $"service-{number}"))).FullName,
            [.. cluster.Settings(Database), .. broker.Settings(), "Logging:LogLevel:Default=Warning"]))];
    }

    /// <summary>Measures.</summary>
    /// <exception cref="CampaignException">A program does not start, or a cabinet is refused.</exception>
    public async Task<ReplicaFigures> RunAsync(Func<double> bare, CancellationToken cancel)
    {
        await PrepareAsync(cancel);
        bare();
        var half = (_options.Rounds + 1) / 2;
        var one = await MeasureAsync(1, half, bare, cancel);
        _progress("waiting for charts, product sales and recorded payments");
        var followed = await FollowedAsync(cancel);
        var several = await MeasureAsync(_options.Replicas, _options.Rounds, bare, cancel);
        await Task.WhenAll(_services.Skip(1).Select(service => service.StopAsync()));
        one.AddRange(await MeasureAsync(1, half, bare, cancel));
        var (ofOne, ofSeveral) = (Median(one), Median(several));
        return new ReplicaFigures(
            ofOne.Ratio, ofSeveral.Rate / ofOne.Rate, ofOne.Rate, ofSeveral.Rate, followed, _sent,
            await CountAsync(cancel));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _connections.ForEach(connection => connection.Dispose());
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }
    }

    private async Task PrepareAsync(CancellationToken cancel)
    {
        _progress($"registering and enrolling {_options.Cabinets} cabinets");
        await _cluster.MakeDatabaseAsync(Database, cancel);
        var cabinets = await BenchFleet.PrepareAsync(
            Path.Combine(_folder, "registry"), _options.Cabinets, _ => { }, _cluster.Settings(Database));
        _outboxes =
            [.. cabinets.Select((cabinet, i) => new BenchOutbox(cabinet, unchecked(_options.Seed * 1_009 + i)))];
        _connections = cabinets.ConvertAll(cabinet => new BenchConnection(cabinet));

        // The first service writes Mosquitto's accounts from the register; the others share its key of payers.
        await StartAsync(1, cancel);
        foreach (var other in _services.Skip(1))
        {
            File.Copy(
                Path.Combine(_services[0].Folder, PayerKey.FileName), Path.Combine(other.Folder, PayerKey.FileName));
        }

        _progress("connecting");
        await Parallel.ForEachAsync(
            _connections,
            new ParallelOptions { MaxDegreeOfParallelism = ConnectAtOnce, CancellationToken = cancel },
            async (connection, cancelled) =>
            {
                await connection.ConnectAsync(_broker.Port, cancelled);
                await connection.HelloAsync(cancelled);
            });
    }

    /// <summary>
    /// So many services, which were running for a while, in turn with bare rows: what the machine does meanwhile bears
    /// on both.
    /// </summary>
    private async Task<List<(double Bare, double Rate)>> MeasureAsync(
        int services, int count, Func<double> bare, CancellationToken cancel)
    {
        await StartAsync(services, cancel);
        _progress($"warming up {services} service(s)");
        for (var i = 0; i < _options.WarmUpRounds * services; i++)
        {
            await SendAsync(cancel);
        }

        await FollowedAsync(cancel);
        var rounds = new List<(double Bare, double Rate)>();
        for (var round = 0; round < count; round++)
        {
            _progress($"round {round + 1} of {count}: bare rows, {services} service(s)");
            var limit = bare();
            rounds.Add((limit, await SendAsync(cancel)));
        }

        return rounds;
    }

    private static PairedRates Median(List<(double Bare, double Rate)> rounds) => new(
        PairedRates.Median(rounds.Select(r => r.Rate)), PairedRates.Median(rounds.Select(r => r.Bare)),
        PairedRates.Median(rounds.Select(r => r.Rate / r.Bare)));

    private async Task StartAsync(int services, CancellationToken cancel)
    {
        await Task.WhenAll(_services.Take(services).Select(service => service.StartAsync(cancel)));
        await Task.WhenAll(_services.Take(services).Select(service => service.ReadyAsync(cancel)));
    }

    private async Task<double> SendAsync(CancellationToken cancel)
    {
        var batches = new List<SignedMessage>[_outboxes.Count];
        Parallel.For(0, batches.Length, i => batches[i] = _outboxes[i].Next(_options.SalesPerCabinet));
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(_connections.Select(async (connection, i) =>
        {
            foreach (var batch in batches[i])
            {
                await connection.SendAsync(batch, cancel);
            }
        }));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var sales = (long)_options.SalesPerCabinet * batches.Length;
        _sent += sales;
        return sales / seconds;
    }

    /// <summary>
    /// Waits until everything that follows the ledger has come to its end; sales per second of the last of them.
    /// </summary>
    private async Task<double> FollowedAsync(CancellationToken cancel)
    {
        await using var connection = await _cluster.OpenAsync(Database, cancel);
        await using var behind = new NpgsqlCommand(
            """
            SELECT coalesce((SELECT max(position) FROM entries), 0) - least(
              coalesce((SELECT position FROM chart_cursor), 0), coalesce((SELECT position FROM recorded_cursor), 0),
              coalesce((SELECT max(position) FROM product_sales_editions), 0))
            """, connection);
        var started = Stopwatch.GetTimestamp();
        var first = (long)(await behind.ExecuteScalarAsync(cancel))!;
        while (await behind.ExecuteScalarAsync(cancel) is long left and > 0)
        {
            if (Stopwatch.GetElapsedTime(started) > FollowedLimit)
            {
                throw new CampaignException(
                    $"What follows the ledger is {left} entries behind after {FollowedLimit.TotalMinutes:0} min.");
            }

            await Task.Delay(FollowedLook, cancel);
        }

        return first / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private async Task<long> CountAsync(CancellationToken cancel)
    {
        await using var connection = await _cluster.OpenAsync(Database, cancel);
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM entries WHERE kind = 1 AND state = 0", connection);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
