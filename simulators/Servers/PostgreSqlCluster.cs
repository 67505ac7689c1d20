using System.Globalization;
using System.Security.Cryptography;
using KioskFleet.Simulators.Faults;
using Npgsql;

namespace KioskFleet.Simulators.Servers;

/// <summary>
/// A real PostgreSQL cluster in a folder of its own, on a free loopback port that it keeps over restarts. It asks for a
/// password and writes durably: fsync and synchronous commit are on. It refuses to run as root and then runs as the
/// system's user <c>postgres</c>. Start, stop, kill and dispose are for one caller at a time.
/// </summary>
internal sealed class PostgreSqlCluster : IAsyncDisposable
{
    private const string User = "kioskfleet";
    private const string SystemUser = "postgres";

    private readonly string _folder;
    private readonly string _logPath;
    private ChildProcess? _process;

    /// <summary>Prepares; nothing is made yet.</summary>
    /// <param name="folder">An empty folder, or that of an earlier cluster.</param>
    public PostgreSqlCluster(string folder)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        _logPath = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "logs")).FullName, "postgresql.log");
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; } = LoopbackPorts.Next();

    /// <summary>The file with the password of the role that owns everything.</summary>
    public string PasswordFile => Path.Combine(_folder, "password");

    /// <summary>The cluster's files.</summary>
    public string DataFolder => Path.Combine(_folder, "data");

    /// <summary>Makes the cluster when it is new, starts it when it does not run, and waits until it answers.</summary>
    /// <exception cref="CampaignException">PostgreSQL is not installed, or it does not start.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        if (_process is { HasExited: false })
        {
            return;
        }

        await ReleaseAsync();
        if (!Directory.Exists(DataFolder))
        {
            await MakeAsync();
        }

        // Without huge pages each connection maps every shared page that it touches: with much shared memory that costs
        // more than it saves where the files are in the page cache (with 1 GB bare rows were half as fast). Segments of
        // the log are used again and not made anew.
        _process = Run(InstalledProgram.Need("postgres", "postgresql"),
            "-D", DataFolder, "-p", Port.ToString(CultureInfo.InvariantCulture),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=300",
            "-c", "shared_buffers=64MB", "-c", "min_wal_size=2GB", "-c", "max_wal_size=4GB",
            "-c", "wal_compression=on");
        await WaitAsync(cancel);
    }

    /// <summary>Makes a database as the service needs it.</summary>
    public async Task MakeDatabaseAsync(string name, CancellationToken cancel)
    {
        await using var connection = await OpenAsync("postgres", cancel);
        await using var command = new NpgsqlCommand(
            $"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'", connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>An open connection of our own; the caller closes it.</summary>
    public async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancel)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1", Port = Port, Username = User, Database = database, Pooling = false,
            Password = await File.ReadAllTextAsync(PasswordFile, cancel),
        }.ToString());
        try
        {
            await connection.OpenAsync(cancel);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The settings by which a fleet service reaches a database.</summary>
    /// <param name="database">Its name.</param>
    /// <param name="port">The port; another one than <see cref="Port"/> when something lies between.</param>
    public IReadOnlyList<string> Settings(string database, int? port = null) =>
    [
        "Storage:Engine=PostgreSql", "Storage:PostgreSql:Host=127.0.0.1",
        string.Create(CultureInfo.InvariantCulture, $"Storage:PostgreSql:Port={port ?? Port}"),
        $"Storage:PostgreSql:User={User}", $"Storage:PostgreSql:Database={database}",
        $"Storage:PostgreSql:PasswordFile={PasswordFile}",
    ];

    /// <summary>The immediate stop: all of its processes end at once, and it recovers at the next start.</summary>
    public async Task KillAsync()
    {
        if (_process is not null)
        {
            _process.Quit();
            await _process.WaitForExitAsync(ServerLimits.StopTimeout);
            await ReleaseAsync();
        }
    }

    /// <summary>The fast stop: sessions are cut, nothing needs recovery.</summary>
    public async Task StopAsync()
    {
        if (_process is not null)
        {
            _process.Interrupt();
            await _process.WaitForExitAsync(ServerLimits.StopTimeout);
            await ReleaseAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await KillAsync();

    private async Task MakeAsync()
    {
        await File.WriteAllTextAsync(
            PasswordFile, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        if (Environment.IsPrivilegedProcess)
        {
            await using var own = ChildProcess.StartProgram(
                "chown", ["-R", SystemUser, _folder], new Dictionary<string, string>(), _logPath);
            await own.WaitForExitAsync(ServerLimits.StartTimeout);
        }

        await using var made = Run(InstalledProgram.Need("initdb", "postgresql"),
            "-D", DataFolder, "-U", User, "--auth=scram-sha-256", $"--pwfile={PasswordFile}", "--encoding=UTF8",
            "--locale=C");
        if (!await made.WaitForExitAsync(ServerLimits.StartTimeout) || made.ExitCode != 0)
        {
            throw new CampaignException($"initdb did not make a cluster in {DataFolder}:\n{made.NewestOutput}");
        }
    }

    private ChildProcess Run(string program, params string[] arguments) => Environment.IsPrivilegedProcess
        ? ChildProcess.StartProgram("setpriv",
            ["--reuid", SystemUser, "--regid", SystemUser, "--clear-groups", program, .. arguments],
            new Dictionary<string, string>(), _logPath)
        : ChildProcess.StartProgram(program, arguments, new Dictionary<string, string>(), _logPath);

    private async Task WaitAsync(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(ServerLimits.StartTimeout);
        while (true)
        {
            try
            {
                await using var connection = await OpenAsync("postgres", limit.Token);
                return;
            }
            catch (Exception error) when (error is NpgsqlException or OperationCanceledException)
            {
                cancel.ThrowIfCancellationRequested();
                if (_process is not { HasExited: false } || limit.IsCancellationRequested)
                {
                    throw new CampaignException(
                        $"PostgreSQL does not start: {error.Message}\n{_process?.NewestOutput}");
                }

                await Task.Delay(50, cancel);
            }
        }
    }

    private async Task ReleaseAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
            _process = null;
        }
    }
}
