using System.Buffers;
using System.Collections.Concurrent;
using KioskFleet.Agent.Settings;
using KioskFleet.Agent.Uplink;
using KioskFleet.Protocol.Presence;
using KioskFleet.Protocol.Topics;
using KioskFleet.TestKit;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit;

namespace KioskFleet.Agent.Tests.Uplink;

/// <summary>The uplink over a real broker and a network that can be broken.</summary>
public sealed class MqttUplinkTests
{
    private const string ServiceUser = "fleet-service";

    private readonly ScriptedLedger _ledger = new();
    private readonly ConcurrentQueue<PresenceNote> _presence = new();

    [Fact]
    public async Task A_backlog_drains_through_a_real_broker()
    {
        ServerAvailability.RequireMosquitto();
        await using var broker = await StartBrokerAsync();
        using var service = await AttachAsync(broker.Port);
        await using var agent = AgentAt(broker.Port);
        agent.Sell(1_200);
        await agent.StartAsync();
        await agent.DrainedAsync();
        Assert.Equal(1_200ul, _ledger.HeadOf(agent.Store.Current.Id));
        Assert.Equal(LinkState.Connected, agent.Status.Link);
    }

    [Fact]
    public async Task Cut_connections_are_made_anew_and_nothing_is_lost_or_doubled()
    {
        ServerAvailability.RequireMosquitto();
        await using var broker = await StartBrokerAsync();
        using var service = await AttachAsync(broker.Port);
        await using var proxy = TcpFaultProxy.Start(broker.Port);
        await using var agent = AgentAt(proxy.Port);
        await agent.StartAsync();
        for (var round = 0; round < 5; round++)
        {
            agent.Sell(300);
            await Task.Delay(50, TestContext.Current.CancellationToken);
            proxy.CutAll();
        }

        await agent.DrainedAsync();
        Assert.Equal(1_500ul, _ledger.HeadOf(agent.Store.Current.Id));
        Assert.True(agent.Status.Connects > 1);
        Assert.Equal(1, _ledger.Journals);
    }

    [Fact]
    public async Task Every_session_says_that_it_is_there_and_its_will_that_it_ended_and_numbers_grow_over_restarts()
    {
        ServerAvailability.RequireMosquitto();
        await using var broker = await StartBrokerAsync();
        await using var proxy = TcpFaultProxy.Start(broker.Port);
        await using var agent = AgentAt(proxy.Port);
        using (var service = await AttachAsync(broker.Port))
        {
            await agent.StartAsync();
            await agent.UntilAsync(() => _presence.Any(p => p.Online), "it said that it is online");
            proxy.CutAll();
            await agent.UntilAsync(() => Sessions().Length == 2, "it came back");
            await agent.RestartAsync();
            await agent.UntilAsync(() => Sessions().Length == 3, "it came back after a restart");
        }

        // The broker kept the newest state for a service that comes later.
        var sessions = Sessions();
        Assert.Equal(sessions.Order(), sessions);
        Assert.Equal(sessions[..2], _presence.Where(p => !p.Online).Select(p => p.Session).Distinct());
        _presence.Clear();
        using var later = await AttachAsync(broker.Port);
        await agent.UntilAsync(() => _presence.TryPeek(out var kept) && kept.Online && kept.Session == sessions[2],
            "the kept state is read");
        await agent.DisposeAsync();
        await agent.UntilAsync(() => _presence.Any(p => !p.Online && p.Session == sessions[2]), "it said goodbye");

        ulong[] Sessions() => [.. _presence.Where(p => p.Online).Select(p => p.Session).Distinct()];
    }

    [Fact]
    public async Task A_half_open_connection_heals_itself()
    {
        ServerAvailability.RequireMosquitto();
        await using var broker = await StartBrokerAsync();
        using var service = await AttachAsync(broker.Port);
        await using var proxy = TcpFaultProxy.Start(broker.Port);
        await using var agent = AgentAt(proxy.Port);
        await agent.StartAsync();
        agent.Sell(1);
        await agent.DrainedAsync();
        proxy.GoDark();
        agent.Sell(10);
        await agent.UntilAsync(() => agent.Status.Link != LinkState.Connected, "the dead connection was noticed");
        proxy.Pass();
        await agent.DrainedAsync();
        Assert.Equal(11ul, _ledger.HeadOf(agent.Store.Current.Id));
    }

    [Fact]
    public async Task A_restarted_broker_is_found_again()
    {
        ServerAvailability.RequireMosquitto();
        await using var broker = await StartBrokerAsync();
        await using var agent = AgentAt(broker.Port);
        await agent.StartAsync();
        await agent.UntilAsync(() => agent.Status.Link == LinkState.Connected, "it is connected");
        broker.Kill();
        agent.Sell(5);
        await agent.UntilAsync(() => agent.Status.Link != LinkState.Connected, "the loss was noticed");
        await broker.StartAgainAsync();
        using var service = await AttachAsync(broker.Port);
        await agent.DrainedAsync();
        Assert.Equal(5ul, _ledger.HeadOf(agent.Store.Current.Id));
    }

    [Fact]
    public async Task A_broker_that_does_not_accept_the_password_is_told_apart_from_one_that_is_down()
    {
        ServerAvailability.RequireMosquitto();
        await using var broker = await MosquittoServer.StartAsync(
            new MosquittoOptions { Users = new Dictionary<string, string> { [LinkedAgent.Cabinet] = "another" } });
        await using var transport = new MqttTransport(new BrokerSettings { TimeoutSeconds = 2 });
        var target = new UplinkTarget(Protocol.Identity.CabinetId.Parse(LinkedAgent.Cabinet), "127.0.0.1", broker.Port,
            LinkedAgent.Cabinet, "secret", new Protocol.Presence.PresenceNote(true, 1, 1));
        var callbacks = new UplinkCallbacks((_, _) => { }, _ => { });
        var refused = Assert.IsType<ConnectOutcome.Refused>(
            await transport.ConnectAsync(target, callbacks, TestContext.Current.CancellationToken));
        Assert.True(refused.Credentials);
        await broker.StopAsync();
        await Assert.ThrowsAsync<UplinkBrokenException>(
            () => transport.ConnectAsync(target, callbacks, TestContext.Current.CancellationToken));
    }

    private static Task<MosquittoServer> StartBrokerAsync() => MosquittoServer.StartAsync(new MosquittoOptions
    {
        Users = new Dictionary<string, string> { [LinkedAgent.Cabinet] = "secret", [ServiceUser] = "service" },
        AccessList = ["user fleet-service", "topic readwrite kf/v1/#", "pattern write kf/v1/%u/up/+",
            "pattern read kf/v1/%u/down/+"],
    });

    private static LinkedAgent AgentAt(int port) => new(
        null, new BrokerSettings { Host = "127.0.0.1", Port = port, KeepAliveSeconds = 1, TimeoutSeconds = 2 });

    private async Task<IMqttClient> AttachAsync(int port)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        client.ApplicationMessageReceivedAsync += async message =>
        {
            Assert.True(CabinetTopic.TryParse(message.ApplicationMessage.Topic, out var topic));
            if (topic.Lane == Lane.Presence)
            {
                Assert.True(PresenceNote.TryParse(message.ApplicationMessage.Payload.ToArray(), out var note));
                _presence.Enqueue(note);
                return;
            }

            foreach (var receipt in _ledger.Handle(message.ApplicationMessage.Payload.ToArray()))
            {
                await client.PublishAsync(new MqttApplicationMessageBuilder()
                    .WithTopic((topic with { Lane = Lane.Receipt }).ToString())
                    .WithPayload(receipt)
                    .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                    .Build());
            }
        };
        await client.ConnectAsync(new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", port)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithClientId(ServiceUser)
            .WithCredentials(ServiceUser, "service")
            .Build());
        await client.SubscribeAsync(CabinetTopic.AllUp, MqttQualityOfServiceLevel.AtLeastOnce);
        return client;
    }
}
