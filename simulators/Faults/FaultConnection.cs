using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace KioskFleet.Simulators.Faults;

/// <summary>
/// One connection through a <see cref="FaultProxy"/>: in each direction a reader that stamps pieces with their
/// arrival, and a writer that passes them on as the faults of the moment allow. Thread-safe.
/// </summary>
internal sealed class FaultConnection(Socket client, Func<LinkFaults> faults, TimeProvider time) : IDisposable
{
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    // Never disposed: a cut may come from any thread at the very end of the run, and it holds no timer.
    private readonly CancellationTokenSource _cut = new();
    private int _isCut;
    private volatile bool _bytesMissing;

    /// <summary>Connects to the broker and passes bytes until both streams ended or the connection is cut.</summary>
    public async Task RunAsync(IPEndPoint broker)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_cut.Token);
            limit.CancelAfter(FaultLimits.ConnectTimeout);
            await _server.ConnectAsync(broker, limit.Token);
            client.NoDelay = true;
            _server.NoDelay = true;
            await Task.WhenAll(
                PumpAsync(client, _server, LinkDirection.Up), PumpAsync(_server, client, LinkDirection.Down));
        }
        catch (Exception error) when (IsEndOfConnection(error))
        {
            // The broker is not there, or the cut came first: either way the cabinet sees a reset.
            Cut();
        }
        finally
        {
            Cut();
        }
    }

    /// <summary>Resets both sides at once.</summary>
    /// <returns>False when that was done before.</returns>
    public bool Cut()
    {
        if (Interlocked.Exchange(ref _isCut, 1) == 1)
        {
            return false;
        }

        _cut.Cancel();
        foreach (var socket in (Socket[])[client, _server])
        {
            // Closing with a linger time of zero sends a reset and not an orderly end.
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }

        return true;
    }

    /// <summary>Cuts when bytes were swallowed from a stream that the new faults would let go on.</summary>
    public void CutIfBytesAreMissing(LinkFaults now)
    {
        if (_bytesMissing && now.Swallows == LinkDirection.None)
        {
            Cut();
        }
    }

    /// <summary>Cuts the connection.</summary>
    public void Dispose() => Cut();

    private async Task PumpAsync(Socket from, Socket to, LinkDirection direction)
    {
        var pieces = Channel.CreateBounded<(ReadOnlyMemory<byte> Bytes, long ArrivedAt)>(
            new BoundedChannelOptions(FaultLimits.MaxWaitingPieces) { SingleReader = true, SingleWriter = true });
        try
        {
            var reading = ReadAsync(from, pieces.Writer);
            await foreach (var (bytes, arrivedAt) in pieces.Reader.ReadAllAsync(_cut.Token))
            {
                await PassAsync(bytes, arrivedAt, to, direction);
            }

            if (await reading)
            {
                await SwallowEndAsync(direction);
                to.Shutdown(SocketShutdown.Send);
            }
            else
            {
                // A reset is passed on as a reset.
                Cut();
            }
        }
        catch (Exception error) when (IsEndOfConnection(error))
        {
            Cut();
        }
    }

    private async Task PassAsync(ReadOnlyMemory<byte> bytes, long arrivedAt, Socket to, LinkDirection direction)
    {
        while (faults().Delay > time.GetElapsedTime(arrivedAt))
        {
            await Task.Delay(FaultLimits.Tick, time, _cut.Token);
        }

        if (faults().Swallows.HasFlag(direction))
        {
            _bytesMissing = true;
            return;
        }

        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await to.SendAsync(bytes[sent..], _cut.Token);
        }
    }

    /// <summary>The end of a stream is news too: a swallowed direction keeps it until the fault is over.</summary>
    private async Task SwallowEndAsync(LinkDirection direction)
    {
        while (faults().Swallows.HasFlag(direction))
        {
            _bytesMissing = true;
            await Task.Delay(FaultLimits.Tick, time, _cut.Token);
        }
    }

    /// <summary>Reads until the end of the stream: true for an orderly end, false for a reset or cut.</summary>
    private async Task<bool> ReadAsync(Socket from, ChannelWriter<(ReadOnlyMemory<byte> Bytes, long At)> pieces)
    {
        try
        {
            while (true)
            {
                var buffer = new byte[FaultLimits.PieceBytes];
                var count = await from.ReceiveAsync(buffer, _cut.Token);
                if (count == 0)
                {
                    return true;
                }

                await pieces.WriteAsync((buffer.AsMemory(0, count), time.GetTimestamp()), _cut.Token);
            }
        }
        catch (Exception error) when (IsEndOfConnection(error))
        {
            return false;
        }
        finally
        {
            pieces.Complete();
        }
    }

    private static bool IsEndOfConnection(Exception error) =>
        error is SocketException or OperationCanceledException or ObjectDisposedException or ChannelClosedException;
}
