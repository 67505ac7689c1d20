namespace KioskFleet.Tidy.Tests;

/// <summary>
/// The decisions on who may use whom, as data. A new folder fails until it has its line here: which rooms the product
/// has, and what each may know of the others, is decided and not grown. Tighten a line by replacing
/// <see cref="Any"/> or <see cref="AnyBut"/> with the list of folders.
/// </summary>
internal static class Rooms
{
    /// <summary>Every folder of the project.</summary>
    public static readonly string[] Any = ["*"];

    /// <summary>No other folder.</summary>
    public static readonly string[] None = [];

    // What every message of the protocol may be built from.
    private static readonly string[] Words = ["Amounts", "Identity", "Encoding", "Entries", "Chain", "Signing"];
    private static readonly string[] Messages =
        [.. Words, "Clock", "Batches", "Configs", "Hellos", "Presence", "Receipts", "Topics"];

    // What simulators drive a real fleet with.
    private static readonly string[] RealFleet = ["CityLoad", "Fleet", "Terminal"];

    /// <summary>For each project: folder → folders of the same project that it may use. "" is the root.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyDictionary<string, string[]>> Folders =
        new Dictionary<string, IReadOnlyDictionary<string, string[]>>
        {
            ["protocol"] = new Dictionary<string, string[]>
            {
                [""] = None,
                ["Amounts"] = None,
                ["Identity"] = None,
                ["Encoding"] = ["Amounts", "Identity"],
                ["Entries"] = ["Amounts", "Identity", "Encoding"],
                ["Chain"] = ["Amounts", "Identity", "Encoding", "Entries"],
                ["Signing"] = ["Amounts", "Identity", "Encoding", "Entries", "Chain"],
                ["Topics"] = Words,
                ["Clock"] = Words,
                ["Batches"] = [.. Words, "Clock"],
                ["Hellos"] = [.. Words, "Clock"],
                ["Receipts"] = [.. Words, "Clock"],
                ["Configs"] = Words,
                ["Presence"] = Words,
                ["Telemetry"] = [.. Words, "Clock"],
                ["Sending"] = Messages,
                ["Receiving"] = Messages,
                ["Describing"] = Messages,
            },
            ["kiosk-agent"] = new Dictionary<string, string[]>
            {
                [""] = Any,
                ["Texts"] = None,
                ["Settings"] = ["Texts"],
                ["Clock"] = None,
                ["Journal"] = ["Clock"],
                ["Gate"] = ["Clock", "Journal"],
                ["Vending"] = ["Clock", "Gate", "Journal"],
                ["Enrolment"] = ["Journal"],
                ["Uplink"] = ["Clock", "Enrolment", "Gate", "Journal", "Settings"],
                ["Telemetry"] = ["Clock", "Journal", "Settings", "Uplink", "Vending"],
                ["LocalApi"] = ["Gate", "Journal", "Settings", "Telemetry", "Texts", "Uplink", "Vending"],
                ["Hosting"] = AnyBut("Cli"),
                ["Cli"] = Any,
            },
            ["fleet-service"] = new Dictionary<string, string[]>
            {
                [""] = Any,
                ["Storage"] = None,
                ["Replicas"] = ["Storage"],
                ["Http"] = None,
                ["Findings"] = AnyBut("Ingest", "Hosting"),
                ["Places"] = AnyBut("Ingest", "Hosting"),
                ["Fleet"] = AnyBut("Ingest", "Hosting"),
                ["Catalogue"] = AnyBut("Ingest", "Compliance", "Hosting"),
                ["Ledger"] = AnyBut("Ingest", "Compliance", "Broker", "Hosting"),
                ["DetachedMonths"] = ["Access", "Ledger", "Storage"],
                ["Tables"] = ["Places"],
                ["Telemetry"] = ["Access", "Broker", "Fleet", "Http", "Places", "Replicas", "Storage"],
                ["Policies"] = ["Access", "Http", "Places", "Replicas", "Storage"],
                ["Rejudging"] = ["Access", "Catalogue", "Fleet", "Http", "Ledger", "Places", "Replicas", "Storage"],
                ["ProductSales"] =
                    ["Catalogue", "Compliance", "Fleet", "Http", "Ledger", "Places", "Replicas", "Storage"],
                ["Compliance"] =
                [
                    "Replicas", "Storage", "Http", "Findings", "Places", "Policies", "Fleet", "Catalogue", "Ledger",
                    "Access",
                ],
                ["Venues"] = AnyBut("Ingest", "Hosting", "Broker", "Enforcement", "Assessment", "Series"),
                ["Reconciliation"] = AnyBut("Ingest", "Hosting", "Broker", "Enforcement", "Assessment", "Series"),
                ["Patterns"] = AnyBut("Ingest", "Hosting", "Broker", "Enforcement", "Assessment", "Series"),
                ["Enforcement"] = AnyBut("Ingest", "Hosting", "Assessment", "Series", "Venues"),
                ["Alerts"] = ["Access", "Broker", "Fleet", "Http", "Places", "Replicas", "Storage", "Telemetry"],
                ["Assessment"] = ["Access", "Enforcement", "Findings", "Http", "Places", "Replicas", "Storage"],
                ["Broker"] = AnyBut("Ingest", "Hosting"),
                ["Enrolment"] = AnyBut("Ingest", "Hosting"),
                ["Series"] = AnyBut("Ingest", "Hosting"),
                ["Charts"] = ["Catalogue", "Http", "Ledger", "Places", "Replicas", "Storage"],
                ["Access"] = AnyBut("Ingest", "Hosting"),
                ["Ingest"] = AnyBut("Hosting"),
                ["Observability"] = AnyBut("Hosting"),
                ["Hosting"] = Any,
            },
            ["simulators"] = new Dictionary<string, string[]>
            {
                [""] = Any,
                ["Terminal"] = None,
                ["CityLoad"] = None,
                ["JournalSimulation"] = None,
                ["PowerLoss"] = None,
                ["Faults"] = None,
                ["RecordedSales"] = ["CityLoad"],
                ["Bills"] = ["CityLoad"],
                ["Fleet"] = ["CityLoad", "Terminal"],
                ["Bench"] = ["Commands", "Servers", "Terminal"],
                ["Scale"] = ["Bench", "Commands", "Servers"],
                ["Servers"] = ["Faults"],
                ["Crash"] = ["Commands", .. RealFleet, "Faults", "PowerLoss", "Series", "Servers"],
                ["Outage"] = [.. RealFleet, "Bench", "Commands", "Servers"],
                ["City"] = [.. RealFleet, "Commands", "Outage"],
                ["Demo"] = [.. RealFleet, "Bills", "City", "Commands"],
                ["Replay"] = [.. RealFleet, "RecordedSales", "Commands"],
                ["Restrict"] = [.. RealFleet, "Faults", "Commands"],
                ["Series"] = [.. RealFleet, "City", "Commands", "Servers"],
                // What the sub-commands share; they are put together at the root.
                ["Commands"] = ["Fleet", "JournalSimulation", "Terminal"],
            },
        };

    /// <summary>For each project: the projects it may reference.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Projects = new Dictionary<string, string[]>
    {
        ["protocol"] = [],
        ["kiosk-agent"] = ["protocol"],
        ["fleet-service"] = ["protocol"],
        ["simulators"] = ["protocol", "kiosk-agent", "fleet-service"],
    };

    /// <summary>For each package's namespace: the files of the product that may use it; * is any text.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Packages = new Dictionary<string, string[]>
    {
        ["MQTTnet"] =
        [
            "kiosk-agent/Uplink/*", "fleet-service/Broker/*",
            "simulators/*Load/*", "simulators/*Fault*/*", "simulators/*Crash*/*", "simulators/*Bench*/*",
        ],
        ["Microsoft.Data.Sqlite"] =
        [
            "kiosk-agent/Journal/*", "kiosk-agent/*Store.cs",
            "fleet-service/Storage/*",
            "simulators/PowerLoss/*", "simulators/*Crash*/*", "simulators/*Bench*/*",
        ],
        ["Npgsql"] = ["fleet-service/Storage/*", "simulators/Bench/*", "simulators/Servers/*"],
        ["SQLitePCL"] =
            ["kiosk-agent/Journal/*", "fleet-service/Storage/*", "simulators/PowerLoss/*"],
        ["Polly"] =
        [
            "kiosk-agent/Uplink/*", "fleet-service/Broker/*", "fleet-service/Series/*", "fleet-service/Alerts/*",
        ],
        ["OpenTelemetry"] = ["fleet-service/Observability/*", "fleet-service/Program.cs"],
        ["CsvHelper"] = ["fleet-service/Catalogue/*", "fleet-service/Tables/*", "simulators/*"],
        ["MailKit"] = ["fleet-service/Alerts/*"],
        ["MimeKit"] = ["fleet-service/Alerts/*"],
        ["DocumentFormat"] = ["fleet-service/Tables/*"],
        ["Spectre.Console"] = ["simulators/*"],
        ["System.CommandLine"] =
        [
            "kiosk-agent/Cli/*", "kiosk-agent/Program.cs",
            // A capability may bring a command of its own; Commands.cs is the list of all.
            "fleet-service/*Command.cs", "fleet-service/Hosting/Commands.cs", "fleet-service/Program.cs",
            "simulators/*",
        ],
    };

    /// <summary>For each capability: the first event id of its log messages and how many it has.</summary>
    public static readonly IReadOnlyDictionary<string, (int First, int Count)> LogEvents =
        new Dictionary<string, (int First, int Count)>
        {
            ["kiosk-agent/Journal"] = (1000, 100),
            ["kiosk-agent/LocalApi"] = (1100, 100),
            ["kiosk-agent/Uplink"] = (1200, 100),
            ["kiosk-agent/Enrolment"] = (1300, 100),
            ["kiosk-agent/Vending"] = (1400, 100),
            ["kiosk-agent/Hosting"] = (1500, 100),
            ["kiosk-agent/Clock"] = (1600, 100),
            ["kiosk-agent/Settings"] = (1700, 100),
            ["kiosk-agent/Cli"] = (1800, 100),
            ["kiosk-agent/Gate"] = (1900, 100),
            ["kiosk-agent/Telemetry"] = (4600, 50),
            ["fleet-service/Broker"] = (2000, 100),
            ["fleet-service/Ingest"] = (2100, 100),
            ["fleet-service/Ledger"] = (2200, 100),
            ["fleet-service/Enrolment"] = (2300, 100),
            ["fleet-service/Fleet"] = (2400, 100),
            ["fleet-service/Catalogue"] = (2500, 100),
            ["fleet-service/Compliance"] = (2600, 50),
            ["fleet-service/Findings"] = (2650, 50),
            ["fleet-service/Series"] = (2700, 100),
            ["fleet-service/Storage"] = (2800, 50),
            ["fleet-service/Places"] = (2850, 50),
            ["fleet-service/Access"] = (2900, 50),
            ["fleet-service/Observability"] = (2950, 50),
            ["fleet-service/Rejudging"] = (4000, 50),
            ["fleet-service/ProductSales"] = (4050, 50),
            ["fleet-service/Policies"] = (4100, 50),
            ["fleet-service/Assessment"] = (4150, 50),
            ["fleet-service/Venues"] = (4200, 50),
            ["fleet-service/Reconciliation"] = (4250, 50),
            ["fleet-service/Patterns"] = (4300, 50),
            ["fleet-service/Enforcement"] = (4350, 50),
            ["fleet-service/Charts"] = (4400, 50),
            ["fleet-service/Telemetry"] = (4650, 50),
            ["fleet-service/Alerts"] = (4700, 50),
            ["fleet-service/Replicas"] = (4800, 50),
            ["simulators/*"] = (3000, 1000),
        };

    /// <summary>Every folder of the project except these.</summary>
    public static string[] AnyBut(params string[] folders) => ["*", .. folders.Select(folder => $"-{folder}")];

    /// <summary>True when a folder with this list of uses may use the other.</summary>
    public static bool Allows(string[] uses, string other) =>
        !uses.Contains($"-{other}") && (uses.Contains("*") || uses.Contains(other));
}
