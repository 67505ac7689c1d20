using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Broker;
using KioskFleet.TestKit;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Xunit;

namespace KioskFleet.Service.Tests.Broker;

public sealed class ExternalBrokerTests
{
    private static readonly CabinetId A = CabinetId.Parse("A1");
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_and_receipts_pass_through_a_real_broker_and_do_again_after_its_restart()
    {
        ServerAvailability.RequireMosquitto();
        await using var mosquitto = await MosquittoServer.StartAsync(new MosquittoOptions());
        await using var rig = await StartAsync(mosquitto.Port);
        await UntilAsync(() => rig.Link.IsReady);
        rig.Handler.OnMessage = async (m, ct) =>
            await rig.Link.SendDownAsync(new CabinetTopic(m.Topic.Cabinet, Lane.Receipt), m.Payload, false, ct);
        Assert.Equal([1], await AskAsync(mosquitto.Port, [1]));
        Assert.True(rig.Link.IsConnected(A));

        await mosquitto.StopAsync();
        await UntilAsync(() => !rig.Link.IsReady);
        await Assert.ThrowsAsync<BrokerUnavailableException>(async () => await rig.Link.SendDownAsync(
            new CabinetTopic(A, Lane.Receipt), new byte[] { 1 }, false, Stop));
        await mosquitto.StartAgainAsync();
        await UntilAsync(() => rig.Link.IsReady);
        Assert.Equal([2], await AskAsync(mosquitto.Port, [2]));
    }

    [Fact]
    public async Task No_more_messages_are_under_way_than_the_receive_maximum_and_none_is_lost()
    {
        ServerAvailability.RequireMosquitto();
        await using var mosquitto = await MosquittoServer.StartAsync(new MosquittoOptions());
        await using var rig = await StartAsync(mosquitto.Port);
        await UntilAsync(() => rig.Link.IsReady);
        var (now, most) = (0, 0);
        var gate = new TaskCompletionSource();
        rig.Handler.OnMessage = async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await gate.Task;
            Interlocked.Decrement(ref now);
        };
        using var client = await ClientAsync(mosquitto.Port, "K");
        for (var i = 0; i < 100; i++)
        {
            await client.PublishAsync(Message(CabinetId.Parse($"K{i}"), [1]), Stop);
        }

        await rig.Handler.WaitAsync(4, Stop).WaitAsync(Soon, Stop);
        await Task.Delay(300, Stop);
        Assert.Equal(4, rig.Handler.Messages.Count);
        gate.SetResult();
        await rig.Handler.WaitAsync(100, Stop).WaitAsync(Soon, Stop);
        Assert.Equal(4, most);
    }

    [Fact]
    public async Task What_is_sent_without_acknowledgement_is_held_in_bounds_and_never_for_the_journal()
    {
        ServerAvailability.RequireMosquitto();
        await using var mosquitto = await MosquittoServer.StartAsync(new MosquittoOptions());
        await using var rig = await StartAsync(mosquitto.Port);
        await UntilAsync(() => rig.Link.IsReady);
        var gate = new TaskCompletionSource();
        rig.Handler.OnMessage = async (_, _) => await gate.Task;
        using var client = await ClientAsync(mosquitto.Port, "K");
        foreach (var lane in (Lane[])[Lane.Batch, Lane.Hello, Lane.Telemetry])
        {
            for (var i = 0; i < 50; i++)
            {
                var message = Message(A, [1], lane);
                message.QualityOfServiceLevel = MqttQualityOfServiceLevel.AtMostOnce;
                await client.PublishAsync(message, Stop);
            }
        }

        await rig.Handler.WaitAsync(4, Stop).WaitAsync(Soon, Stop);
        await Task.Delay(300, Stop);
        Assert.Equal(4, rig.Handler.Messages.Count);
        Assert.All(rig.Handler.Messages, message => Assert.Equal(Lane.Telemetry, message.Topic.Lane));
        gate.SetResult();
        await client.PublishAsync(Message(A, [2]), Stop);
        await rig.Handler.WaitAsync(5, Stop).WaitAsync(Soon, Stop);
    }

    [Fact]
    public async Task A_message_that_fails_frees_its_place_and_a_kept_config_waits_for_its_cabinet()
    {
        ServerAvailability.RequireMosquitto();
        await using var mosquitto = await MosquittoServer.StartAsync(new MosquittoOptions());
        await using var rig = await StartAsync(mosquitto.Port);
        await UntilAsync(() => rig.Link.IsReady);
        rig.Handler.OnMessage = (_, _) => throw new InvalidOperationException("full");
        using var client = await ClientAsync(mosquitto.Port, "K");
        for (var i = 0; i < 20; i++)
        {
            await client.PublishAsync(Message(A, [1]), Stop);
        }

        await rig.Handler.WaitAsync(20, Stop).WaitAsync(Soon, Stop);
        await rig.Link.SendDownAsync(new CabinetTopic(A, Lane.Config), new byte[] { 8 }, true, Stop);
        var received = await ListenAsync(client);
        Assert.Equal([8], await received.Task.WaitAsync(Soon, Stop));
    }

    private static Task<BrokerRig> StartAsync(int port) => BrokerRig.StartAsync(
        ("Broker:Mode", "External"), ("Broker:External:Host", "127.0.0.1"), ("Broker:External:Port", $"{port}"),
        ("Broker:External:ReceiveMaximum", "4"), ("Broker:External:MaxReconnectDelaySeconds", "1"));

    private static async Task<byte[]> AskAsync(int port, byte[] payload)
    {
        using var client = await ClientAsync(port, A.Value);
        var received = await ListenAsync(client);
        await client.PublishAsync(Message(A, payload), Stop);
        return await received.Task.WaitAsync(Soon, Stop);
    }

    private static async Task<TaskCompletionSource<byte[]>> ListenAsync(IMqttClient client)
    {
        var received = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ApplicationMessageReceivedAsync += args =>
        {
            received.TrySetResult(System.Buffers.BuffersExtensions.ToArray(args.ApplicationMessage.Payload));
            return Task.CompletedTask;
        };
        await client.SubscribeAsync(CabinetTopic.AllDown(A), MqttQualityOfServiceLevel.AtLeastOnce, Stop);
        return received;
    }

    private static async Task<IMqttClient> ClientAsync(int port, string id)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithClientId(id)
                .WithProtocolVersion(MqttProtocolVersion.V500).Build(), Stop);
        return client;
    }

    private static MqttApplicationMessage Message(CabinetId cabinet, byte[] payload, Lane lane = Lane.Batch) => new()
    {
        Topic = new CabinetTopic(cabinet, lane).ToString(),
        Payload = new System.Buffers.ReadOnlySequence<byte>(payload),
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
    };

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Soon);
        while (!condition())
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
