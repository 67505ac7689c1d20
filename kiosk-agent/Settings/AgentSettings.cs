using KioskFleet.Protocol;
using KioskFleet.Protocol.Sending;

namespace KioskFleet.Agent.Settings;

/// <summary>
/// Everything an agent can be told. Immutable; made by <see cref="SettingsReader"/>, which checks every range.
/// </summary>
internal sealed record AgentSettings
{
    /// <summary>Setting <c>dataDirectory</c>: where journal and identity live. Absolute path.</summary>
    public string DataDirectory { get; init; } = "/var/lib/kioskfleet";

    /// <summary>
    /// Setting <c>planFile</c>: the cabinet's plan (slots, SKUs, prices) as JSON; null: the cabinet has no plan, and
    /// sales are recorded all the same.
    /// </summary>
    public string? PlanFile { get; init; }

    /// <summary>
    /// Setting <c>serviceUrl</c>: the fleet service's address, for enrolment only; null: this agent cannot enrol.
    /// </summary>
    public Uri? ServiceUrl { get; init; }

    /// <summary>Section <c>api</c>.</summary>
    public ApiSettings Api { get; init; } = new();

    /// <summary>Section <c>broker</c>.</summary>
    public BrokerSettings Broker { get; init; } = new();

    /// <summary>Section <c>journal</c>.</summary>
    public RetentionSettings Journal { get; init; } = new();

    /// <summary>Section <c>vending</c>: <c>approvalSeconds</c>, <c>sessionSeconds</c>, <c>maxOpenVends</c>.</summary>
    public VendingSettings Vending { get; init; } = new();

    /// <summary>Section <c>uplink</c>.</summary>
    public UplinkSettings Uplink { get; init; } = new();

    /// <summary>Section <c>telemetry</c>.</summary>
    public TelemetrySettings Telemetry { get; init; } = new();

    /// <summary>The folder of key, credentials and token.</summary>
    public string IdentityDirectory => Path.Combine(DataDirectory, "identity");
}

/// <summary>The local HTTP API.</summary>
internal sealed record ApiSettings
{
    /// <summary>The port of the default address.</summary>
    public const int DefaultPort = 8460;

    /// <summary>Setting <c>api:listen</c>: 1 to 8 addresses; see <see cref="ListenAddress.TryParse"/>.</summary>
    public IReadOnlyList<ListenAddress> Listen { get; init; } = [ListenAddress.LoopbackAt(DefaultPort)];

    /// <summary>
    /// Setting <c>api:tokenFile</c>: file whose first line is the bearer token that callers on a LAN address show. At
    /// least 16 characters. Needed when any address is neither loopback nor a Unix socket.
    /// </summary>
    public string? TokenFile { get; init; }

    /// <summary>Setting <c>api:maxRequestBytes</c>: 4,096 to 1,048,576; default 131,072.</summary>
    public int MaxRequestBytes { get; init; } = 128 * 1024;

    /// <summary>
    /// Setting <c>api:maxConcurrentRequests</c>: 1 to 256; default 32. More wait in a queue as long again.
    /// </summary>
    public int MaxConcurrentRequests { get; init; } = 32;
}

/// <summary>The broker. Host and port that enrolment answered win over these when these are not set.</summary>
internal sealed record BrokerSettings
{
    /// <summary>Setting <c>broker:host</c>: name or address; null: as enrolment said.</summary>
    public string? Host { get; init; }

    /// <summary>
    /// Setting <c>broker:port</c>: 1 to 65,535; null: as enrolment said, else 1883, or 8883 with TLS.
    /// </summary>
    public int? Port { get; init; }

    /// <summary>Setting <c>broker:tls</c>: whether the connection is TLS; default false.</summary>
    public bool Tls { get; init; }

    /// <summary>Setting <c>broker:caFile</c>: PEM of the authority to trust; null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>Setting <c>broker:keepAliveSeconds</c>: 5 to 600; default 30. Finds half-open connections.</summary>
    public int KeepAliveSeconds { get; init; } = 30;

    /// <summary>
    /// Setting <c>broker:timeoutSeconds</c>: 1 to 120; default 15, for connect, subscribe and publish.
    /// </summary>
    public int TimeoutSeconds { get; init; } = 15;
}

/// <summary>How long committed entries stay.</summary>
internal sealed record RetentionSettings
{
    /// <summary>
    /// Setting <c>journal:retentionDays</c>: 1 to 36,500; default 400. Counts for committed entries only: no setting
    /// deletes an uncommitted one.
    /// </summary>
    public int RetentionDays { get; init; } = 400;

    /// <summary>
    /// Setting <c>journal:minFreeMiB</c>: free space below which vend requests are denied; 1 to 1,048,576; default 64.
    /// </summary>
    public int MinFreeMiB { get; init; } = 64;
}

/// <summary>The sender and the link under it.</summary>
internal sealed record UplinkSettings
{
    /// <summary>
    /// Times and sizes of the protocol's sender (settings <c>uplink:answerTimeoutSeconds</c> and others).
    /// </summary>
    public SenderOptions Sender { get; init; } = new() { MaxEntries = Limits.MaxBatchEntries };

    /// <summary>
    /// Setting <c>uplink:reconnectBaseMs</c>: first wait before connecting again; 10 to 60,000; default 1,000.
    /// </summary>
    public int ReconnectBaseMs { get; init; } = 1_000;

    /// <summary>Setting <c>uplink:reconnectCapSeconds</c>: largest wait; 1 to 3,600; default 30, so that
    /// cabinets that were away for days are all heard within a minute of the service being there again.</summary>
    public int ReconnectCapSeconds { get; init; } = 30;

    /// <summary>
    /// Setting <c>uplink:watchdogAgeSeconds</c>: age of the oldest uncommitted entry from which a link that commits
    /// nothing is suspect; 10 to 86,400; default 600.
    /// </summary>
    public int WatchdogAgeSeconds { get; init; } = 600;

    /// <summary>
    /// Setting <c>uplink:watchdogStallSeconds</c>: how long a connected link may commit nothing meanwhile; 5 to 86,400;
    /// default 300.
    /// </summary>
    public int WatchdogStallSeconds { get; init; } = 300;

    /// <summary>
    /// Setting <c>uplink:enrolRetrySeconds</c>: least time between two enrolments; 1 to 86,400; default 60.
    /// </summary>
    public int EnrolRetrySeconds { get; init; } = 60;
}

/// <summary>How long approvals hold, and how many may be open.</summary>
internal sealed record VendingSettings
{
    /// <summary>Setting <c>vending:approvalSeconds</c>: 10 to 86,400; default 600.</summary>
    public int ApprovalSeconds { get; init; } = 600;

    /// <summary>Setting <c>vending:sessionSeconds</c>: 10 to 86,400; default 3,600.</summary>
    public int SessionSeconds { get; init; } = 3_600;

    /// <summary>Setting <c>vending:maxOpenVends</c>: 1 to 1,024; default 64.</summary>
    public int MaxOpenVends { get; init; } = 64;
}
