using KioskFleet.Protocol;
using KioskFleet.Protocol.Sending;

namespace KioskFleet.Agent.Settings;

/// <summary>
/// Reads the settings: JSON file first, then environment variables <c>KIOSK_…</c> over it (<c>KIOSK_BROKER__HOST</c>
/// is <c>broker:host</c>).
/// </summary>
internal static class SettingsFile
{
    /// <summary>Where the file lies when nothing else is said.</summary>
    public const string DefaultPath = "/etc/kioskfleet/agent.json";

    /// <summary>What environment variables of ours begin with.</summary>
    public const string EnvironmentPrefix = "KIOSK_";

    /// <summary>Most addresses the API listens on.</summary>
    public const int MaxAddresses = 8;

    /// <summary>Shortest API token, in characters.</summary>
    public const int MinTokenLength = 16;

    /// <summary>Loads and checks all settings.</summary>
    /// <param name="path">The file; null: the default one, which may be missing.</param>
    /// <exception cref="SettingsException">Something is wrong; every finding is in it.</exception>
    public static AgentSettings Load(string? path)
    {
        if (path is not null && !File.Exists(path))
        {
            throw new SettingsException([new SettingFinding("--config", path, new Expectation("TakesFile"))]);
        }

        var fullPath = Path.GetFullPath(path ?? DefaultPath);
        try
        {
            var file = new ConfigurationBuilder().AddJsonFile(fullPath, optional: path is null).Build();
            var all = new ConfigurationBuilder()
                .AddConfiguration(file)
                .AddEnvironmentVariables(EnvironmentPrefix)
                .Build();
            return Read(all, file);
        }
        catch (InvalidDataException exception)
        {
            var detail = exception.InnerException?.Message ?? exception.Message;
            throw new SettingsException([new SettingFinding(fullPath, detail, new Expectation("TakesJson"))]);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new SettingsException(
                [new SettingFinding(fullPath, exception.Message, new Expectation("TakesReadable"))]);
        }
    }

    /// <summary>Checks all settings of a configuration.</summary>
    /// <param name="all">File and environment together.</param>
    /// <param name="file">The file alone: unknown names are looked for only there.</param>
    /// <exception cref="SettingsException">Something is wrong.</exception>
    public static AgentSettings Read(IConfiguration all, IConfiguration file)
    {
        var reader = new SettingsReader(all);
        var defaults = new AgentSettings();
        var settings = new AgentSettings
        {
            DataDirectory = reader.OptionalPath("dataDirectory") ?? defaults.DataDirectory,
            PlanFile = reader.OptionalPath("planFile"),
            ServiceUrl = reader.OptionalUrl("serviceUrl"),
            Api = ReadApi(reader),
            Broker = new BrokerSettings
            {
                Host = reader.OptionalHost("broker:host"),
                Port = reader.OptionalNumber("broker:port", 1, 65_535),
                Tls = reader.Flag("broker:tls", false),
                CaFile = reader.OptionalPath("broker:caFile"),
                KeepAliveSeconds = reader.Number("broker:keepAliveSeconds", 30, 5, 600),
                TimeoutSeconds = reader.Number("broker:timeoutSeconds", 15, 1, 120),
            },
            Journal = new RetentionSettings
            {
                RetentionDays = reader.Number("journal:retentionDays", 400, 1, 36_500),
                MinFreeMiB = reader.Number("journal:minFreeMiB", 64, 1, 1_048_576),
            },
            Vending = new VendingSettings
            {
                ApprovalSeconds = reader.Number("vending:approvalSeconds", 600, 10, 86_400),
                SessionSeconds = reader.Number("vending:sessionSeconds", 3_600, 10, 86_400),
                MaxOpenVends = reader.Number("vending:maxOpenVends", 64, 1, 1_024),
            },
            Uplink = ReadUplink(reader),
            Telemetry = ReadTelemetry(reader),
        };
        reader.RefuseUnknown(file);
        return reader.Findings.Count == 0 ? settings : throw new SettingsException(reader.Findings);
    }

    /// <summary>Reads the API's token when there is one.</summary>
    /// <exception cref="SettingsException">The file cannot be read, or the token is too short.</exception>
    public static string? ReadToken(ApiSettings api)
    {
        if (api.TokenFile is not { } path)
        {
            return null;
        }

        try
        {
            var token = File.ReadLines(path).FirstOrDefault()?.Trim() ?? "";
            return token.Length >= MinTokenLength
                ? token
                : throw Token($"{path}: {token.Length}", new Expectation("TakesToken", MinTokenLength));
        }
        catch (IOException exception)
        {
            throw Token(exception.Message, new Expectation("TakesReadable"));
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Token(exception.Message, new Expectation("TakesReadable"));
        }

        static SettingsException Token(string got, Expectation takes) =>
            new([new SettingFinding("api:tokenFile", got, takes)]);
    }

    private static ApiSettings ReadApi(SettingsReader reader)
    {
        var api = new ApiSettings
        {
            TokenFile = reader.OptionalPath("api:tokenFile"),
            MaxRequestBytes = reader.Number("api:maxRequestBytes", 128 * 1024, 4_096, 1_048_576),
            MaxConcurrentRequests = reader.Number("api:maxConcurrentRequests", 32, 1, 256),
        };
        api = reader.OptionalAddresses("api:listen", MaxAddresses) is { } listen ? api with { Listen = listen } : api;
        if (api.TokenFile is null && api.Listen.FirstOrDefault(address => address.NeedsToken) is { } open)
        {
            reader.Wrong("api:listen", open.ToString(), new Expectation("TakesTokenForLan"));
        }

        return api;
    }

    private static TelemetrySettings ReadTelemetry(SettingsReader reader)
    {
        const string Timeout = "telemetry:commandTimeoutSeconds";
        var every = reader.Number("telemetry:commandSeconds", 60, 5, 86_400);
        var timeout = reader.OptionalNumber(Timeout, 1, 600);
        if (timeout > every)
        {
            reader.Wrong(Timeout, $"{timeout}", new Expectation("TakesAtMostSetting", "telemetry:commandSeconds"));
        }

        return new TelemetrySettings
        {
            IntervalSeconds = reader.Number("telemetry:intervalSeconds", 60, 5, 3_600),
            FullMinutes = reader.Number("telemetry:fullMinutes", 15, 1, 1_440),
            MaxMiB = reader.Number("telemetry:maxMiB", 8, 1, 1_024),
            File = reader.OptionalPath("telemetry:file"),
            FilePollSeconds = reader.Number("telemetry:filePollSeconds", 5, 1, 3_600),
            Command = reader.OptionalPath("telemetry:command"),
            CommandSeconds = every,
            CommandTimeoutSeconds = timeout ?? Math.Min(10, every),
        };
    }

    private static UplinkSettings ReadUplink(SettingsReader reader)
    {
        var baseMs = reader.Number("uplink:backoffBaseMs", 1_000, 10, 60_000);
        return new UplinkSettings
        {
            Sender = new SenderOptions
            {
                AnswerTimeoutMs = reader.Number("uplink:answerTimeoutSeconds", 30, 1, 600) * 1_000,
                HelloIntervalMs = reader.Number("uplink:helloIntervalSeconds", 600, 10, 86_400) * 1_000,
                BackoffBaseMs = baseMs,
                BackoffCapMs = Math.Max(baseMs, reader.Number("uplink:backoffCapSeconds", 300, 1, 86_400) * 1_000),
                UnansweredBeforeReconnect = reader.Number("uplink:unansweredBeforeReconnect", 3, 1, 100),
                MaxEntries = reader.Number("uplink:maxBatchEntries", Limits.MaxBatchEntries, 1, Limits.MaxBatchEntries),
            },
            ReconnectBaseMs = reader.Number("uplink:reconnectBaseMs", 1_000, 10, 60_000),
            ReconnectCapSeconds = reader.Number("uplink:reconnectCapSeconds", 30, 1, 3_600),
            WatchdogAgeSeconds = reader.Number("uplink:watchdogAgeSeconds", 600, 10, 86_400),
            WatchdogStallSeconds = reader.Number("uplink:watchdogStallSeconds", 300, 5, 86_400),
            EnrolRetrySeconds = reader.Number("uplink:enrolRetrySeconds", 60, 1, 86_400),
        };
    }
}
