using KioskFleet.Agent.Settings;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;
using KioskFleet.Simulators.Bench;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Servers;

namespace KioskFleet.Simulators.Outage;

/// <summary>
/// The service as a process of its own and the cabinets of a run: those that will be away, and the healthy ones. Not
/// thread-safe.
/// </summary>
internal sealed class OutageWorld : IAsyncDisposable
{
    private const int Boots = 7_000_000;

    private readonly OutageOptions _options;
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _running = [];

    private OutageWorld(OutageOptions options, ServiceUnderTest service)
    {
        _options = options;
        Service = service;
    }

    /// <summary>The service.</summary>
    public ServiceUnderTest Service { get; }

    /// <summary>Those that will be away.</summary>
    public IReadOnlyList<VirtualCabinet> Away { get; private set; } = [];

    /// <summary>Those that never are.</summary>
    public IReadOnlyList<VirtualCabinet> Healthy { get; private set; } = [];

    /// <summary>What links of those that were away went through since the return.</summary>
    public LinkTally Tally { get; } = new();

    /// <summary>What links of healthy cabinets went through.</summary>
    public LinkTally TallyOfHealthy { get; } = new();

    /// <summary>The link's settings.</summary>
    public required VirtualUplink Uplink { get; init; }

    /// <summary>When the outage began, Unix milliseconds UTC.</summary>
    public required long BeganUtcMs { get; init; }

    /// <summary>Registers and enrols the cabinets, and starts the service.</summary>
    public static async Task<OutageWorld> StartAsync(
        OutageOptions options, string root, TimeProvider time, Action<string> progress, CancellationToken cancel)
    {
        var service = new ServiceUnderTest(root);
        var count = options.Cabinets + options.Healthy;
        var identities = await BenchFleet.PrepareAsync(service.Folder, count,
            done => progress($"registering and enrolling: {done} of {count}"));
        var began = (time.GetUtcNow() - options.Outage).ToUnixTimeMilliseconds();
        var world = new OutageWorld(options, service)
        {
            BeganUtcMs = began,
            Uplink = new VirtualUplink(service.BrokerPort, new UplinkSettings(), new BrokerSettings(), time),
        };
        try
        {
            await service.StartAsync(cancel);
            world.Away = [.. identities.Take(options.Cabinets).Select((one, i) => world.Cabinet(one, i, true))];
            world.Healthy = [.. identities.Skip(options.Cabinets)
                .Select((one, i) => world.Cabinet(one, options.Cabinets + i, false))];
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>What a cabinet sells.</summary>
    public OutageSales SalesOf(int number) => new(_options.Seed, number);

    /// <summary>Starts cabinets; they link until the token is cancelled, or the world ends.</summary>
    /// <param name="cabinets">The cabinets.</param>
    /// <param name="firstTryMs">The wait before a cabinet's first try.</param>
    /// <param name="stop">Ends their links.</param>
    public async Task RunAsync(
        IReadOnlyList<VirtualCabinet> cabinets, Func<int, long> firstTryMs, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _end.Token);
        await Task.WhenAll(cabinets.Select((one, i) => Task.Run(
            () => one.RunAsync(firstTryMs(i), either.Token), CancellationToken.None)));
    }

    /// <summary>Keeps a task that ends with the world.</summary>
    public void Keep(Task running) => _running.Add(running);

    /// <summary>The first failure of a kept task; null while all go on.</summary>
    public Exception? Failure => _running.Find(static one => one.IsFaulted)?.Exception?.GetBaseException();

    /// <summary>Ends all links and waits for them.</summary>
    public async Task EndLinksAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_running);
    }

    /// <summary>Compares every journal with the ledger; the service is stopped.</summary>
    public EntryProofResult Prove()
    {
        using var database = FleetDatabase.OpenToRead(new StorageOptions { DataDirectory = Service.Folder });
        var proof = new EntryProof();
        foreach (var row in EntryRows.OfLedger(database))
        {
            proof.Committed(row);
        }

        foreach (var cabinet in Away.Concat(Healthy))
        {
            foreach (var row in cabinet.Journal.Rows(cabinet.Identity.Id))
            {
                proof.Recorded(row);
            }

            proof.Stated(cabinet.Identity.Id, cabinet.Journal.Sums);
        }

        return proof.End();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var cabinet in Away.Concat(Healthy))
        {
            await cabinet.DisposeAsync();
        }

        await Service.DisposeAsync();
        _end.Dispose();
    }

    private VirtualCabinet Cabinet(BenchCabinet identity, int number, bool isAway)
    {
        var boot = new BootId((UInt128)(Boots + number));
        var journal = new VirtualJournal(identity.Journal, boot, BeganUtcMs - 3_600_000);
        return new VirtualCabinet(identity, journal, Uplink, isAway ? Tally : TallyOfHealthy,
            new Random(unchecked((int)_options.Seed * 31 + number)));
    }
}
