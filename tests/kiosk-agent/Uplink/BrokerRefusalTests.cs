using KioskFleet.Agent.Settings;
using KioskFleet.Agent.Tests.Enrolment;
using KioskFleet.Agent.Uplink;
using KioskFleet.Protocol.Presence;
using KioskFleet.Protocol.Topics;
using Microsoft.Extensions.Logging;
using MQTTnet.Protocol;
using Xunit;

namespace KioskFleet.Agent.Tests.Uplink;

/// <summary>What follows when a broker answers a message with a refusal.</summary>
public sealed class BrokerRefusalTests
{
    private readonly ScriptedLedger _ledger = new();

    [Theory]
    [InlineData(MqttPubAckReasonCode.QuotaExceeded)]
    [InlineData(MqttPubAckReasonCode.ImplementationSpecificError)]
    public async Task A_broker_that_limits_is_tried_again_later_on_the_same_link(MqttPubAckReasonCode code)
    {
        await using var broker = await RefusingBroker.StartAsync(_ledger);
        broker.Answer = (lane, before) => (lane, before) is (Lane.Hello, 0) or (Lane.Batch, < 3)
            ? code
            : MqttPubAckReasonCode.Success;
        await using var agent = AgentAt(broker.Port);
        agent.Sell(20);
        await agent.StartAsync();
        await agent.DrainedAsync();
        Assert.True(broker.Published(Lane.Batch) > 3);
        Assert.Equal((1, ""), (agent.Status.Connects, agent.Status.LastError));
    }

    [Fact]
    public async Task A_broker_that_forbids_a_batch_is_met_with_one_enrolment()
    {
        await using var service = await EnrolmentEndpoint.StartAsync(
            (200, """{"cabinetId":"CZ-0001","mqttUserName":"CZ-0001","mqttPassword":"new"}"""));
        await using var broker = await RefusingBroker.StartAsync(_ledger);
        broker.Answer = (lane, _) => lane == Lane.Batch && broker.Password != "new"
            ? MqttPubAckReasonCode.NotAuthorized
            : MqttPubAckReasonCode.Success;
        await using var agent = AgentAt(broker.Port, service.Url);
        agent.Sell(1);
        await agent.StartAsync();
        await agent.DrainedAsync();
        Assert.Equal("token", Assert.Single(service.Bodies).GetProperty("token").GetString());
    }

    [Fact]
    public async Task A_presence_that_is_refused_is_logged_once_a_connection()
    {
        await using var broker = await RefusingBroker.StartAsync(_ledger);
        broker.Answer = (lane, _) => lane == Lane.Presence
            ? MqttPubAckReasonCode.NotAuthorized
            : MqttPubAckReasonCode.Success;
        var log = new CountingLogger();
        await using var transport = new MqttTransport(new BrokerSettings { TimeoutSeconds = 2 }, log);
        var target = new UplinkTarget(Protocol.Identity.CabinetId.Parse(LinkedAgent.Cabinet), "127.0.0.1", broker.Port,
            LinkedAgent.Cabinet, "secret", new PresenceNote(true, 1, 1));
        for (var link = 1; link <= 2; link++)
        {
            Assert.IsType<ConnectOutcome.Connected>(await transport.ConnectAsync(
                target, new UplinkCallbacks((_, _) => { }, _ => { }), TestContext.Current.CancellationToken));
            await transport.SendAsync(
                new CabinetTopic(target.Cabinet, Lane.Hello), new byte[1], TestContext.Current.CancellationToken);
            Assert.Equal(link, log.Lines);
            await transport.DropAsync();
            await broker.OneMoreGoneAsync();
        }
    }

    [Fact]
    public async Task A_broker_without_the_service_is_told_in_the_status_until_an_answer_comes()
    {
        // This broker says of everything that nobody wants it, as one in the service does: alone it means nothing.
        await using var broker = await RefusingBroker.StartAsync(_ledger);
        await using var agent = AgentAt(broker.Port);
        agent.Sell(1);
        await agent.StartAsync();
        await agent.DrainedAsync();
        Assert.False(agent.Status.NobodyListens);
        _ledger.Silent = true;
        await agent.RestartAsync();
        await agent.UntilAsync(() => agent.Status.NobodyListens, "nobody listens");
        _ledger.Silent = false;
        await agent.UntilAsync(() => !agent.Status.NobodyListens, "an answer came");
    }

    private static LinkedAgent AgentAt(int port, Uri? service = null) => new(
        null, new BrokerSettings { Host = "127.0.0.1", Port = port, TimeoutSeconds = 2 }, service: service);

    private sealed class CountingLogger : ILogger
    {
        public int Lines { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Lines++;
    }
}
