using System.Net;
using System.Security.Cryptography;
using KioskFleet.Agent.Enrolment;
using KioskFleet.Agent.Hosting;
using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Settings;
using KioskFleet.Agent.Uplink;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.CityLoad;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KioskFleet.Simulators.Fleet;

/// <summary>Where the agents of a run live and whom they talk to. Immutable.</summary>
/// <param name="Folder">The folder that holds a folder per cabinet.</param>
/// <param name="Service">The fleet service, for enrolment.</param>
/// <param name="Broker">The broker.</param>
/// <param name="BootUtc">The instant at which the boots of this run began; before the first event.</param>
/// <param name="GreetUtc">The instant that the clocks show at the first hello; not before the boot.</param>
internal sealed record AgentPlace(
    string Folder, Uri Service, DnsEndPoint Broker, DateTimeOffset BootUtc, DateTimeOffset GreetUtc)
{
    /// <summary>How the agents send; as shipped unless a test needs it quicker.</summary>
    public UplinkSettings Uplink { get; init; } = new();

    /// <summary>The folder of one cabinet.</summary>
    public string FolderOf(CabinetId cabinet) => Path.Combine(Folder, cabinet.Value);
}

/// <summary>
/// The product's agent for one cabinet, inside this process: real journal files, real enrolment, real MQTT. Only its
/// clocks are the load's, and the local HTTP API is left out: the vend flow is called directly. One caller at a time.
/// </summary>
internal sealed class CabinetAgent : IAsyncDisposable
{
    /// <summary>How long one cabinet may wait until the service takes its enrolment.</summary>
    public static readonly TimeSpan EnrolWithin = TimeSpan.FromMinutes(5);

    /// <summary>At least the time between two hellos on a healthy link.</summary>
    private static readonly TimeSpan HelloInterval = TimeSpan.FromMinutes(11);

    private static readonly TimeSpan SkipInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan EnrolInterval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    private readonly IHost _host;
    private readonly CabinetTime _clock;
    private readonly SkippableTime _waiting;
    private readonly JournalStore _store;
    private readonly VendFlow _flow;

    private CabinetAgent(LoadCabinet cabinet, string folder, IHost host, CabinetTime clock, SkippableTime waiting)
    {
        Cabinet = cabinet;
        Folder = folder;
        _host = host;
        _clock = clock;
        _waiting = waiting;
        _store = host.Services.GetRequiredService<JournalStore>();
        _flow = host.Services.GetRequiredService<VendFlow>();
    }

    /// <summary>The cabinet.</summary>
    public LoadCabinet Cabinet { get; }

    /// <summary>The agent's data directory.</summary>
    public string Folder { get; }

    /// <summary>The last committed entry's number in the current journal.</summary>
    public ulong CommittedSeq => _store.Current.Facts.Committed.Seq;

    /// <summary>The vend flow, for loads that ask it themselves.</summary>
    public VendFlow Flow => _flow;

    /// <summary>Entries not committed yet.</summary>
    public long Backlog => _store.Current.Backlog;

    /// <summary>The journal's own sums.</summary>
    public RunningSums Sums => _store.Current.Sums;

    /// <summary>Why nothing moves, in the uplink's words.</summary>
    public string Trouble
    {
        get
        {
            var status = _host.Services.GetRequiredService<UplinkMonitor>().Status;
            return $"link {status.Link}, last refusal {status.LastRefusal}, {status.LastError}";
        }
    }

    /// <summary>Opens the journal of a cabinet; the uplink starts with <see cref="StartAsync"/>.</summary>
    public static CabinetAgent Open(LoadCabinet cabinet, AgentPlace place, TimeProvider real)
    {
        Span<byte> boot = stackalloc byte[BootId.Size];
        RandomNumberGenerator.Fill(boot);
        var clock = new CabinetTime(BootId.Read(boot), place.BootUtc, cabinet.WallError, real);
        clock.MoveTo(place.GreetUtc);
        return Open(cabinet, place, clock, real);
    }

    /// <summary>Opens it in a boot of the caller's, who moves its clocks.</summary>
    public static CabinetAgent Open(LoadCabinet cabinet, AgentPlace place, CabinetTime clock, TimeProvider real)
    {
        var folder = place.FolderOf(cabinet.Id);
        var waiting = new SkippableTime(real);
        var settings = new AgentSettings
        {
            DataDirectory = folder,
            ServiceUrl = place.Service,
            Broker = new BrokerSettings { Host = place.Broker.Host, Port = place.Broker.Port },
            Uplink = place.Uplink,
        };
        var host = AgentHost.Build(settings, new AgentOverrides
        {
            Clock = clock,
            Time = waiting,
            WithLocalApi = false,
            Plan = cabinet.Plan,
            // A simulated cabinet has one vend open at a time; thousands of them share this disk.
            Journal = static options => options with { ReservedApprovals = 1, BytesPerApproval = 64 * 1024 },
        });
        return new CabinetAgent(cabinet, folder, host, clock, waiting);
    }

    /// <summary>
    /// Enrols with a new token, unless this folder was enrolled by an earlier run. A service that takes no more
    /// enrolments for now is asked again for a while.
    /// </summary>
    /// <exception cref="FleetApiException">The service makes no token or does not take it.</exception>
    public async Task EnrolAsync(FleetApi api, TimeProvider real, CancellationToken cancel)
    {
        if (_host.Services.GetRequiredService<IdentityFolder>().ReadRecord() is not null)
        {
            return;
        }

        var pending = new PendingToken(await api.MakeTokenAsync(Cabinet.Id, cancel), Cabinet.Id.Value);
        var client = _host.Services.GetRequiredService<EnrolmentClient>();
        for (var started = real.GetTimestamp(); ;)
        {
            var outcome = await client.EnrolAsync(pending, cancel);
            if (outcome is EnrolmentOutcome.Enrolled)
            {
                return;
            }

            if (outcome is not EnrolmentOutcome.Unreachable || real.GetElapsedTime(started) > EnrolWithin)
            {
                throw new FleetApiException($"{Cabinet.Id} could not enrol: {outcome}");
            }

            await Task.Delay(EnrolInterval, real, cancel);
        }
    }

    /// <summary>Starts the uplink.</summary>
    public Task StartAsync(CancellationToken cancel) => _host.StartAsync(cancel);

    /// <summary>
    /// Waits until the service has answered the first hello of this boot, and aligns the clock to what was observed.
    /// </summary>
    /// <exception cref="FleetApiException">It did not answer in time.</exception>
    public async Task GreetAsync(TimeSpan within, TimeProvider real, CancellationToken cancel)
    {
        for (var started = real.GetTimestamp(); ;)
        {
            if (_store.Current.ObservationOf(_clock.Boot) is { } observation)
            {
                _clock.Align(observation);
                return;
            }

            if (real.GetElapsedTime(started) > within)
            {
                throw new FleetApiException($"{Cabinet.Id} was not answered within {within.TotalSeconds} s: {Trouble}");
            }

            await Task.Delay(LookInterval, real, cancel);
        }
    }

    /// <summary>Puts the clock to the event and tells it to the agent; returns after the fsync.</summary>
    public ScriptOutcome Perform(LoadEvent happening)
    {
        _clock.MoveTo(happening.AtUtc);
        return VendScript.Perform(_flow, happening);
    }

    /// <summary>
    /// Lets time pass without an event, up to an instant of the load, and waits until the service has answered a hello
    /// that was sent then: the answer to an earlier one may come late. The service's clock must be there already.
    /// </summary>
    /// <exception cref="FleetApiException">It did not answer in time.</exception>
    public async Task PassAsync(DateTimeOffset instantUtc, TimeSpan within, TimeProvider real, CancellationToken cancel)
    {
        var monitor = _host.Services.GetRequiredService<UplinkMonitor>();
        _clock.MoveTo(instantUtc);
        var sinceWallUtcMs = _clock.WallUtcMs;
        _waiting.Skip(HelloInterval);
        var skipped = real.GetTimestamp();
        for (var started = skipped; monitor.Status.HeardWallUtcMs < sinceWallUtcMs;)
        {
            if (real.GetElapsedTime(started) > within)
            {
                throw new FleetApiException($"{Cabinet.Id} was not answered within {within.TotalSeconds} s: {Trouble}");
            }

            if (real.GetElapsedTime(skipped) > SkipInterval)
            {
                // The answer to an earlier hello has put the next off.
                _waiting.Skip(HelloInterval);
                skipped = real.GetTimestamp();
            }

            await Task.Delay(LookInterval, real, cancel);
        }
    }

    /// <summary>The cabinet loses its power: it is not heard any more. Its journal can still be read.</summary>
    public Task LeaveAsync(CancellationToken cancel) => _host.StopAsync(cancel);

    /// <summary>Puts the clock to an instant and lets it run on.</summary>
    public void RunFrom(DateTimeOffset instantUtc)
    {
        _clock.MoveTo(instantUtc);
        _clock.Run();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }
        else
        {
            _host.Dispose();
        }
    }
}
