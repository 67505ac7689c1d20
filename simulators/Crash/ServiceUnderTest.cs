using System.Globalization;
using KioskFleet.Simulators.Faults;

namespace KioskFleet.Simulators.Crash;

/// <summary>
/// The fleet service as a process of its own over a folder of its own, on ports that it keeps over restarts. Not
/// thread-safe: the campaign drives it.
/// </summary>
internal sealed class ServiceUnderTest(string root) : IAsyncDisposable
{
    private const string Assembly = "KioskFleet.Service.dll";

    private readonly string _folder = Directory.CreateDirectory(Path.Combine(root, "service")).FullName;
    private readonly int _httpPort = LoopbackPorts.Next();
    private ChildProcess? _process;
    private int _commands;

    /// <summary>The port of the embedded broker.</summary>
    public int BrokerPort { get; } = LoopbackPorts.Next();

    /// <summary>The address of the HTTP API.</summary>
    public Uri Address => new($"http://127.0.0.1:{_httpPort}");

    /// <summary>The ledger's database.</summary>
    public string DatabasePath => Path.Combine(_folder, "fleet.db");

    /// <summary>True while the process runs.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>The token that may write.</summary>
    public string AdminToken => File.ReadAllText(Path.Combine(_folder, "admin.token")).Trim();

    /// <summary>Starts it when it does not run, and waits until it answers.</summary>
    /// <exception cref="CrashCampaignException">It ended, or does not answer.</exception>
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

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (_process is not null)
        {
            await _process.KillAsync();
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
        return await process.WaitForExitAsync(CrashLimits.StartTimeout)
            ? (process.ExitCode, process.NewestOutput)
            : throw new CrashCampaignException($"'{arguments[0]}' of the service did not end: {process.NewestOutput}");
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
        return settings.SelectMany(setting => (string[])["--set", setting]);
    }
}

/// <summary>The campaign cannot go on: a program under test does not start, or the machine fails.</summary>
internal sealed class CrashCampaignException(string message) : Exception(message);

/// <summary>Waits for a started child to answer.</summary>
internal static class Readiness
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Waits until an address answers with success.</summary>
    /// <exception cref="CrashCampaignException">The process ended, or did not answer in time.</exception>
    public static async Task WaitAsync(ChildProcess process, Uri address, string name, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(CrashLimits.StartTimeout);
        while (true)
        {
            if (process.HasExited)
            {
                throw new CrashCampaignException(
                    $"{name} ended with {process.ExitCode} at its start:\n{process.NewestOutput}");
            }

            if (await AnswersAsync(address, limit.Token))
            {
                return;
            }

            if (limit.IsCancellationRequested)
            {
                cancel.ThrowIfCancellationRequested();
                throw new CrashCampaignException($"{name} does not answer at {address}:\n{process.NewestOutput}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(30), CancellationToken.None);
        }
    }

    private static async Task<bool> AnswersAsync(Uri address, CancellationToken cancel)
    {
        try
        {
            using var response = await Http.GetAsync(address, cancel);
            return response.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            // Not yet.
            return false;
        }
    }
}
