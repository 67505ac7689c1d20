using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KioskFleet.Simulators.Servers;

/// <summary>
/// One of our own child processes: its output goes to a file, it can be asked to end or killed, and it does not outlive
/// this process: a tiny shell waits on a pipe that closes when we die, however we die, and then kills it by its id.
/// Thread-safe.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int SignalInterrupt = 2;
    private const int SignalQuit = 3;
    private const int SignalTerminate = 15;
    private const int SignalContinue = 18;
    private const int SignalStop = 19;
    private const int NoSuchProcess = 3;

    private readonly Process _process;
    private readonly Process _guard;
    private readonly StreamWriter _log;
    private readonly Lock _logGate = new();
    private readonly Queue<string> _newest = new();

    private ChildProcess(Process process, Process guard, StreamWriter log)
    {
        _process = process;
        _guard = guard;
        _log = log;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _process.StandardInput.Close();
    }

    /// <summary>The operating system's process id.</summary>
    public int Id => _process.Id;

    /// <summary>True when it has ended, for whatever reason.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The exit code; only after the end.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The newest lines of its output.</summary>
    public string NewestOutput
    {
        get
        {
            lock (_logGate)
            {
                return string.Join('\n', _newest);
            }
        }
    }

    /// <summary>Starts a .NET program that lies beside our own.</summary>
    /// <param name="assembly">File name of its assembly.</param>
    /// <param name="arguments">Its arguments; no shell reads them.</param>
    /// <param name="environment">Variables set beside our own.</param>
    /// <param name="logPath">The file that its output is appended to.</param>
    /// <exception cref="FileNotFoundException">The program does not lie beside ours.</exception>
    public static ChildProcess Start(
        string assembly, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment,
        string logPath)
    {
        var program = Path.Combine(AppContext.BaseDirectory, assembly);
        if (!File.Exists(program))
        {
            throw new FileNotFoundException($"The program is missing: {program}.", program);
        }

        return StartProgram(DotnetHost(), ["exec", program, .. arguments], environment, logPath);
    }

    /// <summary>Starts any program.</summary>
    /// <param name="program">Its path, or its name when it is in PATH.</param>
    /// <param name="arguments">Its arguments; no shell reads them.</param>
    /// <param name="environment">Variables set beside our own.</param>
    /// <param name="logPath">The file that its output is appended to.</param>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    public static ChildProcess StartProgram(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment,
        string logPath)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetDirectoryName(logPath)!,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var log = new StreamWriter(new FileStream(logPath, FileMode.Append, FileAccess.Write, FileShare.Read));
        var process = Process.Start(start)!;
        return new ChildProcess(process, StartGuard(process.Id), log);
    }

    /// <summary>
    /// Kills it (SIGKILL), waits until it is gone; nothing of it runs any more. No effect after its end.
    /// </summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        EndGuard();
    }

    /// <summary>Freezes the process (SIGSTOP).</summary>
    /// <exception cref="Win32Exception">It has ended.</exception>
    public void Freeze() => Signal(SignalStop);

    /// <summary>Lets a frozen process go on.</summary>
    /// <exception cref="Win32Exception">It has ended.</exception>
    public void Thaw() => Signal(SignalContinue);

    /// <summary>Sends SIGINT; no effect after its end.</summary>
    public void Interrupt() => _ = SendSignal(_process.Id, SignalInterrupt);

    /// <summary>Sends SIGQUIT; no effect after its end.</summary>
    public void Quit() => _ = SendSignal(_process.Id, SignalQuit);

    /// <summary>Asks it to end (SIGTERM) and kills it when it still runs after the timeout.</summary>
    /// <returns>True when it ended by itself.</returns>
    public async Task<bool> StopAsync()
    {
        if (!_process.HasExited && SendSignal(_process.Id, SignalTerminate) != 0
            && Marshal.GetLastPInvokeError() is var error && error != NoSuchProcess)
        {
            throw new Win32Exception(error);
        }

        var ended = await WaitForExitAsync(ServerLimits.StopTimeout);
        await KillAsync();
        return ended;
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>False when it still ran after the timeout.</returns>
    public async Task<bool> WaitForExitAsync(TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return _process.HasExited;
        }
    }

    /// <summary>Kills it when it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _guard.Dispose();
        _process.Dispose();
        await _log.DisposeAsync();
    }

    private void Signal(int signal)
    {
        if (SendSignal(_process.Id, signal) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>The host that runs us, when we run by it; else the one in PATH.</summary>
    private static string DotnetHost() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host
        : Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath!
        : "dotnet";

    private static Process StartGuard(int id)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "read -r _; kill -9 \"$1\"", "orphan-guard", $"{id}"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        return Process.Start(start)!;
    }

    /// <summary>Takes the guard away before anything else can get the id it watches.</summary>
    private void EndGuard()
    {
        _guard.Kill();
        _guard.WaitForExit();
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_logGate)
        {
            _log.WriteLine(line);
            _log.Flush();
            _newest.Enqueue(line);
            if (_newest.Count > ServerLimits.KeptLogLines)
            {
                _newest.Dequeue();
            }
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
