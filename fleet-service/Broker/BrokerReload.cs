using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace KioskFleet.Service.Broker;

/// <summary>
/// Makes Mosquitto read its files again, by SIGHUP to the process of its pid file or by the configured command. It
/// keeps its connections, but for those whose account is gone. Thread-safe.
/// </summary>
internal sealed class BrokerReload(BrokerFilesOptions options, TimeProvider time)
{
    private const int SignalHangUp = 1;
    private const string Program = "mosquitto";

    // What a command says is shown in part.
    private const int MostShown = 500;

    /// <summary>Reloads; returns when the signal was sent or the command has ended well.</summary>
    /// <exception cref="BrokerUnavailableException">There is no such process, or the command failed.</exception>
    public Task RunAsync(CancellationToken ct) =>
        options.ReloadCommand.Count > 0 ? CommandAsync(ct) : Task.Run(Signal, ct);

    private void Signal()
    {
        var setting = $"Broker:External:Files:PidFile '{options.PidFile}'";
        string text;
        try
        {
            text = File.ReadAllText(options.PidFile).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BrokerUnavailableException(
                $"{setting}: {error.Message} Start Mosquitto with pid_file, or set ReloadCommand.", error);
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || pid <= 1)
        {
            throw new BrokerUnavailableException($"{setting}: holds no process number.");
        }

        // After a kill the number may be another process's, which a hang-up would end.
        var name = $"/proc/{pid}/comm";
        if (File.Exists(name) && File.ReadAllText(name).Trim() is var program && program != Program)
        {
            throw new BrokerUnavailableException(
                $"{setting}: process {pid} is '{program}', not {Program}, which writes its own number when it starts.");
        }

        if (NativeMethods.Kill(pid, SignalHangUp) != 0)
        {
            var why = new Win32Exception(Marshal.GetLastPInvokeError()).Message;
            throw new BrokerUnavailableException($"{setting}: process {pid} cannot be told to reload: {why}.");
        }
    }

    private async Task CommandAsync(CancellationToken ct)
    {
        var name = $"Broker:External:Files:ReloadCommand '{options.ReloadCommand[0]}'";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var timer = time.CreateTimer(
            _ => limit.Cancel(), null, TimeSpan.FromSeconds(options.ReloadTimeoutSeconds), Timeout.InfiniteTimeSpan);
        Process? started = null;
        try
        {
            var start = new ProcessStartInfo(options.ReloadCommand[0], options.ReloadCommand.Skip(1))
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
                UseShellExecute = false,
            };
            started = Process.Start(start)!;
            started.StandardInput.Close();
            var output = started.StandardOutput.ReadToEndAsync(limit.Token);
            var said = await started.StandardError.ReadToEndAsync(limit.Token);
            await output;
            await started.WaitForExitAsync(limit.Token);
            if (started.ExitCode != 0)
            {
                throw new BrokerUnavailableException(
                    $"{name}: ended with {started.ExitCode}: {said.Trim()[..Math.Min(MostShown, said.Trim().Length)]}");
            }
        }
        catch (Win32Exception error)
        {
            throw new BrokerUnavailableException($"{name}: cannot be started: {error.Message}", error);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            started?.Kill();
            throw new BrokerUnavailableException($"{name}: did not end within {options.ReloadTimeoutSeconds} s.");
        }
        finally
        {
            started?.Dispose();
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Kill(int process, int signal);
    }
}
