using System.Globalization;
using KioskFleet.Simulators.Faults;

namespace KioskFleet.Simulators.Servers;

/// <summary>
/// The fleet service as a process of its own over a folder of its own, on ports that it keeps over restarts. Not
/// thread-safe: the campaign drives it.
/// </summary>
/// <param name="root">The folder of everything.</param>
/// <param name="further">Further settings, <c>Section:Name=VALUE</c>; they win.</param>
internal sealed class ServiceUnderTest(string root, IReadOnlyList<string>? further = null) : IAsyncDisposable
{
    private const string Assembly = "KioskFleet.Service.dll";

    private readonly string _folder = Directory.CreateDirectory(Path.Combine(root, "service")).FullName;
    private readonly int _httpPort = LoopbackPorts.Next();
    private ChildProcess? _process;
    private int _commands;

    /// <summary>Its data directory.</summary>
    public string Folder => _folder;

    /// <summary>The port of the embedded broker.</summary>
    public int BrokerPort { get; } = LoopbackPorts.Next();

    /// <summary>The address of the HTTP API.</summary>
    public Uri Address => new($"http://127.0.0.1:{_httpPort}");

    /// <summary>The ledger's database.</summary>
    public string DatabasePath => Path.Combine(_folder, "fleet.db");

    /// <summary>True while the process runs.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>The operating system's process id.</summary>
    /// <exception cref="InvalidOperationException">It was never started.</exception>
    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("The service was never started.");

    /// <summary>The token that may write.</summary>
    public string AdminToken => File.ReadAllText(Path.Combine(_folder, "admin.token")).Trim();

    /// <summary>Starts it when it does not run, and waits until it answers.</summary>
    /// <exception cref="CampaignException">It ended, or does not answer.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        if (IsRunning)
        {
            return;
        }

        await ReleaseAsync();
        _process = ChildProcess.Start(Assembly, ["run", .. Settings()], NoEnvironment, Log("service"));
        await Readiness.WaitAsync(_process, new Uri(Address, "healthz"), "the service", cancel);
    }

    /// <summary>Waits until it says that it can work: its database and its broker are reached.</summary>
    /// <exception cref="CampaignException">It ended, does not run, or does not say so in time.</exception>
    public Task ReadyAsync(CancellationToken cancel) => Readiness.WaitAsync(
        _process ?? throw new CampaignException("the service does not run."), new Uri(Address, "readyz"), "the service",
        cancel);

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (_process is not null)
        {
            await _process.KillAsync();
        }
    }

    /// <summary>Freezes it: its connections stay open and nothing answers.</summary>
    public void Freeze() => _process?.Freeze();

    /// <summary>Lets it go on.</summary>
    public void Thaw()
    {
        if (IsRunning)
        {
            _process!.Thaw();
        }
    }

    /// <summary>SIGTERM; true when it ended by itself in time.</summary>
    public async Task<bool> StopAsync() => _process is null || await _process.StopAsync();

    /// <summary>Runs one of its commands (backup, restore, verify) in a process of its own.</summary>
    /// <returns>Exit code and output.</returns>
    public async Task<(int Code, string Output)> RunCommandAsync(params string[] arguments)
    {
        await using var process = ChildProcess.Start(
            Assembly, [.. arguments, .. Settings()], NoEnvironment, Log($"command-{++_commands}-{arguments[0]}"));
        return await process.WaitForExitAsync(ServerLimits.StartTimeout)
            ? (process.ExitCode, process.NewestOutput)
            : throw new CampaignException($"'{arguments[0]}' of the service did not end: {process.NewestOutput}");
    }

    /// <summary>Removes the database's files; the service must be stopped.</summary>
    public void RemoveDatabase()
    {
        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            File.Delete(DatabasePath + suffix);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await ReleaseAsync();

    private static Dictionary<string, string> NoEnvironment => [];

    private string Log(string name) => Path.Combine(Directory.CreateDirectory(
        Path.Combine(root, "logs")).FullName, name + ".log");

    private async Task ReleaseAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
            _process = null;
        }
    }

    private IEnumerable<string> Settings()
    {
        string[] settings =
        [
            $"Urls={Address}",
            $"Storage:DataDirectory={_folder}",
            $"Broker:Embedded:Port={BrokerPort.ToString(CultureInfo.InvariantCulture)}",
            "Broker:Embedded:RefusalDelayMilliseconds=50",
            "Broker:PublicHost=127.0.0.1",
            "Enrolment:RedemptionsPerMinute=100000",
            "Logging:LogLevel:Microsoft=Warning",
        ];
        return settings.Concat(further ?? []).SelectMany(setting => (string[])["--set", setting]);
    }
}
