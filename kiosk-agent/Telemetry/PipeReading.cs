namespace KioskFleet.Agent.Telemetry;

/// <summary>
/// Reads what a program prints, up to a limit. What was read so far can be taken at any time: a pipe stays open as long
/// as anything that the program began holds it.
/// </summary>
internal sealed class PipeReading
{
    private readonly byte[] _bytes;
    private volatile int _count;

    /// <summary>Begins to read.</summary>
    /// <param name="pipe">The pipe.</param>
    /// <param name="most">Most bytes that are kept.</param>
    /// <param name="drain">True to read on and throw away what is beyond, so that the program never waits.</param>
    /// <param name="cancel">Ends it.</param>
    public PipeReading(Stream pipe, int most, bool drain, CancellationToken cancel)
    {
        _bytes = new byte[most];
        Ended = ReadAsync(pipe, drain, cancel);
    }

    /// <summary>Done at the end of the pipe, at the limit, or when it was cancelled; never fails.</summary>
    public Task Ended { get; }

    /// <summary>What was read so far.</summary>
    public ReadOnlyMemory<byte> SoFar => _bytes.AsMemory(0, _count);

    private async Task ReadAsync(Stream pipe, bool drain, CancellationToken cancel)
    {
        try
        {
            while (_count < _bytes.Length)
            {
                var read = await pipe.ReadAsync(_bytes.AsMemory(_count), cancel);
                if (read == 0)
                {
                    return;
                }

                _count += read;
            }

            if (drain)
            {
                await pipe.CopyToAsync(Stream.Null, cancel);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException
            or ObjectDisposedException)
        {
            return;
        }
    }
}
