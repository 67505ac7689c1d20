using System.Globalization;
using KioskFleet.Simulators.Faults;

namespace KioskFleet.Simulators.Servers;

/// <summary>
/// A real VictoriaMetrics on a free loopback port that it keeps over restarts, with its data in a folder. Start, stop
/// and dispose are for one caller at a time.
/// </summary>
internal sealed class VictoriaMetrics(string program, string folder) : IAsyncDisposable
{
    /// <summary>Debian's name of the program.</summary>
    public const string DefaultProgram = "victoria-metrics";

    private readonly int _port = LoopbackPorts.Next();
    private ChildProcess? _process;

    /// <summary>Its address.</summary>
    public Uri Address => new($"http://127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}/");

    /// <summary>Starts it, with the data of before, and waits until it answers.</summary>
    /// <exception cref="CampaignException">It ended, or does not answer.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        if (_process is { HasExited: false })
        {
            return;
        }

        await KillAsync();
        _process = ChildProcess.StartProgram(program,
            [
                $"-storageDataPath={Path.Combine(folder, "data")}", $"-httpListenAddr=127.0.0.1:{_port}",
                "-retentionPeriod=20y", "-memory.allowedBytes=128MB", "-search.latencyOffset=0s",
                "-search.disableCache",
            ],
            new Dictionary<string, string>(), Path.Combine(folder, "victoria-metrics.log"));
        await Readiness.WaitAsync(_process, new Uri(Address, "health"), "victoria-metrics", cancel);
    }

    /// <summary>Stops it; its data stays.</summary>
    public async Task StopAsync()
    {
        if (_process is not null)
        {
            await _process.StopAsync();
            await _process.DisposeAsync();
            _process = null;
        }
    }

    /// <summary>kill -9; its data stays as far as it wrote it.</summary>
    public async Task KillAsync()
    {
        if (_process is not null)
        {
            await _process.KillAsync();
            await _process.DisposeAsync();
            _process = null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();
}
