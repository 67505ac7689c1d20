using System.ComponentModel;
using System.Diagnostics;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Agent.Telemetry;

/// <summary>
/// A program that prints JSON, run every so often, without a shell and without arguments. What it printed counts when
/// it ends by itself; one that runs too long or prints too much is ended. All that it began ends with it, either way.
/// </summary>
internal sealed class CommandSource(string program, TimeSpan every, TimeSpan limit, TimeProvider time)
    : ITelemetrySource
{
    private const int MaxErrorBytes = 500;

    /// <summary>Longest wait for the rest of the output when the program has ended but its pipe has not.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(200);

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
        var mark = new RunMark();
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
        mark.PutOn(process.StartInfo);
        try
        {
            process.Start();
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            return new SourceOutcome.Failed($"{program} cannot be started: {exception.Message}");
        }

        try
        {
            return await RunAsync(process, cancel);
        }
        finally
        {
            End(process);
            mark.EndAll();
        }
    }

    private async Task<SourceOutcome> RunAsync(Process process, CancellationToken cancel)
    {
        using var within = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(within.Token, cancel);
        using var outputPipe = process.StandardOutput.BaseStream;
        using var errorPipe = process.StandardError.BaseStream;
        try
        {
            process.StandardInput.Close();
            var errors = new PipeReading(errorPipe, MaxErrorBytes, drain: true, either.Token);
            var output = new PipeReading(outputPipe, Limits.MaxTelemetryBytes + 1, drain: false, either.Token);
            var ended = process.WaitForExitAsync(either.Token);
            await Task.WhenAny(ended, output.Ended);
            if (output.SoFar.Length <= Limits.MaxTelemetryBytes)
            {
                await ended;
                await Task.WhenAny(
                    Task.WhenAll(output.Ended, errors.Ended), Task.Delay(Grace, time, either.Token));
            }

            return OutcomeOf(process, output.SoFar, errors.SoFar);
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
            await either.CancelAsync();
        }
    }

    private SourceOutcome OutcomeOf(Process process, ReadOnlyMemory<byte> output, ReadOnlyMemory<byte> errors)
    {
        if (output.Length > Limits.MaxTelemetryBytes)
        {
            return new SourceOutcome.Failed(
                $"{program} prints more than {Limits.MaxTelemetryBytes} bytes, which is the most that is read.");
        }

        if (process.ExitCode != 0)
        {
            var words = System.Text.Encoding.UTF8.GetString(errors.Span).Trim();
            return new SourceOutcome.Failed($"{program} ended with {process.ExitCode}: {words}");
        }

        return TelemetryReader.TryReadReadings(output, out var readings, out var problem)
            ? new SourceOutcome.Told(readings, 0)
            : new SourceOutcome.Failed($"{program}: {problem}");
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
