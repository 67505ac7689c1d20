using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace KioskFleet.TestKit;

/// <summary>A program and its arguments.</summary>
/// <param name="Program">Path of the program.</param>
/// <param name="Arguments">Its arguments, not interpreted by a shell.</param>
public sealed record ServerCommand(string Program, IReadOnlyList<string> Arguments);

/// <summary>
/// A server program that listens on one loopback port and keeps this port over stop, kill and restart. For one caller
/// at a time; dispose ends the process.
/// </summary>
public sealed class LoopbackServer : IAsyncDisposable
{
    private const int MaxPortAttempts = 5;

    private readonly ServerCommand command;
    private readonly TimeSpan startTimeout;
    private readonly List<string> earlierLog = [];
    private ServerProcess? process;

    private LoopbackServer(ServerCommand command, int port, TimeSpan startTimeout)
    {
        this.command = command;
        this.startTimeout = startTimeout;
        Port = port;
    }

    /// <summary>The port on 127.0.0.1; the same for the life of this object.</summary>
    public int Port { get; }

    /// <summary>True while the process runs.</summary>
    public bool IsRunning => process is { HasExited: false };

    /// <summary>The process id of the running process.</summary>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    public int ProcessId => Running.Id;

    /// <summary>The newest lines of output over all runs, oldest first.</summary>
    public IReadOnlyList<string> Log => [.. earlierLog, .. process?.Log ?? []];

    private ServerProcess Running =>
        process is { HasExited: false } running ? running : throw new InvalidOperationException("It does not run.");

    /// <summary>Starts a server on a free port and waits until it accepts connections.</summary>
    /// <param name="commandForPort">Gives the command for a port; asked again when the port is taken.</param>
    /// <param name="startTimeout">How long one start may take.</param>
    /// <exception cref="InvalidOperationException">The program ended at once; its log is in the message.</exception>
    /// <exception cref="TimeoutException">It did not accept in time; its log is in the message.</exception>
    public static async Task<LoopbackServer> StartAsync(
        Func<int, ServerCommand> commandForPort, TimeSpan startTimeout)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort.Next();
            var server = new LoopbackServer(commandForPort(port), port, startTimeout);
            try
            {
                await server.StartAgainAsync();
                return server;
            }
            catch (InvalidOperationException error) when (PortWasTaken(error) && attempt < MaxPortAttempts)
            {
                await server.DisposeAsync();
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Starts the stopped server again and waits until it accepts connections.</summary>
    /// <exception cref="InvalidOperationException">It runs already, or the program ended at once.</exception>
    /// <exception cref="TimeoutException">It did not accept in time.</exception>
    public async Task StartAgainAsync()
    {
        if (IsRunning)
        {
            throw new InvalidOperationException("It runs already.");
        }

        await ForgetProcessAsync();
        process = ServerProcess.Start(command.Program, command.Arguments);
        var clock = Stopwatch.StartNew();
        while (!await AcceptsAsync())
        {
            if (process.HasExited)
            {
                await process.WaitForExitAsync(ServerProcess.EndTimeout);
                throw new InvalidOperationException($"{command.Program} ended at once: {process.DescribeLog()}");
            }

            if (clock.Elapsed > startTimeout)
            {
                var log = process.DescribeLog();
                process.Kill();
                throw new TimeoutException($"{command.Program} accepts nothing after {startTimeout}: {log}");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Ends the process cleanly; no effect when it does not run.</summary>
    public async Task StopAsync()
    {
        if (process is not null)
        {
            await process.EndAsync();
        }
    }

    /// <summary>Kills the process as a crash would.</summary>
    public void Kill() => Running.Kill();

    /// <summary>Freezes the process: connections stay open and nothing answers.</summary>
    public void Freeze() => Running.Freeze();

    /// <summary>Lets a frozen process go on.</summary>
    public void Thaw() => Running.Thaw();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await ForgetProcessAsync();

    private static bool PortWasTaken(InvalidOperationException error) =>
        error.Message.Contains("address already in use", StringComparison.OrdinalIgnoreCase);

    private async Task ForgetProcessAsync()
    {
        if (process is { } old)
        {
            await old.EndAsync();
            earlierLog.AddRange(old.Log);
            earlierLog.RemoveRange(0, Math.Max(0, earlierLog.Count - ServerProcess.MaxLogLines));
            process = null;
            await old.DisposeAsync();
        }
    }

    private async Task<bool> AcceptsAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port));
            // Another program may have the port: ours then ends by itself a moment later.
            await Task.Delay(20);
            return !process!.HasExited;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
