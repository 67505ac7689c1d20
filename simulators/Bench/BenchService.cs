using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KioskFleet.Simulators.Bench;

/// <summary>
/// The fleet service as a process of its own, on loopback, watched from outside. Ended when disposed.
/// </summary>
internal sealed class BenchService : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private BenchService(Process process, int brokerPort)
    {
        _process = process;
        BrokerPort = brokerPort;
    }

    /// <summary>The broker's port.</summary>
    public int BrokerPort { get; }

    /// <summary>Starts the service over a prepared data directory and waits until it is ready.</summary>
    public static async Task<BenchService> StartAsync(string directory, CancellationToken ct)
    {
        var (http, broker) = (FreePort(), FreePort());
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                "exec", Path.Combine(AppContext.BaseDirectory, "KioskFleet.Service.dll"), "run",
                "--set", $"Storage:DataDirectory={directory}", "--set", $"Urls=http://127.0.0.1:{http}",
                "--set", $"Broker:Embedded:Port={broker}", "--set", "Logging:LogLevel:Default=Warning",
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet could not be started.");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var service = new BenchService(process, broker);
        try
        {
            await service.WaitReadyAsync(new Uri($"http://127.0.0.1:{http}/readyz"), ct);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Resident memory in MiB.</summary>
    public double ResidentMiB()
    {
        _process.Refresh();
        return _process.WorkingSet64 / 1024.0 / 1024.0;
    }

    /// <summary>Processor time used so far.</summary>
    public TimeSpan ProcessorTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task WaitReadyAsync(Uri ready, CancellationToken ct)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < StartLimit)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                    $"The fleet service ended with exit code {_process.ExitCode}."));
            }

            try
            {
                if ((await client.GetAsync(ready, ct)).StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet: asked again below, until the limit.
                await Task.Delay(100, ct);
            }

            await Task.Delay(100, ct);
        }

        throw new TimeoutException($"The fleet service was not ready within {StartLimit.TotalSeconds} s.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
