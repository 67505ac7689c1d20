namespace KioskFleet.Service.Broker;

/// <summary>Which broker carries the messages.</summary>
internal enum BrokerMode
{
    /// <summary>The MQTT server inside this process; for one machine.</summary>
    Embedded,

    /// <summary>An MQTT 5 broker of its own, with shared subscriptions.</summary>
    External,
}

/// <summary>Who keeps the cabinets' accounts on an external broker.</summary>
internal enum ExternalAccounts
{
    /// <summary>Somebody else; the passwords that enrolment hands out are not told to the broker.</summary>
    Untold,

    /// <summary>The service, through Mosquitto's dynamic security plugin.</summary>
    DynamicSecurity,

    /// <summary>The service, through Mosquitto's password file and access list, which it writes from the
    /// register.</summary>
    Files,
}

/// <summary>How cabinets reach the service. Section <c>Broker</c>; immutable.</summary>
internal sealed record BrokerOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Broker";

    /// <summary>Embedded or External. Default Embedded.</summary>
    public BrokerMode Mode { get; init; } = BrokerMode.Embedded;

    /// <summary>The host that enrolled cabinets are told to connect to. Default <c>localhost</c>.</summary>
    public string PublicHost { get; init; } = "localhost";

    /// <summary>The port that cabinets are told; 0, the default, means the port that is listened on.</summary>
    public int PublicPort { get; init; }

    /// <summary>Settings of the embedded broker.</summary>
    public EmbeddedBrokerOptions Embedded { get; init; } = new();

    /// <summary>Settings of the link to an external broker.</summary>
    public ExternalBrokerOptions External { get; init; } = new();
}

/// <summary>Settings of the embedded broker. Section <c>Broker:Embedded</c>; immutable.</summary>
internal sealed record EmbeddedBrokerOptions
{
    /// <summary>The IP address to listen on. Default <c>127.0.0.1</c>; <c>0.0.0.0</c> for all of IPv4.</summary>
    public string BindAddress { get; init; } = "127.0.0.1";

    /// <summary>The TCP port to listen on; 0 takes a free one. Default 1883.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>Most TCP connections at once, authenticated or not. 1–100,000, default 10,000.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>
    /// Messages per second that one cabinet may keep up. 1–10,000, default 50; it is slowed down, not cut.
    /// </summary>
    public int MessagesPerSecond { get; init; } = 50;

    /// <summary>Messages that one cabinet may send at once before it is slowed down. 1–100,000, default 200.</summary>
    public int MessageBurst { get; init; } = 200;

    /// <summary>How long a new connection may take to prove who it is, in seconds. 1–300, default 10.</summary>
    public int ConnectTimeoutSeconds { get; init; } = 10;

    /// <summary>
    /// How long the answer to a wrong password is held back, in milliseconds. 0–60,000, default 1,000.
    /// </summary>
    public int RefusalDelayMilliseconds { get; init; } = 1_000;
}

/// <summary>Settings of the link to an external broker. Section <c>Broker:External</c>; immutable.</summary>
internal sealed record ExternalBrokerOptions
{
    /// <summary>The broker's host. Default <c>localhost</c>.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>The broker's port. 1–65,535, default 1883.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>The service's user name there; empty for none.</summary>
    public string UserName { get; init; } = "";

    /// <summary>The file that holds the service's password, one line; empty for none.</summary>
    public string PasswordFile { get; init; } = "";

    /// <summary>Who keeps the cabinets' accounts: Untold, DynamicSecurity or Files. Default Untold.</summary>
    public ExternalAccounts Accounts { get; init; } = ExternalAccounts.Untold;

    /// <summary>Where and how Mosquitto's files are written when the accounts are Files.</summary>
    public BrokerFilesOptions Files { get; init; } = new();

    /// <summary>
    /// The shared subscription's group: services with the same group share the cabinets. It is a secret, since a
    /// cabinet that knew it could take messages away. Empty, the default: a random one that is kept in the database.
    /// </summary>
    public string ShareGroup { get; init; } = "";

    /// <summary>Messages taken and not yet acknowledged; the back-pressure. 1–10,000, default 256.</summary>
    public int ReceiveMaximum { get; init; } = 256;

    /// <summary>Keep-alive in seconds. 5–3,600, default 30.</summary>
    public int KeepAliveSeconds { get; init; } = 30;

    /// <summary>Longest wait between two tries to connect, in seconds. 1–600, default 30.</summary>
    public int MaxReconnectDelaySeconds { get; init; } = 30;

    /// <summary>
    /// A cabinet counts as connected when it sent something within so many minutes. 1–1,440, default 15.
    /// </summary>
    public int HeardWithinMinutes { get; init; } = 15;
}
