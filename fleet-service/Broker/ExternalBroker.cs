using System.Buffers;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;
using Polly;
using Polly.Retry;

namespace KioskFleet.Service.Broker;

/// <summary>
/// A client of an external MQTT 5 broker: takes cabinets' messages through a shared subscription, so that several
/// services share them, and acknowledges each when it was taken; the receive maximum is the back-pressure. The session
/// is clean: what nobody took, the cabinets send again. Thread-safe.
/// </summary>
internal sealed class ExternalBroker(
    ShareGroup group, Lazy<IUpMessageHandler> handler, PresenceBook presence, TimeProvider time,
    BrokerMetrics metrics, ILogger<ExternalBroker> log) : BackgroundService, IBrokerLink
{
    private readonly IMqttClient _client = new MqttClientFactory()
        .CreateMqttClient(new MqttLibraryLog(log), new ReadAheadAdapters());
    private TaskCompletionSource<byte[]>? _controlAnswer;
    private CancellationToken _stopping;
    private volatile bool _subscribed;
    private int _unacknowledged;

    /// <inheritdoc/>
    public bool IsReady => _subscribed && _client.IsConnected;

    /// <inheritdoc/>
    public bool IsConnected(CabinetId cabinet) => presence.StateOf(cabinet).State switch
    {
        PresenceState.Online => true,
        PresenceState.Unknown => presence.HeardLately(cabinet),
        _ => false,
    };

    /// <inheritdoc/>
    public async ValueTask SendDownAsync(
        CabinetTopic topic, ReadOnlyMemory<byte> payload, bool retain, CancellationToken ct)
    {
        if (topic.IsUp)
        {
            throw new ArgumentException($"'{topic}' is not a down topic.", nameof(topic));
        }

        var message = new MqttApplicationMessage
        {
            Topic = topic.ToString(),
            Payload = new ReadOnlySequence<byte>(payload),
            Retain = retain,

            // What is kept must arrive; a lost receipt is asked for again.
            QualityOfServiceLevel = retain
                ? MqttQualityOfServiceLevel.AtLeastOnce
                : MqttQualityOfServiceLevel.AtMostOnce,
        };
        try
        {
            var result = await _client.PublishAsync(message, ct);
            if (!result.IsSuccess)
            {
                throw new BrokerUnavailableException($"The broker refused '{topic}': {result.ReasonCode}.");
            }

            metrics.Sent();
        }
        catch (Exception error) when (error is MqttCommunicationException or InvalidOperationException)
        {
            metrics.Dropped();
            throw new BrokerUnavailableException($"The broker cannot be reached: {error.Message}", error);
        }
    }

    /// <summary>
    /// Sends a command to the broker itself and returns its answer, which comes to <c>TOPIC/response</c>. One caller at
    /// a time.
    /// </summary>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached, refused or did not
    /// answer.</exception>
    public async Task<byte[]> ControlAsync(string topic, byte[] command, CancellationToken ct)
    {
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _client.SubscribeAsync(topic + "/response", MqttQualityOfServiceLevel.AtLeastOnce, ct);
            Volatile.Write(ref _controlAnswer, answer);
            await _client.PublishAsync(
                new MqttApplicationMessage
                {
                    Topic = topic,
                    Payload = new ReadOnlySequence<byte>(command),
                    QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                },
                ct);
            return await answer.Task.WaitAsync(BrokerLimits.ControlTimeout, time, ct);
        }
        catch (Exception error) when (
            error is MqttCommunicationException or InvalidOperationException or TimeoutException)
        {
            throw new BrokerUnavailableException($"The broker does not answer: {error.Message}", error);
        }
        finally
        {
            Volatile.Write(ref _controlAnswer, null);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        _client.ApplicationMessageReceivedAsync += OnMessageAsync;
        var pipeline = BuildReconnect();
        while (!stoppingToken.IsCancellationRequested)
        {
            var gone = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            Task OnGoneAsync(MqttClientDisconnectedEventArgs args)
            {
                gone.TrySetResult(args.Exception?.Message ?? args.ReasonString ?? args.Reason.ToString());
                return Task.CompletedTask;
            }

            try
            {
                await pipeline.ExecuteAsync(async ct => await ConnectAsync(ct), stoppingToken);
                _client.DisconnectedAsync += OnGoneAsync;
                if (_client.IsConnected)
                {
                    BrokerLog.LinkUp(log, group.External.Host, group.External.Port);
                    BrokerLog.LinkDown(log, await gone.Task.WaitAsync(stoppingToken));
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            finally
            {
                _subscribed = false;
                _client.DisconnectedAsync -= OnGoneAsync;
            }
        }

        if (_client.IsConnected)
        {
            await _client.DisconnectAsync(new MqttClientDisconnectOptions(), CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _client.Dispose();
    }

    private ResiliencePipeline BuildReconnect() => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<Exception>(e => e is not OperationCanceledException),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(250),
            MaxDelay = TimeSpan.FromSeconds(group.External.MaxReconnectDelaySeconds),
            OnRetry = arguments =>
            {
                BrokerLog.LinkRetry(log, arguments.AttemptNumber + 1, arguments.Outcome.Exception?.Message);
                return ValueTask.CompletedTask;
            },
        })
        .Build();

    private async Task ConnectAsync(CancellationToken ct)
    {
        var external = group.External;
        if (_client.IsConnected)
        {
            await _client.DisconnectAsync(new MqttClientDisconnectOptions(), ct);
        }

        await ExternalBrokerConnect.ConnectAsync(_client, external, ct);
        if (external.Accounts == ExternalAccounts.DynamicSecurity)
        {
            await ControlAsync(DynamicSecurityAccounts.Topic, DynamicSecurityAccounts.OwnRights(), ct);
        }

        var filter = await group.FilterAsync(CabinetTopic.AllUp, ct);
        var answer = await _client.SubscribeAsync(
            new MqttClientSubscribeOptionsBuilder()
                .WithTopicFilter(filter, MqttQualityOfServiceLevel.AtLeastOnce).Build(), ct);
        var code = answer.Items.Single().ResultCode;
        if (code > MqttClientSubscribeResultCode.GrantedQoS2)
        {
            throw new BrokerUnavailableException(
                $"The broker refused the shared subscription of '{CabinetTopic.AllUp}': {code}.");
        }

        // A shared subscription is not told what the broker kept. Without acknowledgement, because thousands come at
        // once: their changes come acknowledged over the shared one.
        await _client.SubscribeAsync(CabinetTopic.AllPresence, MqttQualityOfServiceLevel.AtMostOnce, ct);
        _subscribed = true;
    }

    private Task OnMessageAsync(MqttApplicationMessageReceivedEventArgs args)
    {
        if (args.ApplicationMessage.Topic.StartsWith("$CONTROL/", StringComparison.Ordinal))
        {
            Volatile.Read(ref _controlAnswer)?.TrySetResult(args.ApplicationMessage.Payload.ToArray());
            return Task.CompletedTask;
        }

        // The library hands over one message after another and waits: only the start is made here.
        args.AutoAcknowledge = false;
        _ = args.ApplicationMessage.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce
            ? TakeWhenThereIsRoomAsync(args)
            : TakeAsync(args, args.ApplicationMessage.Payload.ToArray());
        return Task.CompletedTask;
    }

    /// <summary>
    /// The receive maximum does not hold back what is sent without acknowledgement: so many of these at once, and no
    /// batch or hello, which agents always send with one.
    /// </summary>
    private async Task TakeWhenThereIsRoomAsync(MqttApplicationMessageReceivedEventArgs args)
    {
        var isForJournal = CabinetTopic.TryParse(args.ApplicationMessage.Topic, out var topic)
            && (topic.Lane is Lane.Batch or Lane.Hello);
        if (isForJournal || Volatile.Read(ref _unacknowledged) >= group.External.ReceiveMaximum)
        {
            metrics.Refused("not_acknowledged");
            return;
        }

        Interlocked.Increment(ref _unacknowledged);
        try
        {
            await TakeAsync(args, args.ApplicationMessage.Payload.ToArray());
        }
        finally
        {
            Interlocked.Decrement(ref _unacknowledged);
        }
    }

    private async Task TakeAsync(MqttApplicationMessageReceivedEventArgs args, byte[] payload)
    {
        var text = args.ApplicationMessage.Topic;
        try
        {
            if (CabinetTopic.TryParse(text, out var topic) && topic.IsUp
                && payload.Length <= BrokerLimits.MaxPayloadBytes(topic.Lane))
            {
                metrics.Received(payload.Length);
                if (topic.Lane == Lane.Presence)
                {
                    presence.Take(topic.Cabinet, payload, args.ApplicationMessage.Retain, out _);
                }
                else
                {
                    presence.Heard(topic.Cabinet);
                    await handler.Value.HandleAsync(new UpMessage(topic, payload), _stopping);
                }
            }
            else
            {
                metrics.Refused("not_taken");
                BrokerLog.ForeignMessage(log, text, payload.Length);
            }
        }
        catch (Exception error)
        {
            // One message that fails may not end the link.
            BrokerLog.NotTaken(log, error, CabinetTopic.TryParse(text, out var topic) ? topic.Cabinet : default);
        }

        await AcknowledgeAsync(args);
    }

    /// <summary>
    /// Acknowledges also what failed: an unacknowledged message would hold its place in the receive maximum until the
    /// next connection, and the cabinet sends again because no receipt came.
    /// </summary>
    private async Task AcknowledgeAsync(MqttApplicationMessageReceivedEventArgs args)
    {
        try
        {
            await args.AcknowledgeAsync(_stopping);
        }
        catch (Exception error) when (
            error is MqttCommunicationException or InvalidOperationException or OperationCanceledException
                or ObjectDisposedException)
        {
            BrokerLog.ConnectionFailed(log, error.Message);
        }
    }
}
