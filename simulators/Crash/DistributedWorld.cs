using System.Data;
using System.Globalization;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Reconciliation;
using KioskFleet.Service.Storage;
using KioskFleet.Simulators.Faults;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Servers;

namespace KioskFleet.Simulators.Crash;

/// <summary>A service among several, with its own links to broker and database.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Service">The process.</param>
/// <param name="ToBroker">Its link to the broker.</param>
/// <param name="ToDatabase">Its link to the database.</param>
internal sealed record Replica(int Number, ServiceUnderTest Service, FaultProxy ToBroker, FaultProxy ToDatabase);

/// <summary>
/// Everything that a campaign over several services runs: Mosquitto, PostgreSQL, VictoriaMetrics, the services,
/// cabinets and their load. Owns the processes; whatever way it is disposed, none of them is left. Driven by one caller
/// at a time.
/// </summary>
internal sealed class DistributedWorld : IAsyncDisposable
{
    private const string Database = "kioskfleet";
    private const string County = "341122";

    private readonly CrashOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _loadEnds = new();
    private Task _loading = Task.CompletedTask;

    /// <summary>Prepares; nothing runs yet.</summary>
    public DistributedWorld(CrashOptions options, int replicas, TimeProvider time)
    {
        (_options, _time) = (options, time);
        PostgreSql = new PostgreSqlCluster(Path.Combine(options.Folder, "postgresql"));
        Broker = new MosquittoBroker(Path.Combine(options.Folder, "mosquitto"));
        Series = new VictoriaMetrics(
            InstalledProgram.Need(VictoriaMetrics.DefaultProgram, VictoriaMetrics.DefaultProgram),
            Directory.CreateDirectory(Path.Combine(options.Folder, "series")).FullName);
        Replicas = [.. Enumerable.Range(1, replicas).Select(MakeReplica)];
        Cabinets = [.. Enumerable.Range(1, options.Agents).Select(number => new CabinetUnderTest(
            $"cabinet-{number}", options.Folder, Replicas[0].Service.Address, Broker.Port, time))];
        Loads = [.. Cabinets.Select((cabinet, index) => new CabinetLoad(
            cabinet.Name, cabinet.Address, Book, unchecked(options.Seed * 1_009 + (ulong)index)))];
    }

    /// <summary>The database's server.</summary>
    public PostgreSqlCluster PostgreSql { get; }

    /// <summary>The broker.</summary>
    public MosquittoBroker Broker { get; }

    /// <summary>The server of time series.</summary>
    public VictoriaMetrics Series { get; }

    /// <summary>The services.</summary>
    public IReadOnlyList<Replica> Replicas { get; }

    /// <summary>The cabinets.</summary>
    public IReadOnlyList<CabinetUnderTest> Cabinets { get; }

    /// <summary>The load of each cabinet.</summary>
    public IReadOnlyList<CabinetLoad> Loads { get; }

    /// <summary>What was sent and answered.</summary>
    public AnswerBook Book { get; } = new();

    /// <summary>Starts all, registers and enrols the cabinets, and begins the load.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        await PostgreSql.StartAsync(cancel);
        await PostgreSql.MakeDatabaseAsync(Database, cancel);
        await Broker.StartAsync(cancel);
        await Series.StartAsync(cancel);
        var first = Replicas[0].Service;
        await first.StartAsync(cancel);
        foreach (var replica in Replicas.Skip(1))
        {
            // Services of one database share the key of payers.
            File.Copy(
                Path.Combine(first.Folder, PayerKey.FileName), Path.Combine(replica.Service.Folder, PayerKey.FileName));
        }

        await Task.WhenAll(Replicas.Skip(1).Select(replica => replica.Service.StartAsync(cancel)));
        using (var api = new FleetApi(first.Address, first.AdminToken))
        {
            await api.RegisterAsync([.. Cabinets.Select(cabinet => new LoadCabinet
            {
                Id = CabinetId.Parse(cabinet.Name),
                County = CountyCode.Parse(County),
                Row = County,
                Events = static () => [],
            })], cancel);
            foreach (var cabinet in Cabinets)
            {
                await cabinet.EnrolAsync(await api.MakeTokenAsync(CabinetId.Parse(cabinet.Name), cancel), cancel);
            }
        }

        await MendAsync(cancel);
        _loading = Task.WhenAll(Loads.Select(load => load.RunAsync(_time, _loadEnds.Token)));
    }

    /// <summary>Makes every link good, thaws what stands still and starts whatever does not run.</summary>
    public async Task MendAsync(CancellationToken cancel)
    {
        Broker.Thaw();
        await PostgreSql.StartAsync(cancel);
        await Broker.StartAsync(cancel);
        await Series.StartAsync(cancel);
        foreach (var link in Replicas.SelectMany(replica => (FaultProxy[])[replica.ToBroker, replica.ToDatabase])
            .Concat(Cabinets.Select(cabinet => cabinet.Link)))
        {
            link.Faults = LinkFaults.None;
        }

        foreach (var replica in Replicas.Where(replica => replica.Service.IsRunning))
        {
            replica.Service.Thaw();
        }

        await Task.WhenAll(Replicas.Select(replica => replica.Service.StartAsync(cancel))
            .Concat(Cabinets.Select(cabinet => cabinet.StartAsync(cancel))));
    }

    /// <summary>Reads the ledger with eyes of its own.</summary>
    public async Task<LedgerFacts> ReadLedgerAsync(CancellationToken cancel)
    {
        await using var connection = await PostgreSql.OpenAsync(Database, cancel);
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        return LedgerRows.Read(connection);
    }

    /// <summary>The database, only to read.</summary>
    public FleetDatabase OpenToRead() => FleetDatabase.OpenToRead(new StorageOptions
    {
        Engine = StorageEngine.PostgreSql,
        PostgreSql = new PostgreSqlOptions
        {
            Host = "127.0.0.1", Port = PostgreSql.Port, Database = Database, User = Database,
            PasswordFile = PostgreSql.PasswordFile, MaxConnections = 6,
        },
    });

    /// <summary>Ends the load.</summary>
    public async Task EndLoadAsync()
    {
        await _loadEnds.CancelAsync();
        await _loading;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _loadEnds.CancelAsync();
        foreach (var cabinet in Cabinets)
        {
            await cabinet.DisposeAsync();
        }

        foreach (var replica in Replicas)
        {
            await replica.Service.DisposeAsync();
            await replica.ToBroker.DisposeAsync();
            await replica.ToDatabase.DisposeAsync();
        }

        await Series.DisposeAsync();
        await Broker.DisposeAsync();
        await PostgreSql.DisposeAsync();
        await _loading;
        foreach (var load in Loads)
        {
            load.Dispose();
        }

        _loadEnds.Dispose();
    }

    private Replica MakeReplica(int number)
    {
        var (toBroker, toDatabase) = (new FaultProxy(Broker.Port, _time), new FaultProxy(PostgreSql.Port, _time));
        var root = Directory.CreateDirectory(Path.Combine(
            _options.Folder, string.Create(CultureInfo.InvariantCulture, $"replica-{number}"))).FullName;
        return new Replica(
            number,
            new ServiceUnderTest(root,
            [
                .. PostgreSql.Settings(Database, toDatabase.Port), .. Broker.Settings(toBroker.Port),
                "Series:Enabled=true", $"Series:Url={Series.Address}", "Series:Org=kioskfleet", "Series:Bucket=sales",
                "Series:BatchEntries=50", "Series:IdleMilliseconds=100", "Series:MaxRetryDelaySeconds=1",
                "Replicas:LeaseSeconds=6", "Replicas:LookMilliseconds=300", "Broker:External:KeepAliveSeconds=5",
            ]),
            toBroker, toDatabase);
    }
}
