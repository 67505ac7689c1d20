using KioskFleet.Agent.Enrolment;
using KioskFleet.Agent.Settings;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Presence;
using Polly;
using Polly.Retry;

namespace KioskFleet.Agent.Uplink;

/// <summary>
/// Makes links: enrols first where needed, then connects, again and again for ever, with exponential back-off, full
/// jitter and a cap. Not thread-safe.
/// </summary>
internal sealed class UplinkConnector(
    IUplinkTransport transport, IdentityFolder identity, EnrolmentClient enrolment, BrokerSettings broker,
    UplinkServices services, ILogger<UplinkConnector> logger)
{
    /// <summary>MQTT without TLS.</summary>
    public const int PlainPort = 1883;

    /// <summary>MQTT over TLS.</summary>
    public const int TlsPort = 8883;

    /// <summary>
    /// Numbers reserved by one write: numbers follow the clock's milliseconds, so attempts of an hour cost one.
    /// </summary>
    public const ulong SessionsReserved = 3_600_000;

    /// <summary>How often a cabinet that is not enrolled looks for its enrolment, in milliseconds.</summary>
    public const int NotEnrolledWaitMs = 2_000;

    private long? _lastEnrolmentMs;
    private ulong? _lastSession;
    private ulong? _reservedSession;

    /// <summary>Connects; returns when it has.</summary>
    public async Task<UplinkTarget> ConnectAsync(UplinkCallbacks callbacks, CancellationToken stopping)
    {
        UplinkTarget? target = null;
        var pipeline = BuildPipeline();
        await pipeline.ExecuteAsync(async cancel =>
        {
            var record = await EnsureEnrolledAsync(cancel);
            target = record is null ? null : TargetOf(record);
            return target is null
                ? new ConnectOutcome.NotEnrolled(record is null ? "not enrolled" : "no broker:host is set")
                : await TryConnectAsync(target, callbacks, cancel);
        }, stopping);
        UplinkLog.Connected(logger, target!);
        return target!;
    }

    /// <summary>
    /// Redeems the stored token once more with the same key, unless that was tried a moment ago.
    /// </summary>
    public async Task EnrolAgainAsync(CancellationToken cancel)
    {
        var nowMs = services.NowMs;
        if (_lastEnrolmentMs is { } last && nowMs - last < services.Settings.EnrolRetrySeconds * 1_000L)
        {
            return;
        }

        _lastEnrolmentMs = nowMs;
        var outcome = await enrolment.RenewAsync(cancel);
        switch (outcome)
        {
            case EnrolmentOutcome.Enrolled enrolled:
                EnrolmentLog.Enrolled(logger, enrolled.Record.CabinetId);
                break;
            case EnrolmentOutcome.NoToken:
                EnrolmentLog.NotEnrolled(logger);
                break;
            case { IsFinal: true }:
                EnrolmentLog.Refused(logger, outcome.ToString());
                break;
            default:
                EnrolmentLog.Failed(logger, outcome.ToString());
                break;
        }
    }

    private async Task<EnrolmentRecord?> EnsureEnrolledAsync(CancellationToken cancel)
    {
        try
        {
            if (identity.ReadPending() is not null)
            {
                await EnrolAgainAsync(cancel);
            }

            return identity.ReadRecord();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException
            or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            UplinkLog.IdentityUnreadable(logger, exception.Message);
            return null;
        }
    }

    private async Task<ConnectOutcome> TryConnectAsync(
        UplinkTarget target, UplinkCallbacks callbacks, CancellationToken cancel)
    {
        // Known before the first link: an enrolled cabinet whose broker is away must not look like one without a name.
        services.Monitor.Update(status => status with { Cabinet = target.Cabinet.Value });
        var outcome = await transport.ConnectAsync(target, callbacks, cancel);
        if (outcome is ConnectOutcome.Refused { Credentials: true })
        {
            await EnrolAgainAsync(cancel);
        }

        return outcome;
    }

    /// <summary>Begins a session; a number that could not be kept costs the look at presence, never the link.</summary>
    private PresenceNote NextSession()
    {
        var wallUtcMs = services.Clock.WallUtcMs;
        try
        {
            _reservedSession ??= identity.ReadSession();
            var number = PresenceNote.NextSession(_lastSession ?? _reservedSession.Value, wallUtcMs);
            _lastSession = number;
            if (number > _reservedSession)
            {
                identity.SaveSession(number + SessionsReserved);
                _reservedSession = number + SessionsReserved;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or InvalidDataException)
        {
            UplinkLog.SessionNotKept(logger, exception.Message);
        }

        _lastSession ??= PresenceNote.NextSession(0, wallUtcMs);
        return new PresenceNote(true, _lastSession.Value, wallUtcMs);
    }

    private UplinkTarget? TargetOf(EnrolmentRecord record)
    {
        var host = broker.Host ?? record.BrokerHost;
        var port = broker.Port ?? record.BrokerPort ?? (broker.Tls ? TlsPort : PlainPort);
        return host is null ? null : new UplinkTarget(
            CabinetId.Parse(record.CabinetId), host, port, record.MqttUserName, record.MqttPassword, NextSession());
    }

    private ResiliencePipeline<ConnectOutcome> BuildPipeline() =>
        new ResiliencePipelineBuilder<ConnectOutcome> { TimeProvider = services.Time }
            .AddRetry(new RetryStrategyOptions<ConnectOutcome>
            {
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } exception
                    ? exception is not OperationCanceledException
                    : arguments.Outcome.Result is not ConnectOutcome.Connected),
                DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(TimeSpan.FromMilliseconds(
                    arguments.Outcome.Result is ConnectOutcome.NotEnrolled
                        ? NotEnrolledWaitMs
                        : services.BackOffMs(arguments.AttemptNumber))),
                OnRetry = OnRetry,
            })
            .Build();

    private ValueTask OnRetry(OnRetryArguments<ConnectOutcome> retry)
    {
        var reason = retry.Outcome switch
        {
            { Exception: { } exception } => exception.Message,
            { Result: ConnectOutcome.Refused refused } => refused.Reason,
            { Result: ConnectOutcome.NotEnrolled missing } => missing.Reason,
            _ => "",
        };
        var enrolled = retry.Outcome.Result is not ConnectOutcome.NotEnrolled;
        if (enrolled || services.Monitor.Status.Link != LinkState.NotEnrolled)
        {
            UplinkLog.NotConnected(logger, reason, (long)retry.RetryDelay.TotalMilliseconds);
        }

        services.Monitor.Update(status => status with
        {
            Link = enrolled ? LinkState.Connecting : LinkState.NotEnrolled,
            LastError = reason,
        });
        return ValueTask.CompletedTask;
    }
}
