using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using KioskFleet.Agent.Settings;
using KioskFleet.Protocol.Topics;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace KioskFleet.Agent.Uplink;

/// <summary>
/// MQTT 5 by MQTTnet: clean start, no session kept (the journal is the outbox), QoS 1 both ways but for telemetry, a
/// new client for every connection.
/// </summary>
internal sealed class MqttTransport(BrokerSettings settings, ILogger? logger = null) : IUplinkTransport
{
    /// <summary>Largest packet taken from the broker, in bytes.</summary>
    public const int MaxPacketBytes = 1024 * 1024;

    private readonly MqttClientFactory _factory = new();
    private IMqttClient? _client;
    private UplinkTarget? _target;
    private bool _presenceIsRefused;

    /// <inheritdoc/>
    public async Task<ConnectOutcome> ConnectAsync(
        UplinkTarget target, UplinkCallbacks callbacks, CancellationToken cancel)
    {
        await DropAsync();
        var client = _factory.CreateMqttClient();
        client.ApplicationMessageReceivedAsync += message => OnReceived(client, message, callbacks);
        client.DisconnectedAsync += ended => OnDisconnected(client, ended, callbacks);
        try
        {
            var result = await client.ConnectAsync(OptionsFor(target), cancel);
            if (result.ResultCode != MqttClientConnectResultCode.Success)
            {
                client.Dispose();
                return Refused(result.ResultCode, result.ReasonString);
            }

            // Set before subscribing: a disconnect from here on belongs to this connection.
            (_client, _target) = (client, target);
            _presenceIsRefused = false;
            var subscribed = await client.SubscribeAsync(
                CabinetTopic.AllDown(target.Cabinet), MqttQualityOfServiceLevel.AtLeastOnce, cancel);
            var granted = subscribed.Items.All(item => item.ResultCode <= MqttClientSubscribeResultCode.GrantedQoS2);
            if (granted)
            {
                await TellPresenceAsync(client, target, cancel);
                return new ConnectOutcome.Connected();
            }

            await DropAsync();
            return new ConnectOutcome.Refused("The broker does not let this cabinet subscribe its topics.", true);
        }
        catch (Exception exception) when (IsBroken(exception, cancel))
        {
            await DropAsync();
            client.Dispose();
            throw new UplinkBrokenException($"{target}: {exception.GetBaseException().Message}", exception);
        }
    }

    /// <inheritdoc/>
    public async Task<Handover> SendAsync(CabinetTopic topic, ReadOnlyMemory<byte> payload, CancellationToken cancel)
    {
        if (_client is not { } client)
        {
            throw new UplinkBrokenException("Not connected.");
        }

        var message = new MqttApplicationMessageBuilder()
            .WithTopic(topic.ToString())
            .WithPayload(new ReadOnlySequence<byte>(payload))
            .WithQualityOfServiceLevel(QualityOf(topic.Lane))
            .Build();
        MqttClientPublishResult result;
        try
        {
            result = await client.PublishAsync(message, cancel);
            if (topic.Lane == Lane.Hello && _target is { } target)
            {
                // Told again now and then: a broker may have lost what it kept, or dropped it in silence.
                await TellPresenceAsync(client, target, cancel);
            }
        }
        catch (Exception exception) when (IsBroken(exception, cancel))
        {
            throw new UplinkBrokenException(exception.GetBaseException().Message, exception);
        }

        if (!result.IsSuccess)
        {
            throw new UplinkRefusedException(
                $"The broker refused a message: {result.ReasonCode} {result.ReasonString}".TrimEnd(),
                WhyOf(result.ReasonCode));
        }

        return result.ReasonCode == MqttClientPublishReasonCode.NoMatchingSubscribers
            ? Handover.NobodyWantsIt
            : Handover.Taken;
    }

    /// <inheritdoc/>
    public Task DropAsync()
    {
        // Disposing closes the socket; a half-open connection would let a polite goodbye hang.
        Interlocked.Exchange(ref _client, null)?.Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_client is { IsConnected: true } client)
        {
            // With the will: it says that the session has ended.
            await client.TryDisconnectAsync(MqttClientDisconnectOptionsReason.DisconnectWithWillMessage);
        }

        await DropAsync();
    }

    /// <summary>Says that the session is there, to be kept by the broker until the will says otherwise.</summary>
    private async Task TellPresenceAsync(IMqttClient client, UplinkTarget target, CancellationToken cancel)
    {
        var result = await client.PublishAsync(
            new MqttApplicationMessageBuilder()
                .WithTopic(PresenceTopic(target))
                .WithPayload(target.Session.Encode())
                .WithRetainFlag()
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .Build(), cancel);
        if (!result.IsSuccess && !_presenceIsRefused)
        {
            // Once a connection: it is told again with every hello.
            _presenceIsRefused = true;
            UplinkLog.PresenceRefused(
                logger ?? NullLogger.Instance, $"{result.ReasonCode} {result.ReasonString}".TrimEnd());
        }
    }

    private static PublishRefusal WhyOf(MqttClientPublishReasonCode code) => code switch
    {
        MqttClientPublishReasonCode.QuotaExceeded or MqttClientPublishReasonCode.ImplementationSpecificError =>
            PublishRefusal.Later,
        MqttClientPublishReasonCode.NotAuthorized => PublishRefusal.NotAuthorized,
        _ => PublishRefusal.Other,
    };

    private static string PresenceTopic(UplinkTarget target) =>
        new CabinetTopic(target.Cabinet, Lane.Presence).ToString();

    /// <summary>Telemetry waits for no PUBACK: the journal could want the link meanwhile.</summary>
    private static MqttQualityOfServiceLevel QualityOf(Lane lane) => lane == Lane.Telemetry
        ? MqttQualityOfServiceLevel.AtMostOnce
        : MqttQualityOfServiceLevel.AtLeastOnce;

    private static ConnectOutcome.Refused Refused(MqttClientConnectResultCode code, string? reason) => new(
        $"{code} {reason}".TrimEnd(),
        code is MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized
            or MqttClientConnectResultCode.ClientIdentifierNotValid or MqttClientConnectResultCode.Banned);

    private static bool IsBroken(Exception exception, CancellationToken cancel) =>
        exception is MqttCommunicationException or MqttClientDisconnectedException
            or MqttClientUnexpectedDisconnectReceivedException or MqttProtocolViolationException
            or InvalidOperationException or IOException or ObjectDisposedException
            or System.Net.Sockets.SocketException
        || (exception is OperationCanceledException && !cancel.IsCancellationRequested);

    private Task OnReceived(IMqttClient client,
        MqttApplicationMessageReceivedEventArgs message, UplinkCallbacks callbacks)
    {
        if (ReferenceEquals(client, _client) && CabinetTopic.TryParse(message.ApplicationMessage.Topic, out var topic))
        {
            callbacks.Received(topic, message.ApplicationMessage.Payload.ToArray());
        }

        return Task.CompletedTask;
    }

    private Task OnDisconnected(IMqttClient client, MqttClientDisconnectedEventArgs ended, UplinkCallbacks callbacks)
    {
        if (ReferenceEquals(client, _client))
        {
            callbacks.Disconnected($"{ended.Reason} {ended.ReasonString ?? ended.Exception?.Message}".TrimEnd());
        }

        return Task.CompletedTask;
    }

    private MqttClientOptions OptionsFor(UplinkTarget target)
    {
        var options = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithTcpServer(target.Host, target.Port)
            .WithClientId(target.Cabinet.Value)
            .WithCredentials(target.UserName, target.Password)
            .WithCleanStart()
            .WithSessionExpiryInterval(0)
            .WithWillTopic(PresenceTopic(target))
            .WithWillPayload((target.Session with { Online = false }).Encode())
            .WithWillRetain()
            .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithMaximumPacketSize(MaxPacketBytes)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(settings.KeepAliveSeconds))
            .WithTimeout(TimeSpan.FromSeconds(settings.TimeoutSeconds));
        if (settings.Tls)
        {
            options.WithTlsOptions(tls =>
            {
                tls.UseTls();
                if (settings.CaFile is { } path)
                {
                    tls.WithTrustChain([X509CertificateLoader.LoadCertificateFromFile(path)]);
                }
            });
        }

        return options.Build();
    }
}
