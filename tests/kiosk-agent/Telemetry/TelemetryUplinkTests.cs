using System.Buffers;
using System.Collections.Concurrent;
using KioskFleet.Agent.Settings;
using KioskFleet.Agent.Telemetry;
using KioskFleet.Agent.Tests.Uplink;
using KioskFleet.Agent.Uplink;
using KioskFleet.Protocol.Telemetry;
using KioskFleet.Protocol.Topics;
using KioskFleet.TestKit;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit;

namespace KioskFleet.Agent.Tests.Telemetry;

/// <summary>The lane on a real uplink.</summary>
public sealed class TelemetryUplinkTests
{
    private static readonly TelemetrySettings Quick = new() { IntervalSeconds = 5 };

    private readonly ScriptedLedger _ledger = new();

    [Fact]
    public async Task The_journal_goes_first_and_telemetry_when_it_is_quiet()
    {
        var transport = new WatchedTransport(new InProcessTransport(_ledger));
        await using var agent = new LinkedAgent(transport, telemetry: Quick);
        agent.Sell(1_200);
        await agent.StartAsync();
        await agent.DrainedAsync();
        Assert.DoesNotContain(Lane.Telemetry, transport.Sent.Select(sent => sent.Lane));
        await agent.UntilAsync(() => transport.Messages.Any(Says), "telemetry of the drained journal was sent");

        var message = transport.Messages.Last(Says);
        var readings = message.Samples.SelectMany(sample => sample.Readings).ToList();
        Assert.Equal(LinkedAgent.Cabinet, message.Header.Cabinet.Value);
        Assert.Contains(readings, reading => reading is TelemetryReading.Agent { Version: "0.1.0" });
        Assert.Contains(readings, reading => reading is TelemetryReading.Disk { FreeBytes: > 0 });
        Assert.Contains(message.Header.Clocks, clock => clock.Boot == message.Header.Sent.Boot);
        await agent.UntilAsync(
            () => agent.Services.GetRequiredService<TelemetryParts>().Keep.Waiting == 0, "what was sent is gone");

        static bool Says(TelemetryMessage message) => message.Samples.SelectMany(sample => sample.Readings)
            .Any(reading => reading is TelemetryReading.Backlog { Entries: 0, OldestAgeMs: 0 });
    }

    [Fact]
    public async Task While_no_receipt_comes_telemetry_keeps_away()
    {
        _ledger.Silent = true;
        var transport = new WatchedTransport(new InProcessTransport(_ledger));
        await using var agent = new LinkedAgent(transport, telemetry: Quick);
        agent.Sell(3);
        await agent.StartAsync();
        await agent.UntilAsync(() => transport.Sent.Count >= 2, "the hello was sent again");
        Assert.Empty(transport.Messages);
    }

    [Fact]
    public async Task What_was_measured_while_offline_comes_with_the_link_newest_first()
    {
        var transport = new WatchedTransport(new InProcessTransport(_ledger) { IsAway = true });
        await using var agent = new LinkedAgent(transport, telemetry: Quick);
        await agent.StartAsync();
        var desk = agent.Services.GetRequiredService<TelemetryDesk>();
        for (var degrees = 1; degrees <= 3; degrees++)
        {
            agent.Advance(TimeSpan.FromSeconds(100));
            desk.Take("push", new SourceOutcome.Told(
                [new TelemetryReading.Temperature("main", degrees),
                    new TelemetryReading.Door("main", degrees % 2 == 1, 0)], 0));

            // The door makes it urgent, and only a cut that has it ends that.
            await agent.UntilAsync(() => !desk.IsUrgent, "it was cut");
        }

        transport.Inner.IsAway = false;
        await agent.UntilAsync(
            () =>
            {
                // One message a second, of the agent's clock.
                agent.Advance(TimeSpan.FromMilliseconds(100));
                return transport.Degrees.Distinct().Count() == 3;
            },
            "all was told");
        var told = transport.Messages.SelectMany(message => message.Samples)
            .Where(sample => sample.Readings.Any(reading => reading is TelemetryReading.Temperature))
            .Select(sample => sample.Time.MonotonicMs).ToList();
        Assert.Equal(told.OrderDescending().First(), told[0]);
        Assert.Equal([1, 2, 3], transport.Degrees.Distinct().Order());
    }

    [Fact]
    public async Task Over_a_real_broker_it_arrives_on_its_topic()
    {
        ServerAvailability.RequireMosquitto();
        await using var broker = await MosquittoServer.StartAsync(new MosquittoOptions
        {
            Users = new Dictionary<string, string> { [LinkedAgent.Cabinet] = "secret", ["fleet-service"] = "service" },
            AccessList = ["user fleet-service", "topic readwrite kf/v1/#", "pattern write kf/v1/%u/up/+",
                "pattern read kf/v1/%u/down/+"],
        });
        var heard = new ConcurrentQueue<(MqttQualityOfServiceLevel Quality, byte[] Payload)>();
        using var service = await AttachAsync(broker.Port, heard);
        await using var agent = new LinkedAgent(
            null, new BrokerSettings { Host = "127.0.0.1", Port = broker.Port, TimeoutSeconds = 2 }, telemetry: Quick);
        agent.Sell(10);
        await agent.StartAsync();
        await agent.DrainedAsync();
        await agent.UntilAsync(() => !heard.IsEmpty, "telemetry arrived");
        Assert.True(heard.TryPeek(out var first));
        Assert.Equal(MqttQualityOfServiceLevel.AtMostOnce, first.Quality);
        Assert.True(TelemetryReader.TryRead(first.Payload, out var message, out _));
        Assert.Equal(LinkedAgent.Cabinet, message.Header.Cabinet.Value);
        Assert.True(agent.Services.GetRequiredService<TelemetryParts>().Status.LastSentWallUtcMs > 0);
    }

    private async Task<IMqttClient> AttachAsync(
        int port, ConcurrentQueue<(MqttQualityOfServiceLevel, byte[])> heard)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        client.ApplicationMessageReceivedAsync += async args =>
        {
            var payload = args.ApplicationMessage.Payload.ToArray();
            Assert.True(CabinetTopic.TryParse(args.ApplicationMessage.Topic, out var topic));
            if (topic.Lane == Lane.Telemetry)
            {
                heard.Enqueue((args.ApplicationMessage.QualityOfServiceLevel, payload));
                return;
            }

            foreach (var receipt in _ledger.Handle(payload))
            {
                await client.PublishAsync(new MqttApplicationMessageBuilder()
                    .WithTopic((topic with { Lane = Lane.Receipt }).ToString()).WithPayload(receipt).Build());
            }
        };
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithClientId("fleet-service").WithCredentials("fleet-service", "service").Build());
        await client.SubscribeAsync(CabinetTopic.AllUp, MqttQualityOfServiceLevel.AtLeastOnce);
        return client;
    }

    /// <summary>Watches what goes up; telemetry ends here.</summary>
    private sealed class WatchedTransport(InProcessTransport inner) : IUplinkTransport
    {
        public InProcessTransport Inner => inner;

        public ConcurrentQueue<(Lane Lane, byte[] Payload)> Sent { get; } = new();

        public IEnumerable<TelemetryMessage> Messages => Sent.Where(sent => sent.Lane == Lane.Telemetry)
            .Select(sent => TelemetryReader.TryRead(sent.Payload, out var message, out var problem)
                ? message
                : throw new Xunit.Sdk.XunitException($"{problem}"));

        public IReadOnlyList<int> Degrees => [.. Messages.SelectMany(message => message.Samples)
            .SelectMany(sample => sample.Readings).OfType<TelemetryReading.Temperature>()
            .Select(reading => reading.MilliCelsius)];

        public Task<ConnectOutcome> ConnectAsync(
            UplinkTarget target, UplinkCallbacks callbacks, CancellationToken cancel) =>
            inner.ConnectAsync(target, callbacks, cancel);

        public Task<Handover> SendAsync(CabinetTopic topic, ReadOnlyMemory<byte> payload, CancellationToken cancel)
        {
            Sent.Enqueue((topic.Lane, payload.ToArray()));
            return topic.Lane == Lane.Telemetry
                ? Task.FromResult(Handover.Taken)
                : inner.SendAsync(topic, payload, cancel);
        }

        public Task DropAsync() => inner.DropAsync();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
