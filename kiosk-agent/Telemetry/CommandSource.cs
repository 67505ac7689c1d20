using System.ComponentModel;
using System.Diagnostics;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Agent.Telemetry;

/// <summary>
/// A program that prints JSON, run every so often, without a shell and without arguments. One that runs too long or
/// prints too much is ended with all that it began.
/// </summary>
internal sealed class CommandSource(string program, TimeSpan every, TimeSpan limit, TimeProvider time)
    : ITelemetrySource
{
    private const int MaxErrorBytes = 500;

    private bool _ran;

    /// <inheritdoc/>
    public string Name => "command";

    /// <inheritdoc/>
    public async Task<SourceOutcome> NextAsync(CancellationToken cancel)
    {
        if (_ran)
        {
            await Task.Delay(every, time, cancel);
        }

        _ran = true;
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
                UseShellExecute = false,
            },
        };
        try
        {
            process.Start();
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            return new SourceOutcome.Failed($"{program} cannot be started: {exception.Message}");
        }

        return await RunAsync(process, cancel);
    }

    private async Task<SourceOutcome> RunAsync(Process process, CancellationToken cancel)
    {
        using var within = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(within.Token, cancel);
        try
        {
            process.StandardInput.Close();
            var errors = ReadAsync(process.StandardError.BaseStream, MaxErrorBytes, drain: true, either.Token);
            var output = await ReadAsync(
                process.StandardOutput.BaseStream, Limits.MaxTelemetryBytes + 1, drain: false, either.Token);
            if (output.Length > Limits.MaxTelemetryBytes)
            {
                return new SourceOutcome.Failed(
                    $"{program} prints more than {Limits.MaxTelemetryBytes} bytes, which is the most that is read.");
            }

            await process.WaitForExitAsync(either.Token);
            if (process.ExitCode != 0)
            {
                var words = System.Text.Encoding.UTF8.GetString(await errors).Trim();
                return new SourceOutcome.Failed($"{program} ended with {process.ExitCode}: {words}");
            }

            return TelemetryReader.TryReadReadings(output, out var readings, out var problem)
                ? new SourceOutcome.Told(readings, 0)
                : new SourceOutcome.Failed($"{program}: {problem}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new SourceOutcome.Failed(
                $"{program} ran longer than {limit.TotalSeconds} s (telemetry:commandTimeoutSeconds) and was ended.");
        }
        catch (IOException exception)
        {
            return new SourceOutcome.Failed($"{program}: {exception.Message}");
        }
        finally
        {
            End(process);
        }
    }

    /// <summary>Reads until the end or the limit; what is beyond is left, or read and thrown away.</summary>
    private static async Task<byte[]> ReadAsync(Stream stream, int most, bool drain, CancellationToken cancel)
    {
        var bytes = new byte[most];
        var read = await stream.ReadAtLeastAsync(bytes, most, throwOnEndOfStream: false, cancel);
        if (drain && read == most)
        {
            await stream.CopyToAsync(Stream.Null, cancel);
        }

        return bytes[..read];
    }

    private static void End(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            // It ended between the look and the blow.
            return;
        }
    }
}
