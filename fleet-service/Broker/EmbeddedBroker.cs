using System.Net.Sockets;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;
using Microsoft.Extensions.Options;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace KioskFleet.Service.Broker;

/// <summary>
/// The MQTT 5 server inside this process. Sessions hold no subscriptions and no message is routed: what cabinets send
/// is handed over, and what goes down is put into the one session it is for. Thread-safe.
/// </summary>
internal sealed class EmbeddedBroker(
    IOptions<BrokerOptions> options, ConnectionGate gate, UpLane lane, DownLane down, BrokerAddress address,
    ILogger<EmbeddedBroker> log) : IBrokerLink, IHostedService, IDisposable
{
    private MqttServer? _server;
    private GuardedTcpAdapter? _door;

    /// <inheritdoc/>
    public bool IsReady => _server is { IsStarted: true };

    /// <inheritdoc/>
    public bool IsConnected(CabinetId cabinet) => down.Sessions.Contains(cabinet);

    /// <inheritdoc/>
    public ValueTask SendDownAsync(
        CabinetTopic topic, ReadOnlyMemory<byte> payload, bool retain, CancellationToken ct) =>
        down.SendAsync(topic, payload, retain, ct);

    /// <summary>Ends a cabinet's connection, when it has one; it may not come back with what it has.</summary>
    public Task CloseAsync(CabinetId cabinet) => IsConnected(cabinet)
        ? CloseAsync(cabinet.Value, MqttDisconnectReasonCode.NotAuthorized)
        : Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var embedded = options.Value.Embedded;
        down.Load();
        var serverOptions = new MqttServerOptionsBuilder()
            .WithDefaultCommunicationTimeout(TimeSpan.FromSeconds(embedded.ConnectTimeoutSeconds))
            .WithMaxPendingMessagesPerClient(BrokerLimits.MaxPendingDownMessages)
            .Build();
        serverOptions.PendingMessagesOverflowStrategy = MqttPendingMessagesOverflowStrategy.DropOldestQueuedMessage;
        _door = new GuardedTcpAdapter(embedded, down.Metrics, lane.Time, log);
        _server = new MqttServerFactory().CreateMqttServer(serverOptions, [_door], new MqttLibraryLog(log));
        _server.ValidatingConnectionAsync += gate.ValidateAsync;
        _server.ClientConnectedAsync += OnConnectedAsync;
        _server.ClientDisconnectedAsync += OnDisconnectedAsync;
        _server.InterceptingSubscriptionAsync += OnSubscribeAsync;
        _server.InterceptingUnsubscriptionAsync += OnUnsubscribeAsync;
        _server.InterceptingPublishAsync += OnPublishAsync;
        _server.InterceptingOutboundPacketAsync += OnOutboundAsync;
        try
        {
            await _server.StartAsync();
        }
        catch (SocketException error)
        {
            throw new IOException(
                $"Broker:Embedded: cannot listen on {embedded.BindAddress}:{embedded.Port}: {error.Message}. Stop what "
                + "listens there, or choose another port with --set Broker:Embedded:Port=PORT.", error);
        }

        address.ListensOn(_door.Port);
        BrokerLog.Listening(log, embedded.BindAddress, _door.Port);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is { IsStarted: true } server)
        {
            await server.StopAsync(new MqttServerStopOptions
            {
                DefaultClientDisconnectOptions = new MqttServerClientDisconnectOptions
                {
                    ReasonCode = MqttDisconnectReasonCode.ServerShuttingDown,
                },
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _server?.Dispose();
        _door?.Dispose();
    }

    private async Task OnConnectedAsync(ClientConnectedEventArgs args)
    {
        var cabinet = CabinetId.Parse(args.ClientId);
        down.Sessions.Add(
            cabinet, new CabinetSessions.Live(args.RemoteEndPoint, await _server!.GetSessionAsync(args.ClientId)));
        BrokerLog.Connected(log, cabinet, args.RemoteEndPoint?.ToString());
        if (!gate.MayStay(cabinet))
        {
            await CloseAsync(args.ClientId, MqttDisconnectReasonCode.NotAuthorized);
        }
    }

    private Task OnDisconnectedAsync(ClientDisconnectedEventArgs args)
    {
        // The broker knows the end of a connection itself, also of one that said goodbye without its will.
        var cabinet = CabinetId.Parse(args.ClientId);
        lane.Ended(cabinet, args.SessionItems);
        if (down.Sessions.Remove(cabinet, args.RemoteEndPoint))
        {
            BrokerLog.Left(log, cabinet, args.DisconnectType.ToString());
        }

        return Task.CompletedTask;
    }

    private async Task OnPublishAsync(InterceptingPublishEventArgs args)
    {
        await lane.TakeAsync(args);
        if (args.CloseConnection)
        {
            await CloseAsync(args.ClientId, MqttDisconnectReasonCode.NotAuthorized);
        }
    }

    private Task OnSubscribeAsync(InterceptingSubscriptionEventArgs args)
    {
        args.ProcessSubscription = false;
        var cabinet = CabinetId.Parse(args.ClientId);
        if (!CabinetRights.MaySubscribe(cabinet, args.TopicFilter.Topic))
        {
            BrokerLog.SubscriptionRefused(log, cabinet, args.TopicFilter.Topic);
            down.Metrics.Refused("subscription");
            args.Response.ReasonCode = MqttSubscribeReasonCode.NotAuthorized;
            return Task.CompletedTask;
        }

        args.Response.ReasonCode = args.TopicFilter.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce
            ? MqttSubscribeReasonCode.GrantedQoS0
            : MqttSubscribeReasonCode.GrantedQoS1;
        down.Subscribed(cabinet, args.Session, args.TopicFilter.Topic);
        return Task.CompletedTask;
    }

    private static Task OnUnsubscribeAsync(InterceptingUnsubscriptionEventArgs args)
    {
        args.ProcessUnsubscription = false;
        if (CabinetRights.MaySubscribe(CabinetId.Parse(args.ClientId), args.Topic))
        {
            CabinetSessions.Forget(args.SessionItems, args.Topic);
        }

        return Task.CompletedTask;
    }

    private static Task OnOutboundAsync(InterceptingPacketEventArgs args)
    {
        if (args.Packet is MqttConnAckPacket answer)
        {
            // Tells a cabinet what would be refused; the library does not.
            answer.MaximumPacketSize = BrokerLimits.MaxPacketBytes;
        }

        return Task.CompletedTask;
    }

    private async Task CloseAsync(string clientId, MqttDisconnectReasonCode why)
    {
        try
        {
            await _server!.DisconnectClientAsync(clientId, new MqttServerClientDisconnectOptions { ReasonCode = why });
        }
        catch (InvalidOperationException error)
        {
            // It left by itself between its message and this answer.
            BrokerLog.ConnectionFailed(log, error.Message);
        }
    }
}
