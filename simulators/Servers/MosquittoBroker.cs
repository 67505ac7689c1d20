using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using KioskFleet.Simulators.Faults;

namespace KioskFleet.Simulators.Servers;

/// <summary>
/// A real Mosquitto on a free loopback port that it keeps over restarts. Whom it lets in and what they may do it reads
/// from files that the fleet service writes from its register. It remembers nothing over a restart: what nobody took,
/// the cabinets send again. Start, stop, kill and dispose are for one caller at a time.
/// </summary>
internal sealed class MosquittoBroker : IAsyncDisposable
{
    private const string Service = "fleet-service";

    private readonly string _folder;
    private ChildProcess? _process;

    /// <summary>Prepares its configuration; nothing runs yet.</summary>
    public MosquittoBroker(string folder)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        Directory.CreateDirectory(AccountFolder);
        File.WriteAllText(PasswordFile, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) + "\n");
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; } = LoopbackPorts.Next();

    private string AccountFolder => Path.Combine(_folder, "accounts");

    private string PasswordFile => Path.Combine(_folder, "password");

    private string PidFile => Path.Combine(_folder, "mosquitto.pid");

    /// <summary>The settings by which a fleet service reaches it and keeps its accounts.</summary>
    /// <param name="port">The port; another one than <see cref="Port"/> when something lies between.</param>
    public IReadOnlyList<string> Settings(int? port = null) =>
    [
        "Broker:Mode=External", "Broker:External:Host=127.0.0.1",
        string.Create(CultureInfo.InvariantCulture, $"Broker:External:Port={port ?? Port}"),
        $"Broker:External:UserName={Service}", $"Broker:External:PasswordFile={PasswordFile}",
        "Broker:External:Accounts=Files", $"Broker:External:Files:Directory={AccountFolder}",
        $"Broker:External:Files:PidFile={PidFile}", "Broker:External:MaxReconnectDelaySeconds=1",
    ];

    /// <summary>Starts it when it does not run, and waits until it accepts.</summary>
    /// <exception cref="CampaignException">Mosquitto is not installed, or it does not start.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        if (_process is { HasExited: false })
        {
            return;
        }

        await KillAsync();

        // It must find the files at its start; the service writes what belongs into them.
        foreach (var name in (string[])["users", "access"])
        {
            var path = Path.Combine(AccountFolder, name);
            if (!File.Exists(path))
            {
                await File.WriteAllTextAsync(path, "", cancel);
            }
        }

        var configuration = Path.Combine(_folder, "mosquitto.conf");
        await File.WriteAllLinesAsync(
            configuration,
            [
                $"listener {Port} 127.0.0.1", "allow_anonymous false", $"user {Environment.UserName}",
                $"password_file {Path.Combine(AccountFolder, "users")}",
                $"acl_file {Path.Combine(AccountFolder, "access")}", $"pid_file {PidFile}", "log_dest stderr",
                "log_type error", "log_type warning", "persistence false",
            ], cancel);
        _process = ChildProcess.StartProgram(
            InstalledProgram.Need("mosquitto", "mosquitto"), ["-c", configuration], new Dictionary<string, string>(),
            Path.Combine(_folder, "mosquitto.log"));
        await WaitAsync(cancel);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (_process is not null)
        {
            await _process.KillAsync();
            await _process.DisposeAsync();
            _process = null;
        }
    }

    /// <summary>Freezes it: its connections stay open and nothing answers.</summary>
    public void Freeze() => _process?.Freeze();

    /// <summary>Lets it go on.</summary>
    public void Thaw() => _process?.Thaw();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await KillAsync();

    private async Task WaitAsync(CancellationToken cancel)
    {
        for (var left = (int)ServerLimits.StartTimeout.TotalMilliseconds / 50; ; left--)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port), cancel);
                return;
            }
            catch (SocketException error)
            {
                if (_process is not { HasExited: false } || left == 0)
                {
                    throw new CampaignException($"Mosquitto does not start: {error.Message}\n{_process?.NewestOutput}");
                }

                await Task.Delay(50, cancel);
            }
        }
    }
}
