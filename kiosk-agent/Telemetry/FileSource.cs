using KioskFleet.Protocol;
using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Agent.Telemetry;

/// <summary>
/// A JSON file that the controller writes, watched by its modification time and length. What it says was measured when
/// it was written, not when it was read: a controller that died leaves an old file, and old it stays. A file that
/// cannot be read, such as one half written, is read again at the next look, and so is one that was not taken: the
/// clock may have been wrong, and the file may never change again.
/// </summary>
internal sealed class FileSource(string path, TimeSpan every, TimeProvider time) : ITelemetrySource
{
    private (DateTime WrittenUtc, long Length) _seen;
    private bool _wasRefused;

    /// <inheritdoc/>
    public string Name => "file";

    /// <inheritdoc/>
    public async Task<SourceOutcome> NextAsync(CancellationToken cancel)
    {
        if (_wasRefused)
        {
            _wasRefused = false;
            await Task.Delay(every, time, cancel);
        }

        while (true)
        {
            if (Look() is { } outcome)
            {
                if (outcome is SourceOutcome.Failed)
                {
                    await Task.Delay(every, time, cancel);
                }

                return outcome;
            }

            await Task.Delay(every, time, cancel);
        }
    }

    /// <inheritdoc/>
    public void Refused()
    {
        _seen = default;
        _wasRefused = true;
    }

    /// <summary>Reads the file when it changed; null when it did not.</summary>
    private SourceOutcome? Look()
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                return new SourceOutcome.Failed($"{path} does not exist.");
            }

            if ((file.LastWriteTimeUtc, file.Length) == _seen)
            {
                return null;
            }

            if (file.Length > Limits.MaxTelemetryBytes)
            {
                return new SourceOutcome.Failed(
                    $"{path} has {file.Length} bytes; at most {Limits.MaxTelemetryBytes} are read.");
            }

            if (!TelemetryReader.TryReadReadings(File.ReadAllBytes(path), out var readings, out var problem))
            {
                return new SourceOutcome.Failed($"{path}: {problem}");
            }

            _seen = (file.LastWriteTimeUtc, file.Length);
            var age = time.GetUtcNow().UtcDateTime - file.LastWriteTimeUtc;
            return new SourceOutcome.Told(readings, Math.Max(0, (long)age.TotalMilliseconds));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new SourceOutcome.Failed($"{path}: {exception.Message}");
        }
    }
}
