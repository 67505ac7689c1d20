using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using KioskFleet.Protocol.Topics;
using KioskFleet.TestKit;
using MQTTnet.Protocol;
using MQTTnet.Server;
using Xunit;

namespace KioskFleet.Agent.Tests.Uplink;

/// <summary>A broker in this process that refuses what it is told to refuse, with a scripted ledger in it.</summary>
internal sealed class RefusingBroker : IAsyncDisposable
{
    private readonly MqttServer _server;
    private readonly ScriptedLedger _ledger;
    private readonly ConcurrentDictionary<Lane, int> _published = new();
    private readonly Channel<byte> _gone = Channel.CreateUnbounded<byte>();

    private RefusingBroker(ScriptedLedger ledger, int port)
    {
        _ledger = ledger;
        Port = port;
        _server = new MqttServerFactory().CreateMqttServer(new MqttServerOptionsBuilder()
            .WithDefaultEndpoint()
            .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
            .WithDefaultEndpointBoundIPV6Address(IPAddress.None)
            .WithDefaultEndpointPort(port)
            .Build());
        _server.ValidatingConnectionAsync += connection =>
        {
            Password = connection.Password;
            return Task.CompletedTask;
        };
        _server.ClientDisconnectedAsync += _ =>
        {
            _gone.Writer.TryWrite(default);
            return Task.CompletedTask;
        };
        _server.InterceptingPublishAsync += OnPublishAsync;
    }

    public int Port { get; }

    /// <summary>The password of the newest connection.</summary>
    public string Password { get; private set; } = "";

    /// <summary>The answer to a message, by its lane and how many of that lane came before it.</summary>
    public Func<Lane, int, MqttPubAckReasonCode> Answer { get; set; } = (_, _) => MqttPubAckReasonCode.Success;

    public static async Task<RefusingBroker> StartAsync(ScriptedLedger ledger)
    {
        var broker = new RefusingBroker(ledger, FreePort.Next());
        await broker._server.StartAsync();
        return broker;
    }

    /// <summary>
    /// Waits until the broker has taken leave of one connection more: one of the same name that comes while it still
    /// does so may be ended together with the old one.
    /// </summary>
    public Task OneMoreGoneAsync() => _gone.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask()
        .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    public int Published(Lane lane) => _published.GetValueOrDefault(lane);

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new MqttServerStopOptions());
        _server.Dispose();
    }

    private async Task OnPublishAsync(InterceptingPublishEventArgs args)
    {
        if (!CabinetTopic.TryParse(args.ApplicationMessage.Topic, out var topic) || topic.Lane == Lane.Receipt)
        {
            return;
        }

        var before = _published.AddOrUpdate(topic.Lane, 1, (_, count) => count + 1) - 1;
        args.Response.ReasonCode = Answer(topic.Lane, before);
        if (args.Response.ReasonCode != MqttPubAckReasonCode.Success)
        {
            args.ProcessPublish = false;
            return;
        }

        if (topic.Lane is Lane.Hello or Lane.Batch)
        {
            foreach (var receipt in _ledger.Handle(args.ApplicationMessage.Payload.ToArray()))
            {
                await _server.InjectApplicationMessage(new InjectedMqttApplicationMessage(
                    new MQTTnet.MqttApplicationMessage
                    {
                        Topic = (topic with { Lane = Lane.Receipt }).ToString(),
                        Payload = new ReadOnlySequence<byte>(receipt),
                    }));
            }
        }
    }
}
