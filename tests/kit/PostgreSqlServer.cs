using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace KioskFleet.TestKit;

/// <summary>
/// A real PostgreSQL cluster on a free loopback port with its own data folder, made by <c>initdb</c>. It asks for a
/// password (SCRAM), which lies in <see cref="PasswordFile"/>, and writes without fsync: what is tested is not the
/// disk. Started as root it runs as the system's user <c>postgres</c>, since it refuses to run as root. Start, stop and
/// dispose are for one caller at a time.
/// </summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    /// <summary>The role that owns everything.</summary>
    public const string User = "kioskfleet";

    /// <summary>How long the server may take until it accepts connections.</summary>
    public static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private const int OldestMajor = 15;
    private const string SystemUser = "postgres";

    private readonly TemporaryFolder folder;
    private readonly LoopbackServer server;

    private PostgreSqlServer(TemporaryFolder folder, LoopbackServer server)
    {
        this.folder = folder;
        this.server = server;
    }

    /// <summary>True when PostgreSQL is installed on this machine.</summary>
    public static bool IsInstalled => Programs is not null;

    /// <summary>The address to connect to.</summary>
    public static string Host => "127.0.0.1";

    /// <summary>The port to connect to; the same for the life of this object.</summary>
    public int Port => server.Port;

    /// <summary>A file with the password of <see cref="User"/>.</summary>
    public string PasswordFile => folder.File("password");

    /// <summary>The newest lines of the log over all runs, oldest first.</summary>
    public IReadOnlyList<string> Log => server.Log;

    // Debian keeps each major version in a folder of its own and none of it in PATH.
    private static string? Programs { get; } = new[] { "/usr/lib/postgresql" }.Where(Directory.Exists)
        .SelectMany(Directory.EnumerateDirectories)
        .Where(version => int.TryParse(
            Path.GetFileName(version), NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && major >= OldestMajor)
        .OrderDescending(StringComparer.Ordinal)
        .Select(version => Path.Combine(version, "bin"))
        .Concat([Path.GetDirectoryName(ServerAvailability.FindProgram("initdb")) ?? ""])
        .FirstOrDefault(programs => File.Exists(Path.Combine(programs, "initdb")));

    /// <summary>Makes an empty cluster, starts it and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">PostgreSQL is not installed, or it ended at once; what it said is in
    /// the message.</exception>
    /// <exception cref="TimeoutException">It did not answer within <see cref="StartTimeout"/>.</exception>
    public static async Task<PostgreSqlServer> StartAsync()
    {
        var programs = Programs ?? throw new InvalidOperationException(ServerAvailability.NoPostgreSql);
        var folder = new TemporaryFolder("postgresql");
        try
        {
            folder.Write("password", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
            if (Environment.IsPrivilegedProcess)
            {
                Run(new ServerCommand("chown", ["-R", SystemUser, folder.Path]));
            }

            Run(As(Path.Combine(programs, "initdb"),
                "-D", folder.File("data"), "-U", User, "--auth=scram-sha-256", $"--pwfile={folder.File("password")}",
                "--encoding=UTF8", "--locale=C", "--no-sync"));
            var server = await LoopbackServer.StartAsync(port => CommandFor(programs, folder, port), StartTimeout);
            var started = new PostgreSqlServer(folder, server);
            await started.WaitAsync(programs);
            return started;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Kills the server as a crash would; every connection ends.</summary>
    public void Kill() => server.Kill();

    /// <summary>Starts the stopped or killed server again on the same port with the same data.</summary>
    public async Task StartAgainAsync()
    {
        await server.StartAgainAsync();
        await WaitAsync(Programs!);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    private static ServerCommand CommandFor(string programs, TemporaryFolder folder, int port) => As(
        Path.Combine(programs, "postgres"),
        "-D", folder.File("data"), "-p", port.ToString(CultureInfo.InvariantCulture),
        "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=400",
        "-c", "shared_buffers=128MB", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off");

    /// <summary>A command as the user that may run it.</summary>
    private static ServerCommand As(string program, params string[] arguments) => Environment.IsPrivilegedProcess
        ? new ServerCommand(
            "setpriv", ["--reuid", SystemUser, "--regid", SystemUser, "--clear-groups", program, .. arguments])
        : new ServerCommand(program, arguments);

    private static void Run(ServerCommand command)
    {
        using var process = Process.Start(new ProcessStartInfo(command.Program, command.Arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException($"{command.Program} did not start.");
        var said = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command.Program} ended with {process.ExitCode}: {said.Result}");
        }
    }

    /// <summary>Waits until it answers: after a crash it listens before it has recovered.</summary>
    private async Task WaitAsync(string programs)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                Run(new ServerCommand(Path.Combine(programs, "pg_isready"),
                    ["-q", "-h", Host, "-p", Port.ToString(CultureInfo.InvariantCulture)]));
                return;
            }
            catch (InvalidOperationException) when (clock.Elapsed < StartTimeout)
            {
                await Task.Delay(50);
            }
        }
    }
}
