using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using KioskFleet.Simulators.Faults;
using KioskFleet.Simulators.Servers;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Crash;

/// <summary>An image of a cabinet's disk.</summary>
/// <param name="Folder">Where its files lie.</param>
/// <param name="Holds">The answered records on it.</param>
internal sealed record DiskImage(string Folder, IReadOnlySet<RecordKey> Holds);

/// <summary>
/// One cabinet: its agent as a process of its own, its disk, and its link to the broker. Not thread-safe: the campaign
/// drives it.
/// </summary>
internal sealed class CabinetUnderTest : IAsyncDisposable
{
    private const string Assembly = "KioskFleet.Agent.dll";

    private readonly string _root;
    private readonly string _configPath;
    private readonly HttpClient _http;
    private ChildProcess? _process;

    /// <summary>Prepares a cabinet; nothing runs yet.</summary>
    /// <param name="name">Its id.</param>
    /// <param name="root">The folder of everything.</param>
    /// <param name="service">The service at which it enrols.</param>
    /// <param name="brokerPort">The broker's port on 127.0.0.1.</param>
    /// <param name="time">The time of its link's faults.</param>
    public CabinetUnderTest(string name, string root, Uri service, int brokerPort, TimeProvider time)
    {
        Name = name;
        _root = root;
        Link = new FaultProxy(brokerPort, time);
        var apiPort = LoopbackPorts.Next();
        Address = new Uri($"http://127.0.0.1:{apiPort.ToString(CultureInfo.InvariantCulture)}");
        Disk = new CabinetDisk(name, Path.Combine(root, name), Path.Combine(root, "scratch"));
        _configPath = Path.Combine(root, $"{name}.json");
        _http = new HttpClient { BaseAddress = Address, Timeout = CrashLimits.CallTimeout };
        JsonResultFile.Write(_configPath, new
        {
            DataDirectory = Disk.Folder,
            ServiceUrl = service.ToString(),
            Api = new { Listen = new[] { $"127.0.0.1:{apiPort}" } },
            Broker = new { Host = "127.0.0.1", Link.Port, KeepAliveSeconds = 5, TimeoutSeconds = 3 },
            Uplink = new
            {
                AnswerTimeoutSeconds = 2,
                HelloIntervalSeconds = 10,
                BackoffBaseMs = 50,
                BackoffCapSeconds = 1,
                UnansweredBeforeReconnect = 1,
                ReconnectBaseMs = 50,
                ReconnectCapSeconds = 1,
                WatchdogAgeSeconds = 10,
                WatchdogStallSeconds = 5,
                EnrolRetrySeconds = 1,
                MaxBatchEntries = 40,
            },
        });
    }

    /// <summary>The cabinet's id.</summary>
    public string Name { get; }

    /// <summary>The address of its local API.</summary>
    public Uri Address { get; }

    /// <summary>Its disk.</summary>
    public CabinetDisk Disk { get; }

    /// <summary>Its link to the broker.</summary>
    public FaultProxy Link { get; }

    /// <summary>Images of its disk, newest first.</summary>
    public List<DiskImage> Images { get; } = [];

    /// <summary>True while the agent runs.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Redeems a token with the agent's own command.</summary>
    public async Task EnrolAsync(string token, CancellationToken cancel)
    {
        var tokenPath = Path.Combine(_root, $"{Name}.token");
        await File.WriteAllTextAsync(tokenPath, token, cancel);
        await using var enrol = ChildProcess.Start(
            Assembly, ["enrol", "--config", _configPath, "--token-file", tokenPath], Language, LogPath);
        if (!await enrol.WaitForExitAsync(ServerLimits.StartTimeout) || enrol.ExitCode != 0)
        {
            throw new CampaignException($"{Name} could not enrol:\n{enrol.NewestOutput}");
        }
    }

    /// <summary>Starts the agent when it does not run, and waits until it answers.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        if (IsRunning)
        {
            return;
        }

        await ReleaseAsync();
        _process = ChildProcess.Start(Assembly, ["run", "--config", _configPath], Language, LogPath);
        await Readiness.WaitAsync(_process, new Uri(Address, "v1/status"), Name, cancel);
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

    /// <summary>Runs one of the agent's commands (verify, status) in a process of its own.</summary>
    /// <returns>Exit code and output.</returns>
    public async Task<(int Code, string Output)> RunCommandAsync(params string[] arguments)
    {
        await using var process = ChildProcess.Start(
            Assembly, [.. arguments, "--config", _configPath], Language, $"{LogPath}.{arguments[0]}");
        return await process.WaitForExitAsync(ServerLimits.StartTimeout)
            ? (process.ExitCode, process.NewestOutput)
            : throw new CampaignException($"'{arguments[0]}' of {Name} did not end: {process.NewestOutput}");
    }

    /// <summary>Entries not committed yet, as the agent says; null when it does not answer.</summary>
    public async Task<long?> BacklogAsync(CancellationToken cancel)
    {
        try
        {
            var status = await _http.GetFromJsonAsync<JsonElement>(new Uri("v1/status", UriKind.Relative), cancel);
            return status.GetProperty("backlog").GetInt64();
        }
        catch (Exception error) when (error is HttpRequestException or JsonException
            || (error is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            // It is being restarted or busy: asked again.
            return null;
        }
    }

    /// <summary>What the agent says of itself, for a report.</summary>
    public async Task<string> StatusAsync()
    {
        try
        {
            return await _http.GetStringAsync(new Uri("v1/status", UriKind.Relative));
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return error.Message;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ReleaseAsync();
        await Link.DisposeAsync();
        _http.Dispose();
    }

    private static Dictionary<string, string> Language => new() { ["LANG"] = "C.UTF-8" };

    private string LogPath => Path.Combine(Directory.CreateDirectory(
        Path.Combine(_root, "logs")).FullName, $"{Name}.log");

    private async Task ReleaseAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
            _process = null;
        }
    }
}
