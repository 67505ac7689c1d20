using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Fleet;
using KioskFleet.TestKit;
using Microsoft.Data.Sqlite;
using Xunit;

namespace KioskFleet.EndToEnd.Tests.Clocks;

/// <summary>An entry's business day and moment as the ledger dated it.</summary>
/// <param name="Day">yyyymmdd, Asia/Shanghai.</param>
/// <param name="AtUtc">The corrected moment.</param>
/// <param name="State">0 when it counts.</param>
internal sealed record DatedEntry(int Day, DateTimeOffset AtUtc, int State);

/// <summary>
/// A whole service and one cabinet's real agent inside this process, on clocks of the test's own: days pass in no time.
/// </summary>
internal sealed class TimedFleet : IAsyncDisposable
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);
    private static readonly CabinetId Cabinet = CabinetId.Parse("cabinet-1");

    private readonly TemporaryFolder _folder = new("timed-fleet");
    private readonly SimulatedInstant _instant;
    private readonly LoadCabinet _cabinet;
    private int _sequence;

    private TimedFleet(DateTimeOffset startUtc, TimeSpan wallError)
    {
        _instant = new SimulatedInstant(startUtc, TimeProvider.System);
        _cabinet = new LoadCabinet
        {
            Id = Cabinet,
            County = CountyCode.Parse("341122"),
            OperatorId = "op-1",
            Row = "341122",
            WallError = wallError,
            Events = static () => [],
        };
    }

    public LocalFleet Service { get; private set; } = null!;

    public CabinetAgent Agent { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts the service; the cabinet is registered and enrolled, and its uplink is not started.</summary>
    public static async Task<TimedFleet> StartAsync(DateTimeOffset startUtc, TimeSpan wallError = default)
    {
        var fleet = new TimedFleet(startUtc, wallError);
        fleet.Service = await LocalFleet.StartAsync(
            fleet._folder.Folder("service"), new FleetTime(fleet._instant), Cancel);
        await fleet.Service.Api.RegisterAsync([fleet._cabinet], Cancel);
        fleet.Agent = fleet.Boot(startUtc);
        await fleet.Agent.EnrolAsync(fleet.Service.Api, TimeProvider.System, Cancel);
        return fleet;
    }

    /// <summary>Everybody's clocks show an instant: the cabinet reboots, and sells from then on.</summary>
    public async Task RebootAsync(DateTimeOffset instantUtc)
    {
        await Agent.DisposeAsync();
        Agent = Boot(instantUtc);
    }

    /// <summary>The service's clock shows an instant.</summary>
    public void ServiceAt(DateTimeOffset instantUtc) => _instant.MoveTo(instantUtc);

    /// <summary>The uplink goes up, and the service's first answer of this boot is here.</summary>
    public async Task ConnectAsync()
    {
        await Agent.StartAsync(Cancel);
        await Agent.GreetAsync(Within, TimeProvider.System, Cancel);
    }

    /// <summary>The uplink goes up at an instant of a boot that has sold already.</summary>
    public async Task ConnectWithoutAlignAsync(DateTimeOffset instantUtc)
    {
        Agent.RunFrom(instantUtc);
        await Agent.StartAsync(Cancel);
    }

    /// <summary>A sale at an instant; answered after the fsync.</summary>
    public void Sell(DateTimeOffset atUtc, long paidFen)
    {
        var id = $"v-{++_sequence}";
        var outcome = Agent.Perform(new SaleIntent(Cabinet, _sequence, atUtc, id,
            [new SaleLine("", "SKU-001", "霍山石斛", 1, paidFen, paidFen)],
            new Payment(PaymentMethod.WeChat, id, id)));
        Assert.IsType<ScriptOutcome.Recorded>(outcome);
    }

    /// <summary>Waits until the ledger has everything.</summary>
    public async Task DrainAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Within);
        while (Agent.Backlog > 0)
        {
            await Task.Delay(20, limit.Token);
        }

        Assert.True(Service.ProveLedger(Cancel).IsProven);
    }

    /// <summary>The ledger's sales in the order of their numbers.</summary>
    public IReadOnlyList<DatedEntry> Sales() => Read(
        "SELECT business_day, utc_ms, state FROM entries WHERE kind = 1 ORDER BY seq",
        row => new DatedEntry(
            row.GetInt32(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), row.GetInt32(2)));

    /// <summary>The kinds of findings.</summary>
    public IReadOnlyList<string> Findings() =>
        Read("SELECT kind FROM findings ORDER BY kind", row => row.GetString(0));

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        await Service.DisposeAsync();
        _folder.Dispose();
    }

    private CabinetAgent Boot(DateTimeOffset instantUtc) => CabinetAgent.Open(
        _cabinet,
        new AgentPlace(_folder.Folder("agents"), Service.Api.Service, Service.BrokerEndPoint, instantUtc, instantUtc),
        TimeProvider.System);

    private List<T> Read<T>(string sql, Func<SqliteDataReader, T> read)
    {
        using var connection = Service.Database.OpenReader();
        using var command = ((SqliteFleetConnection)connection).Driver.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
