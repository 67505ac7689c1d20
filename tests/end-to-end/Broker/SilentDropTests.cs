using System.Globalization;
using System.Net;
using System.Text;
using KioskFleet.Agent.Settings;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Sending;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Servers;
using KioskFleet.TestKit;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Xunit;

namespace KioskFleet.EndToEnd.Tests.Broker;

/// <summary>
/// A real Mosquitto with its default limits drops QoS 1 messages in silence when more than 1,000 wait for a subscriber;
/// the cabinets have their PUBACKs. Receipts make that harmless.
/// </summary>
public sealed class SilentDropTests(ITestOutputHelper output)
{
    private const int Cabinets = 60;
    private const int SalesEach = 40;
    private const int PaidFen = 350;

    // What waits at the broker for one subscriber: those under way and Mosquitto's default queue.
    private const int ReceiveMaximum = 256;
    private const int DefaultQueue = 1_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Batches_that_Mosquitto_acknowledged_and_dropped_in_silence_are_in_the_ledger_exactly_once()
    {
        ServerAvailability.RequireMosquitto();
        using var folder = new TemporaryFolder("silent-drop");
        await using var mosquitto = await MosquittoServer.StartAsync(
            new MosquittoOptions { ExtraLines = ["sys_interval 1"] });
        var port = mosquitto.Port.ToString(CultureInfo.InvariantCulture);
        await using var service = new ServiceUnderTest(folder.Path,
        [
            "Broker:Mode=External", "Broker:External:Host=127.0.0.1", $"Broker:External:Port={port}",
            $"Broker:External:ReceiveMaximum={ReceiveMaximum}", "Broker:External:KeepAliveSeconds=3600",
            $"Broker:PublicPort={port}",
        ]);
        await service.StartAsync(Stop);
        using var watch = await BrokerWatch.StartAsync(mosquitto.Port);
        var agents = await StartAgentsAsync(folder, service, mosquitto.Port);
        try
        {
            // The subscriber stands still with its connection open. Every batch is acknowledged by the broker, gets no
            // receipt and is sent again.
            service.Freeze();
            for (var sale = 0; sale < SalesEach; sale++)
            {
                agents.ForEach(agent => Sell(agent, sale));
                await Task.Delay(50, Stop);
            }

            await UntilAsync(
                () => watch.Batches > ReceiveMaximum + DefaultQueue + 100 && watch.Dropped >= 100,
                () => $"{watch.Batches} batches published, {watch.Dropped} dropped");
            Assert.All(agents, agent => Assert.InRange(agent.Backlog, 1, SalesEach));
            output.WriteLine($"{watch.Batches} batches published and acknowledged, {watch.Dropped} messages dropped");

            service.Thaw();
            await UntilAsync(() => agents.All(agent => agent.Backlog == 0),
                () => $"{agents.Sum(agent => agent.Backlog)} entries wait; {agents.MaxBy(a => a.Backlog)!.Trouble}");
        }
        finally
        {
            service.Thaw();
            foreach (var agent in agents)
            {
                await agent.DisposeAsync();
            }
        }

        Assert.True(await service.StopAsync());
        using var ledger = SqliteEngine.OpenFile(service.DatabasePath);
        var proof = LedgerProof.Run(ledger, null, Stop);
        Assert.True(proof.IsProven, string.Join('\n', proof.Problems));
        var sales = ledger.Query(
            """
            SELECT j.cabinet_id, count(*), sum(e.aid_fen + e.ordinary_fen + e.unmapped_fen) FROM entries e
            JOIN batches b ON b.batch_id = e.batch_id JOIN journals j ON j.journal_no = b.journal_no
            WHERE e.kind = 1 AND e.state = 0 GROUP BY j.cabinet_id
            """, row => (row.Text(0), row.Long(1), row.Long(2)));
        Assert.Equal(Cabinets, sales.Count);
        Assert.All(sales, sold => Assert.Equal((SalesEach, (long)SalesEach * PaidFen), (sold.Item2, sold.Item3)));
        output.WriteLine($"{sales.Sum(sold => sold.Item2)} sales in the ledger, each once");
    }

    private static void Sell(CabinetAgent agent, int sale)
    {
        var id = $"v-{sale}";
        var outcome = agent.Perform(new SaleIntent(
            agent.Cabinet.Id, sale, TimeProvider.System.GetUtcNow(), id,
            [new SaleLine("", "SKU-001", "霍山石斛", 1, PaidFen, PaidFen)], new Payment(PaymentMethod.WeChat, id, id)));
        Assert.IsType<ScriptOutcome.Recorded>(outcome);
    }

    private static async Task<List<CabinetAgent>> StartAgentsAsync(
        TemporaryFolder folder, ServiceUnderTest service, int port)
    {
        using var api = new FleetApi(service.Address, service.AdminToken);
        var cabinets = Enumerable.Range(0, Cabinets).Select(i => new LoadCabinet
        {
            Id = CabinetId.Parse($"drop-{i}"),
            County = CountyCode.Parse("341122"),
            OperatorId = "op-1",
            Row = "341122",
            Events = static () => [],
        }).ToList();
        await api.RegisterAsync(cabinets, Stop);
        var now = TimeProvider.System.GetUtcNow();
        var place = new AgentPlace(
            folder.Folder("agents"), service.Address, new DnsEndPoint("127.0.0.1", port), now, now)
        {
            // As shipped but for the waiting times; one connection, so that nothing but batches is sent again.
            Uplink = new UplinkSettings
            {
                Sender = new SenderOptions
                {
                    AnswerTimeoutMs = 1_000, BackoffBaseMs = 10, BackoffCapMs = 200, UnansweredBeforeReconnect = 100,
                },
            },
        };
        var agents = new List<CabinetAgent>();
        foreach (var cabinet in cabinets)
        {
            var agent = CabinetAgent.Open(cabinet, place, TimeProvider.System);
            agents.Add(agent);
            await agent.EnrolAsync(api, TimeProvider.System, Stop);
            await agent.StartAsync(Stop);
            await agent.GreetAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Stop);
        }

        return agents;
    }

    private static async Task UntilAsync(Func<bool> condition, Func<string> state)
    {
        for (var started = TimeProvider.System.GetTimestamp(); !condition();)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(120), state());
            await Task.Delay(100, Stop);
        }
    }

    /// <summary>Counts batches as they are published, and what the broker says that it dropped.</summary>
    private sealed class BrokerWatch : IDisposable
    {
        private const string DroppedTopic = "$SYS/broker/publish/messages/dropped";
        private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
        private int _batches;
        private long _dropped;

        public int Batches => Volatile.Read(ref _batches);

        public long Dropped => Interlocked.Read(ref _dropped);

        public static async Task<BrokerWatch> StartAsync(int port)
        {
            var watch = new BrokerWatch();
            watch._client.ApplicationMessageReceivedAsync += args =>
            {
                if (args.ApplicationMessage.Topic == DroppedTopic)
                {
                    var text = Encoding.ASCII.GetString(System.Buffers.BuffersExtensions.ToArray(
                        args.ApplicationMessage.Payload));
                    Interlocked.Exchange(ref watch._dropped, long.Parse(text, CultureInfo.InvariantCulture));
                }
                else
                {
                    Interlocked.Increment(ref watch._batches);
                }

                return Task.CompletedTask;
            };
            await watch._client.ConnectAsync(
                new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithClientId("watch")
                    .WithProtocolVersion(MqttProtocolVersion.V500).Build(), Stop);
            await watch._client.SubscribeAsync("kf/v1/+/up/batch", MqttQualityOfServiceLevel.AtMostOnce, Stop);
            await watch._client.SubscribeAsync(DroppedTopic, MqttQualityOfServiceLevel.AtMostOnce, Stop);
            return watch;
        }

        public void Dispose() => _client.Dispose();
    }
}
