using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KioskFleet.TestKit;

/// <summary>
/// A real Mosquitto broker on a free loopback port with a generated configuration in its own temporary folder. It
/// keeps its port over stop, kill and restart. Start, stop and dispose are for one caller at a time.
/// </summary>
public sealed class MosquittoServer : IAsyncDisposable
{
    /// <summary>How long the broker may take until it accepts connections.</summary>
    public static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    // The figures of Mosquitto's own mosquitto_passwd ($7$: PBKDF2 with SHA-512).
    private const int PasswordIterations = 101;
    private const int PasswordSaltBytes = 12;
    private const int PasswordHashBytes = 64;

    private readonly TemporaryFolder folder;
    private readonly LoopbackServer server;

    private MosquittoServer(TemporaryFolder folder, LoopbackServer server)
    {
        this.folder = folder;
        this.server = server;
    }

    /// <summary>True when Mosquitto is installed on this machine.</summary>
    public static bool IsInstalled => Program is not null;

    /// <summary>The address to connect to.</summary>
    public static string Host => "127.0.0.1";

    /// <summary>The port to connect to; the same for the life of this object.</summary>
    public int Port => server.Port;

    /// <summary>True while the broker process runs.</summary>
    public bool IsRunning => server.IsRunning;

    /// <summary>The newest lines of the log over all runs, oldest first.</summary>
    public IReadOnlyList<string> Log => server.Log;

    private static string? Program { get; } = ServerAvailability.FindProgram("mosquitto");

    /// <summary>Starts a broker and waits until it accepts connections.</summary>
    /// <exception cref="InvalidOperationException">Mosquitto is not installed, or it ended at once (for a wrong
    /// configuration line, say); the log is in the message.</exception>
    /// <exception cref="TimeoutException">It did not accept within <see cref="StartTimeout"/>.</exception>
    public static async Task<MosquittoServer> StartAsync(MosquittoOptions? options = null)
    {
        var program = Program ?? throw new InvalidOperationException(ServerAvailability.NoMosquitto);
        var folder = new TemporaryFolder("mosquitto");
        try
        {
            var server = await LoopbackServer.StartAsync(
                port => new ServerCommand(program, ["-c", WriteConfiguration(folder, options ?? new(), port)]),
                StartTimeout);
            return new MosquittoServer(folder, server);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Stops the broker cleanly; its clients see their connections close.</summary>
    public Task StopAsync() => server.StopAsync();

    /// <summary>Kills the broker process as a crash would.</summary>
    public void Kill() => server.Kill();

    /// <summary>Starts the stopped or killed broker again: same port, same configuration, same data.</summary>
    public Task StartAgainAsync() => server.StartAgainAsync();

    /// <summary>Freezes the broker: connections stay open and nothing answers.</summary>
    public void Freeze() => server.Freeze();

    /// <summary>Lets a frozen broker go on.</summary>
    public void Thaw() => server.Thaw();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    private static string WriteConfiguration(TemporaryFolder folder, MosquittoOptions options, int port)
    {
        List<string> lines =
        [
            $"listener {port} {Host}",
            $"allow_anonymous {(options.Users.Count == 0 ? "true" : "false")}",
            // Started by root, Mosquitto would change to a user who cannot read this folder.
            $"user {Environment.UserName}",
            "log_dest stderr",
            "log_type all",
        ];
        if (options.Users.Count > 0)
        {
            var users = options.Users.Select(user => $"{user.Key}:{HashPassword(user.Value)}\n");
            lines.Add($"password_file {folder.Write("users", string.Concat(users))}");
        }

        if (options.AccessList is { } accessList)
        {
            lines.Add($"acl_file {folder.Write("access", string.Join('\n', accessList) + "\n")}");
        }

        if (options.Persistence)
        {
            lines.AddRange(
                ["persistence true", $"persistence_location {folder.Folder("data")}/", "autosave_interval 1"]);
        }

        lines.AddRange(options.ExtraLines);
        return folder.Write("mosquitto.conf", string.Join('\n', lines) + "\n");
    }

    private static string HashPassword(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(PasswordSaltBytes);
        var hash = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password), salt, PasswordIterations, HashAlgorithmName.SHA512, PasswordHashBytes);
        var iterations = PasswordIterations.ToString(CultureInfo.InvariantCulture);
        return $"$7${iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}";
    }
}
