using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KioskFleet.TestKit;

/// <summary>
/// One child process of a test: its output is kept (the newest <see cref="MaxLogLines"/> lines), it can be asked to
/// end, killed, frozen and thawed, and it does not outlive the test process: a tiny shell waits on a pipe that closes
/// when the test process dies, and then kills the child. Thread-safe.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>Most lines of output kept; the oldest go first.</summary>
    public const int MaxLogLines = 5_000;

    /// <summary>How long a child may take to end after SIGTERM before it is killed.</summary>
    public static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    // What the child wrote last; a grandchild that holds the pipe open is not waited for longer.
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(1);

    private const int SignalTerminate = 15;
    private const int SignalContinue = 18;
    private const int SignalStop = 19;

    private readonly Process process;
    private readonly Process? orphanGuard;
    private readonly Queue<string> lines = new();

    private ServerProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
        orphanGuard = StartOrphanGuard(process.Id);
        process.Exited += (_, _) => EndOrphanGuard();
        process.EnableRaisingEvents = true;
    }

    /// <summary>The operating system's process id.</summary>
    public int Id => process.Id;

    /// <summary>True when the process has ended, for whatever reason.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>The exit code; only after the end.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>A copy of the kept lines of standard output and standard error, oldest first.</summary>
    public IReadOnlyList<string> Log
    {
        get
        {
            lock (lines)
            {
                return [.. lines];
            }
        }
    }

    /// <summary>Starts a program with arguments; standard input is empty.</summary>
    /// <param name="program">Path of the program, or its name when it is in PATH.</param>
    /// <param name="arguments">Arguments, not interpreted by a shell.</param>
    /// <param name="workingFolder">Folder to start in; null for the test's own.</param>
    /// <param name="environment">Variables to set (or, with null, to remove) beside the test's own.</param>
    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public static ServerProcess Start(
        string program,
        IEnumerable<string> arguments,
        string? workingFolder = null,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = workingFolder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return new ServerProcess(Process.Start(start)!);
    }

    /// <summary>Asks it to end (SIGTERM) and kills it when it still runs after <see cref="EndTimeout"/>.</summary>
    public async Task EndAsync()
    {
        if (!process.HasExited)
        {
            Signal(SignalContinue);
            Signal(SignalTerminate);
            if (await WaitForExitAsync(EndTimeout))
            {
                return;
            }

            Kill();
        }

        await WaitForExitAsync(DrainTimeout);
    }

    /// <summary>Kills the process at once (SIGKILL) and waits until it is gone. No effect after its end.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit(EndTimeout);
    }

    /// <summary>Freezes the process (SIGSTOP): its connections stay open and nothing answers.</summary>
    public void Freeze() => Signal(SignalStop);

    /// <summary>Lets a frozen process go on (SIGCONT).</summary>
    public void Thaw() => Signal(SignalContinue);

    /// <summary>Waits for the end of the process.</summary>
    /// <returns>False when it still ran after the timeout.</returns>
    public async Task<bool> WaitForExitAsync(TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return process.HasExited;
        }
    }

    /// <summary>Waits until a line of the log satisfies the condition.</summary>
    /// <exception cref="TimeoutException">No such line in time, or the process ended; the log is in the message.
    /// </exception>
    public async Task<string> WaitForLineAsync(Func<string, bool> condition, TimeSpan timeout)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            // After the end, what the child wrote last may still be on its way: waiting for the end drains it.
            var ended = HasExited && await WaitForExitAsync(DrainTimeout);
            if (Log.FirstOrDefault(condition) is { } line)
            {
                return line;
            }

            if (ended || clock.Elapsed > timeout)
            {
                throw new TimeoutException(
                    $"The line did not come {(ended ? "before the end" : $"in {timeout}")}:\n{DescribeLog()}");
            }

            await Task.Delay(10);
        }
    }

    /// <summary>The program's state and its last lines, for the message of a failed test.</summary>
    public string DescribeLog() =>
        $"process {Id} {(HasExited ? $"ended with {ExitCode}" : "runs")}\n{string.Join('\n', Log.TakeLast(50))}";

    /// <summary>Ends the process as <see cref="EndAsync"/> does.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        EndOrphanGuard();
        orphanGuard?.Dispose();
        process.Dispose();
    }

    private static Process? StartOrphanGuard(int id)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        var start = new ProcessStartInfo("/bin/sh", ["-c", "read -r _; kill -9 \"$1\"", "orphan-guard", $"{id}"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        return Process.Start(start);
    }

    private void EndOrphanGuard()
    {
        try
        {
            orphanGuard?.Kill();
        }
        catch (InvalidOperationException)
        {
            // Disposed or ended already: nothing is left to guard.
            return;
        }
    }

    private void Signal(int number)
    {
        const int noSuchProcess = 3;
        if (!process.HasExited && SendSignal(process.Id, number) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != noSuchProcess)
            {
                throw new Win32Exception(error);
            }
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (lines)
        {
            lines.Enqueue(line);
            if (lines.Count > MaxLogLines)
            {
                lines.Dequeue();
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
