using System.Net.Sockets;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit;

namespace KioskFleet.Service.Tests.Broker;

public sealed class EmbeddedBrokerTests
{
    private static readonly CabinetId A = CabinetId.Parse("A1");
    private static readonly CabinetId B = CabinetId.Parse("B1");
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_cabinets_own_up_message_is_handed_over_with_its_bytes()
    {
        await using var rig = await BrokerRig.StartAsync();
        using var client = await rig.ConnectAsync(A, Stop);
        var result = await client.PublishAsync(Message(new CabinetTopic(A, Lane.Batch), [1, 2, 3]), Stop);
        Assert.True(result.IsSuccess);
        var message = Assert.Single(rig.Handler.Messages);
        Assert.Equal(new CabinetTopic(A, Lane.Batch), message.Topic);
        Assert.Equal([1, 2, 3], message.Payload.ToArray());
        Assert.True(rig.Link.IsConnected(A));
        Assert.False(rig.Link.IsConnected(B));
    }

    [Theory]
    [InlineData("kf/v1/B1/up/batch")]
    [InlineData("kf/v1/A1/down/receipt")]
    [InlineData("kf/v1/A1/up/other")]
    [InlineData("anything")]
    public async Task Who_publishes_elsewhere_is_told_and_cut(string topic)
    {
        await using var rig = await BrokerRig.StartAsync();
        using var client = await rig.ConnectAsync(A, Stop);
        var gone = new TaskCompletionSource<MqttClientDisconnectReason>();
        client.DisconnectedAsync += args =>
        {
            gone.TrySetResult(args.Reason);
            return Task.CompletedTask;
        };
        _ = client.PublishAsync(new MqttApplicationMessage { Topic = topic }, Stop);
        Assert.Equal(MqttClientDisconnectReason.NotAuthorized, await gone.Task.WaitAsync(Soon, Stop));
        Assert.Empty(rig.Handler.Messages);
    }

    [Fact]
    public async Task A_wrong_password_user_name_or_cabinet_is_refused()
    {
        await using var rig = await BrokerRig.StartAsync();
        var password = await rig.IssueAsync(A);
        await rig.IssueAsync(B);
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await TryAsync(rig, "A1", "A1", "wrong"));
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await TryAsync(rig, "A1", "B1", password));
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await TryAsync(rig, "B1", "B1", password));
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await TryAsync(rig, "C1", "C1", password));
        Assert.Equal(
            MqttClientConnectResultCode.ClientIdentifierNotValid, await TryAsync(rig, "no/id", "no/id", password));
        Assert.Equal(MqttClientConnectResultCode.Success, await TryAsync(rig, "A1", "A1", password));
    }

    [Fact]
    public async Task A_used_new_password_ends_the_old_one_and_an_unused_one_does_not()
    {
        await using var rig = await BrokerRig.StartAsync();
        var old = await rig.IssueAsync(A);
        var fresh = await rig.IssueAsync(A);
        Assert.Equal(MqttClientConnectResultCode.Success, await TryAsync(rig, "A1", "A1", old));
        Assert.Equal(MqttClientConnectResultCode.Success, await TryAsync(rig, "A1", "A1", fresh));
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await TryAsync(rig, "A1", "A1", old));
    }

    [Fact]
    public async Task An_oversized_payload_is_refused_and_neither_its_sender_nor_others_are_cut()
    {
        await using var rig = await BrokerRig.StartAsync();
        using var other = await rig.ConnectAsync(B, Stop);
        using var client = await rig.ConnectAsync(A, Stop);
        var result = await client.PublishAsync(
            Message(new CabinetTopic(A, Lane.Hello), new byte[Limits.MaxHelloBytes + 1]), Stop);
        Assert.Equal(MqttClientPublishReasonCode.QuotaExceeded, result.ReasonCode);
        var largest = await client.PublishAsync(
            Message(new CabinetTopic(A, Lane.Batch), new byte[Limits.MaxBatchBytes]), Stop);
        Assert.True(largest.IsSuccess);
        Assert.True((await other.PublishAsync(Message(new CabinetTopic(B, Lane.Hello), [1]), Stop)).IsSuccess);
        Assert.Equal(2, rig.Handler.Messages.Count);
    }

    [Fact]
    public async Task A_packet_that_announces_more_than_is_taken_ends_its_connection_before_it_is_sent()
    {
        await using var rig = await BrokerRig.StartAsync();
        using var client = await rig.ConnectAsync(A, Stop);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", rig.Port, Stop);

        // A CONNECT of 200 MiB: only its length comes.
        await socket.SendAsync(new byte[] { 0x10, 0x80, 0x80, 0x80, 0x64 }, Stop);
        Assert.Equal(0, await socket.ReceiveAsync(new byte[16], Stop).AsTask().WaitAsync(Soon, Stop));
        Assert.True((await client.PublishAsync(Message(new CabinetTopic(A, Lane.Hello), [1]), Stop)).IsSuccess);
    }

    [Fact]
    public async Task A_receipt_goes_to_its_own_cabinet_only()
    {
        await using var rig = await BrokerRig.StartAsync();
        using var a = await rig.ConnectAsync(A, Stop);
        using var b = await rig.ConnectAsync(B, Stop);
        var toA = await ListenAsync(a, A);
        var toB = await ListenAsync(b, B);
        await rig.Link.SendDownAsync(new CabinetTopic(B, Lane.Receipt), new byte[] { 7 }, false, Stop);
        await rig.Link.SendDownAsync(new CabinetTopic(A, Lane.Receipt), new byte[] { 9 }, false, Stop);
        Assert.Equal([9], await toA.Task.WaitAsync(Soon, Stop));
        Assert.Equal([7], await toB.Task.WaitAsync(Soon, Stop));
        await rig.Link.SendDownAsync(
            new CabinetTopic(CabinetId.Parse("absent"), Lane.Receipt), new byte[] { 1 }, false, Stop);
    }

    [Theory]
    [InlineData("kf/v1/B1/down/+")]
    [InlineData("kf/v1/B1/down/receipt")]
    [InlineData("kf/v1/+/down/+")]
    [InlineData("#")]
    [InlineData("kf/v1/A1/#")]
    [InlineData("kf/v1/A1/up/batch")]
    public async Task A_foreign_filter_is_not_granted(string filter)
    {
        await using var rig = await BrokerRig.StartAsync();
        using var client = await rig.ConnectAsync(A, Stop);
        var answer = await client.SubscribeAsync(filter, cancellationToken: Stop);
        Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, answer.Items.Single().ResultCode);
    }

    [Fact]
    public async Task A_kept_config_is_delivered_when_the_cabinet_subscribes_later_and_the_newest_wins()
    {
        await using var rig = await BrokerRig.StartAsync();
        await rig.Link.SendDownAsync(new CabinetTopic(A, Lane.Config), new byte[] { 1 }, true, Stop);
        await rig.Link.SendDownAsync(new CabinetTopic(A, Lane.Config), new byte[] { 2 }, true, Stop);
        await rig.Link.SendDownAsync(new CabinetTopic(B, Lane.Config), new byte[] { 3 }, true, Stop);
        using var a = await rig.ConnectAsync(A, Stop);
        Assert.Equal([2], await (await ListenAsync(a, A)).Task.WaitAsync(Soon, Stop));
    }

    [Fact]
    public async Task A_connection_that_takes_over_gets_the_receipts_and_the_old_one_is_told()
    {
        await using var rig = await BrokerRig.StartAsync();
        using var old = await rig.ConnectAsync(A, Stop);
        await ListenAsync(old, A);
        var gone = new TaskCompletionSource<MqttClientDisconnectReason>();
        old.DisconnectedAsync += args =>
        {
            gone.TrySetResult(args.Reason);
            return Task.CompletedTask;
        };
        using var fresh = await rig.ConnectAsync(A, Stop);
        var received = await ListenAsync(fresh, A);
        Assert.Equal(MqttClientDisconnectReason.SessionTakenOver, await gone.Task.WaitAsync(Soon, Stop));
        await Task.Delay(200, Stop);
        Assert.True(rig.Link.IsConnected(A));
        await rig.Link.SendDownAsync(new CabinetTopic(A, Lane.Receipt), new byte[] { 5 }, false, Stop);
        Assert.Equal([5], await received.Task.WaitAsync(Soon, Stop));
        await fresh.DisconnectAsync(cancellationToken: Stop);
        await UntilAsync(() => !rig.Link.IsConnected(A));
    }

    [Fact]
    public async Task The_puback_waits_until_the_message_was_taken_and_others_do_not()
    {
        await using var rig = await BrokerRig.StartAsync();
        var taken = new TaskCompletionSource();
        rig.Handler.OnMessage = (m, _) => m.Topic.Cabinet == A ? taken.Task : Task.CompletedTask;
        using var a = await rig.ConnectAsync(A, Stop);
        using var b = await rig.ConnectAsync(B, Stop);
        var waiting = a.PublishAsync(Message(new CabinetTopic(A, Lane.Batch), [1]), Stop);
        await b.PublishAsync(Message(new CabinetTopic(B, Lane.Batch), [1]), Stop);
        Assert.False(waiting.IsCompleted);
        taken.SetResult();
        Assert.True((await waiting.WaitAsync(Soon, Stop)).IsSuccess);
    }

    [Fact]
    public async Task A_handler_that_fails_costs_the_message_and_not_the_connection()
    {
        await using var rig = await BrokerRig.StartAsync();
        rig.Handler.OnMessage = (_, _) => throw new InvalidOperationException("full");
        using var a = await rig.ConnectAsync(A, Stop);
        var refused = await a.PublishAsync(Message(new CabinetTopic(A, Lane.Batch), [1]), Stop);
        Assert.Equal(MqttClientPublishReasonCode.UnspecifiedError, refused.ReasonCode);
        rig.Handler.OnMessage = (_, _) => Task.CompletedTask;
        Assert.True((await a.PublishAsync(Message(new CabinetTopic(A, Lane.Batch), [1]), Stop)).IsSuccess);
    }

    [Fact]
    public async Task Who_sends_too_fast_is_slowed_down_and_loses_nothing()
    {
        await using var rig = await BrokerRig.StartAsync(
            ("Broker:Embedded:MessagesPerSecond", "20"), ("Broker:Embedded:MessageBurst", "5"));
        using var a = await rig.ConnectAsync(A, Stop);
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 15; i++)
        {
            Assert.True((await a.PublishAsync(Message(new CabinetTopic(A, Lane.Telemetry), [1]), Stop)).IsSuccess);
        }

        Assert.Equal(15, rig.Handler.Messages.Count);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0.4, 5);
    }

    [Fact]
    public async Task Two_hundred_cabinets_at_once_each_get_their_own_answer()
    {
        await using var rig = await BrokerRig.StartAsync();
        rig.Handler.OnMessage = async (m, ct) =>
            await rig.Link.SendDownAsync(new CabinetTopic(m.Topic.Cabinet, Lane.Receipt), m.Payload, false, ct);
        var clients = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var cabinet = CabinetId.Parse($"K{i}");
            var client = await rig.ConnectAsync(cabinet, Stop);
            return (cabinet, client, Received: await ListenAsync(client, cabinet));
        }));
        await Task.WhenAll(clients.Select((c, i) => c.client.PublishAsync(
            Message(new CabinetTopic(c.cabinet, Lane.Batch), BitConverter.GetBytes(i)), Stop)));
        for (var i = 0; i < clients.Length; i++)
        {
            Assert.Equal(BitConverter.GetBytes(i), await clients[i].Received.Task.WaitAsync(Soon, Stop));
            clients[i].client.Dispose();
        }

        Assert.Equal(200, rig.Handler.Messages.Count);
    }

    [Fact]
    public async Task More_connections_than_allowed_are_turned_away_and_a_place_becomes_free_again()
    {
        await using var rig = await BrokerRig.StartAsync(("Broker:Embedded:MaxConnections", "1"));
        var first = await rig.ConnectAsync(A, Stop);
        await Assert.ThrowsAnyAsync<Exception>(() => rig.ConnectAsync(B, Stop));
        await first.DisconnectAsync(cancellationToken: Stop);
        first.Dispose();
        await UntilAsync(() => !rig.Link.IsConnected(A));
        await Task.Delay(100, Stop);
        using var second = await rig.ConnectAsync(B, Stop);
        Assert.True(second.IsConnected);
    }

    private static MqttApplicationMessage Message(CabinetTopic topic, byte[] payload) => new()
    {
        Topic = topic.ToString(),
        Payload = new System.Buffers.ReadOnlySequence<byte>(payload),
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
    };

    private static async Task<TaskCompletionSource<byte[]>> ListenAsync(IMqttClient client, CabinetId cabinet)
    {
        var received = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ApplicationMessageReceivedAsync += args =>
        {
            received.TrySetResult(System.Buffers.BuffersExtensions.ToArray(args.ApplicationMessage.Payload));
            return Task.CompletedTask;
        };
        await client.SubscribeAsync(CabinetTopic.AllDown(cabinet), MqttQualityOfServiceLevel.AtLeastOnce, Stop);
        return received;
    }

    private static async Task<MqttClientConnectResultCode> TryAsync(
        BrokerRig rig, string clientId, string userName, string password)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        return (await client.ConnectAsync(rig.Options(clientId, userName, password), Stop)).ResultCode;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Soon);
        while (!condition())
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
