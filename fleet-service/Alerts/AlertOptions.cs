namespace KioskFleet.Service.Alerts;

/// <summary>A range of temperatures, in thousandths of a degree Celsius.</summary>
internal sealed record TemperatureRange
{
    /// <summary>The lowest that is in order. −100,000 to 150,000; default −25,000.</summary>
    public int LeastMilliCelsius { get; init; } = -25_000;

    /// <summary>The highest that is in order. −100,000 to 150,000, above the lowest; default 40,000.</summary>
    public int MostMilliCelsius { get; init; } = 40_000;
}

/// <summary>When alerts arise, and when and where they are told. Section <c>Alerts</c>; immutable.</summary>
internal sealed record AlertOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Alerts";

    /// <summary>Whether there are alerts at all. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Seconds between two checks. 5 to 3,600; default 60.</summary>
    public int CheckSeconds { get; init; } = 60;

    /// <summary>Minutes in which a cabinet was not heard. 2 to 10,080; default 30.</summary>
    public int OfflineMinutes { get; init; } = 30;

    /// <summary>Age of the oldest unsent entry, in minutes. 5 to 43,200; default 120.</summary>
    public int UnsentMinutes { get; init; } = 120;

    /// <summary>The range of zones that are not named in <see cref="Zones"/>.</summary>
    public TemperatureRange Temperature { get; init; } = new();

    /// <summary>Ranges by zone, as the cabinets name it: <c>Alerts:Zones:chilled:MostMilliCelsius</c>.</summary>
    public Dictionary<string, TemperatureRange> Zones { get; init; } = [];

    /// <summary>
    /// Minutes for which the last reading of a zone or door holds; older ones say nothing. 5 to 10,080; default 30. Let
    /// it be longer than <see cref="TemperatureMinutes"/> and <see cref="DoorMinutes"/> where controllers tell changes
    /// alone.
    /// </summary>
    public int ReadingMinutes { get; init; } = 30;

    /// <summary>Minutes that a temperature is out of its range. 0 to 1,440; default 15.</summary>
    public int TemperatureMinutes { get; init; } = 15;

    /// <summary>Minutes that a door stands open. 1 to 1,440; default 10.</summary>
    public int DoorMinutes { get; init; } = 10;

    /// <summary>How many times the usual gap between sales passed without one. 2 to 100; default 10.</summary>
    public int NoSaleTimes { get; init; } = 10;

    /// <summary>
    /// Hours without a sale that are never too long, whatever is usual: nights. 1 to 720; default 24.
    /// </summary>
    public int NoSaleLeastHours { get; init; } = 24;

    /// <summary>Minutes that a cabinet's clock is off. 1 to 525,600; default 10.</summary>
    public int ClockOffMinutes { get; init; } = 10;

    /// <summary>Free percent of the disk. 1 to 50; default 5.</summary>
    public int DiskFreePercent { get; init; } = 5;

    /// <summary>The quiet hours.</summary>
    public QuietOptions Quiet { get; init; } = new();

    /// <summary>How messages are repeated.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>E-mail; off while no host is named.</summary>
    public MailOptions Mail { get; init; } = new();

    /// <summary>The webhook; off while no address is named.</summary>
    public WebhookOptions Webhook { get; init; } = new();

    /// <summary>The ways of telling that are on.</summary>
    public IEnumerable<string> Channels()
    {
        if (Mail.Host.Length > 0)
        {
            yield return MailOptions.Channel;
        }

        if (Webhook.Url.Length > 0)
        {
            yield return WebhookOptions.Channel;
        }
    }
}

/// <summary>Hours in which only some kinds are told; the others are told when they end.</summary>
internal sealed record QuietOptions
{
    /// <summary>The first minute, in the city's zone: <c>22:00</c>; empty for no quiet hours. Default 22:00.</summary>
    public string From { get; init; } = "22:00";

    /// <summary>The minute behind the last. Default 07:00.</summary>
    public string To { get; init; } = "07:00";

    /// <summary>
    /// Kinds that are told all the same, with commas between. Default <c>TemperatureOutOfRange,DoorLeftOpen</c>.
    /// </summary>
    public string Breaking { get; init; } = "TemperatureOutOfRange,DoorLeftOpen";
}

/// <summary>How often and how late a message is sent again.</summary>
internal sealed record RetryOptions
{
    /// <summary>The first wait, in seconds; it doubles with each failure. 1 to 3,600; default 30.</summary>
    public int FirstSeconds { get; init; } = 30;

    /// <summary>The longest wait, in seconds. 1 to 86,400; default 3,600.</summary>
    public int MostSeconds { get; init; } = 3_600;

    /// <summary>Failures after which a message is dead. 1 to 100; default 20, about half a day.</summary>
    public int Attempts { get; init; } = 20;
}

/// <summary>How the connection to the mail server is secured.</summary>
internal enum MailSecurity
{
    /// <summary>Not at all: a relay on this machine or a private network.</summary>
    None,

    /// <summary>TLS is begun on the open connection, and must be.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,
}

/// <summary>The mail server.</summary>
internal sealed record MailOptions
{
    /// <summary>The name of this way of telling.</summary>
    public const string Channel = "mail";

    /// <summary>Name or address of the SMTP server; empty for no e-mail.</summary>
    public string Host { get; init; } = "";

    /// <summary>Its port. 1 to 65,535; default 587.</summary>
    public int Port { get; init; } = 587;

    /// <summary>How the connection is secured. Default StartTls.</summary>
    public MailSecurity Security { get; init; } = MailSecurity.StartTls;

    /// <summary>The sender's address.</summary>
    public string From { get; init; } = "";

    /// <summary>The receivers' addresses, with commas between; at most 50.</summary>
    public string To { get; init; } = "";

    /// <summary>The user name; empty for none.</summary>
    public string UserName { get; init; } = "";

    /// <summary>The file that holds the password, one line; read for each message.</summary>
    public string PasswordFile { get; init; } = "";

    /// <summary>How long one message may take, in seconds. 1 to 300; default 30.</summary>
    public int TimeoutSeconds { get; init; } = 30;
}

/// <summary>The webhook.</summary>
internal sealed record WebhookOptions
{
    /// <summary>The name of this way of telling.</summary>
    public const string Channel = "webhook";

    /// <summary>The http or https address that is posted to; empty for none.</summary>
    public string Url { get; init; } = "";

    /// <summary>
    /// The file that holds the key of the signature, one line of at least 16 characters; read for each message.
    /// </summary>
    public string SecretFile { get; init; } = "";

    /// <summary>How long one try may take, in seconds. 1 to 300; default 15.</summary>
    public int TimeoutSeconds { get; init; } = 15;
}
