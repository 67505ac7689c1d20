using System.Diagnostics;
using System.Globalization;
using KioskFleet.Protocol.Signing;
using KioskFleet.Service.Reconciliation;
using KioskFleet.Simulators.Servers;
using Npgsql;

namespace KioskFleet.Simulators.Bench;

/// <summary>
/// Cabinets on a Mosquitto of their own, behind its shared subscription some services on a database of their own. Owns
/// them; one caller at a time.
/// </summary>
internal sealed class MeasuredFleet : IAsyncDisposable
{
    private const int ConnectAtOnce = 64;

    // Who sends a full batch has more to send, and is given a turn for it. Here the way is measured and not the turns.
    private const int SalesPerBatch = 400;

    // Nobody takes leave of who stands still while the other fleet is measured: not the broker, and not the others who
    // would do their work.
    private static readonly string[] Patience =
        ["Broker:External:KeepAliveSeconds=3600", "Replicas:LeaseSeconds=60"];

    // What is due each minute or hour reads all that was sold since, once; what follows the ledger takes small steps.
    private const string Long = """
        SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
          AND state = 'active' AND wait_event_type IS DISTINCT FROM 'Lock'
          AND clock_timestamp() - query_start > '0.5 s')
        """;

    private static readonly TimeSpan Awaking = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SettlesWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FollowedFor = TimeSpan.FromSeconds(15);

    private readonly DistributedOptions _options;
    private readonly PostgreSqlCluster _cluster;
    private readonly MosquittoBroker _broker;
    private readonly string _database;
    private readonly string _folder;
    private readonly ServiceUnderTest[] _services;
    private List<BenchOutbox> _outboxes = [];
    private List<BenchConnection> _connections = [];

    /// <summary>Prepares; nothing runs yet.</summary>
    /// <param name="options">Cabinets and sales.</param>
    /// <param name="services">How many services.</param>
    /// <param name="cluster">The server that gets a database for it.</param>
    /// <param name="folder">A folder of its own.</param>
    public MeasuredFleet(DistributedOptions options, int services, PostgreSqlCluster cluster, string folder)
    {
        (_options, _cluster, _folder) = (options, cluster, folder);
        _database = string.Create(CultureInfo.InvariantCulture, $"fleet_{services}");
        _broker = new MosquittoBroker(Path.Combine(folder, "mosquitto"));
        _services = [.. Enumerable.Range(1, services).Select(number => new ServiceUnderTest(
            Directory.CreateDirectory(Path.Combine(
                folder, string.Create(CultureInfo.InvariantCulture, $"service-{number}"))).FullName,
            [.. cluster.Settings(_database), .. _broker.Settings(), .. Patience, "Logging:LogLevel:Default=Warning"]))];
    }

    /// <summary>How many services share the work.</summary>
    public int Services => _services.Length;

    /// <summary>Sales for which a receipt came.</summary>
    public long Sent { get; private set; }

    /// <summary>Starts everything, registers and enrols the cabinets, and connects them.</summary>
    /// <exception cref="CampaignException">A program does not start, or a cabinet is refused.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        await _broker.StartAsync(cancel);
        await _cluster.MakeDatabaseAsync(_database, cancel);
        var cabinets = await BenchFleet.PrepareAsync(
            Path.Combine(_folder, "registry"), _options.Cabinets, _ => { }, _cluster.Settings(_database));
        _outboxes =
            [.. cabinets.Select((cabinet, i) => new BenchOutbox(cabinet, unchecked(_options.Seed * 1_009 + i)))];
        _connections = cabinets.ConvertAll(cabinet => new BenchConnection(cabinet));

        // The first service writes Mosquitto's accounts from the register; the others share its key of payers.
        await StartAsync(_services[..1], cancel);
        foreach (var other in _services.Skip(1))
        {
            File.Copy(
                Path.Combine(_services[0].Folder, PayerKey.FileName), Path.Combine(other.Folder, PayerKey.FileName));
        }

        await StartAsync(_services[1..], cancel);
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
    /// Every cabinet sends what it has, one batch at a time, and waits for the receipt. Signing is done before.
    /// </summary>
    /// <param name="salesPerCabinet">Sales of each cabinet, in batches of 400.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Sales per second.</returns>
    public async Task<double> SendAsync(int salesPerCabinet, CancellationToken cancel)
    {
        var batches = new List<SignedMessage>[_outboxes.Count];
        Parallel.For(0, batches.Length, i => batches[i] = _outboxes[i].Next(salesPerCabinet, SalesPerBatch));
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(_connections.Select(async (connection, i) =>
        {
            foreach (var batch in batches[i])
            {
                await connection.SendAsync(batch, cancel);
            }
        }));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var sales = (long)salesPerCabinet * batches.Length;
        Sent += sales;
        return sales / seconds;
    }

    /// <summary>
    /// Lets the services stand still (SIGSTOP), what follows the ledger too, and the server tidy up behind them: what
    /// it would do by itself at some time, in whose round it falls.
    /// </summary>
    public async Task FreezeAsync(CancellationToken cancel)
    {
        foreach (var service in _services)
        {
            service.Freeze();
        }

        await using var connection = await _cluster.OpenAsync(_database, cancel);
        foreach (var upkeep in (string[])["VACUUM (ANALYZE)", "CHECKPOINT"])
        {
            await using var command = new NpgsqlCommand(upkeep, connection);
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>Lets the services go on.</summary>
    public void Thaw()
    {
        foreach (var service in _services)
        {
            service.Thaw();
        }
    }

    /// <summary>
    /// Waits until services that stood still have done what was due meanwhile: until no question to the database has
    /// run for long, for a second. No longer than 20 seconds behind the first three.
    /// </summary>
    public async Task SettleAsync(CancellationToken cancel)
    {
        await Task.Delay(Awaking, cancel);
        await using var connection = await _cluster.OpenAsync(_database, cancel);
        await using var isBusy = new NpgsqlCommand(Long, connection);
        var started = Stopwatch.GetTimestamp();
        for (var quiet = started; Stopwatch.GetElapsedTime(quiet) < Settled
            && Stopwatch.GetElapsedTime(started) < SettlesWithin;)
        {
            await Task.Delay(Settled / 10, cancel);
            quiet = (bool)(await isBusy.ExecuteScalarAsync(cancel))! ? Stopwatch.GetTimestamp() : quiet;
        }
    }

    /// <summary>
    /// How fast the slowest of all that follows the ledger comes up behind it while nothing else is to be done.
    /// </summary>
    /// <returns>Sales per second.</returns>
    public async Task<double> FollowAsync(CancellationToken cancel)
    {
        await using var connection = await _cluster.OpenAsync(_database, cancel);
        await using var slowest = new NpgsqlCommand(
            """
            SELECT least(
              coalesce((SELECT position FROM chart_cursor), 0), coalesce((SELECT position FROM recorded_cursor), 0),
              coalesce((SELECT max(position) FROM product_sales_editions), 0))
            """, connection);
        var (started, first) = (Stopwatch.GetTimestamp(), await AtAsync());
        await Task.Delay(FollowedFor, cancel);
        return (await AtAsync() - first) / Stopwatch.GetElapsedTime(started).TotalSeconds;

        async Task<long> AtAsync() => (long)(await slowest.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Sales in the ledger.</summary>
    public async Task<long> CountAsync(CancellationToken cancel)
    {
        await using var connection = await _cluster.OpenAsync(_database, cancel);
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM entries WHERE kind = 1 AND state = 0", connection);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _connections.ForEach(connection => connection.Dispose());
        Thaw();
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }

        await _broker.DisposeAsync();
    }

    private static async Task StartAsync(ServiceUnderTest[] services, CancellationToken cancel)
    {
        await Task.WhenAll(services.Select(service => service.StartAsync(cancel)));
        await Task.WhenAll(services.Select(service => service.ReadyAsync(cancel)));
    }
}
