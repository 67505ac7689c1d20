using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace KioskFleet.TestKit;

/// <summary>
/// One client's connection through the proxy: two pumps, each a reader that stamps pieces with their arrival and a
/// writer that passes them when the faults of the moment allow. Thread-safe.
/// </summary>
internal sealed class TcpProxyConnection(Socket client, TcpProxyTotals totals, Func<TcpFaults> faults)
{
    private const int PieceBytes = 16 * 1024;

    // Bounds what one direction holds while delayed, so that back-pressure reaches the sender.
    private const int MaxPiecesOnTheWay = 256;

    // How soon a change of faults is seen by a piece that waits.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly Socket server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    // Never disposed: a cut may come from any thread at the very end of the run, and it holds no timer.
    private readonly CancellationTokenSource cut = new();
    private int isCut;
    private volatile bool bytesMissing;

    /// <summary>Connects to the server behind and passes until both streams ended or the connection is cut.</summary>
    public async Task RunAsync(IPEndPoint target, TimeSpan connectTimeout, CancellationToken stopping)
    {
        try
        {
            if (!await ConnectAsync(target, connectTimeout, stopping))
            {
                totals.CountUnreachable();
                return;
            }

            client.NoDelay = true;
            server.NoDelay = true;
            await Task.WhenAll(PumpAsync(client, server, Flow.ToServer), PumpAsync(server, client, Flow.ToClient));
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
        if (Interlocked.Exchange(ref isCut, 1) == 1)
        {
            return false;
        }

        cut.Cancel();
        foreach (var socket in (Socket[])[client, server])
        {
            // Closing with a linger time of zero sends a reset and not an orderly end.
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }

        return true;
    }

    /// <summary>Cuts when bytes were swallowed from a stream that the new faults would let go on.</summary>
    public void CutIfBytesAreMissing(TcpFaults now)
    {
        if (bytesMissing && now.Swallow == Flow.None)
        {
            Cut();
        }
    }

    private async Task<bool> ConnectAsync(IPEndPoint target, TimeSpan timeout, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping, cut.Token);
        limit.CancelAfter(timeout);
        try
        {
            await server.ConnectAsync(target, limit.Token);
            return true;
        }
        catch (Exception error) when (IsEndOfConnection(error))
        {
            return false;
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Flow direction)
    {
        var pieces = Channel.CreateBounded<Piece>(
            new BoundedChannelOptions(MaxPiecesOnTheWay) { SingleReader = true, SingleWriter = true });
        try
        {
            var reading = ReadAsync(from, pieces.Writer, cut.Token);
            await WriteAsync(pieces.Reader, to, direction, cut.Token);
            if (await reading)
            {
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

    /// <summary>Reads until the end of the stream.</summary>
    /// <returns>True for an orderly end, false for a reset or cut.</returns>
    private static async Task<bool> ReadAsync(Socket from, ChannelWriter<Piece> pieces, CancellationToken cutToken)
    {
        try
        {
            while (true)
            {
                var buffer = new byte[PieceBytes];
                var count = await from.ReceiveAsync(buffer, cutToken);
                if (count == 0)
                {
                    return true;
                }

                await pieces.WriteAsync(new Piece(buffer.AsMemory(0, count), Stopwatch.GetTimestamp()), cutToken);
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

    private async Task WriteAsync(ChannelReader<Piece> pieces, Socket to, Flow direction, CancellationToken cutToken)
    {
        await foreach (var piece in pieces.ReadAllAsync(cutToken))
        {
            while (faults().Delay > Stopwatch.GetElapsedTime(piece.ArrivedAt))
            {
                await Task.Delay(Tick, cutToken);
            }

            for (var rest = piece.Bytes; !rest.IsEmpty;)
            {
                rest = rest[await WriteSomeAsync(rest, to, direction, cutToken)..];
            }
        }

        // The end of a stream is news too: a swallowed direction keeps it until the fault is over.
        while (faults().Swallow.HasFlag(direction))
        {
            bytesMissing = true;
            await Task.Delay(Tick, cutToken);
        }
    }

    private async Task<int> WriteSomeAsync(
        ReadOnlyMemory<byte> bytes, Socket to, Flow direction, CancellationToken cutToken)
    {
        var now = faults();
        if (now.Swallow.HasFlag(direction))
        {
            bytesMissing = true;
            totals.CountSwallowed(bytes.Length);
            return bytes.Length;
        }

        if (now.BytesPerSecond == 0)
        {
            await Task.Delay(Tick, cutToken);
            return 0;
        }

        // At a limited pace, pieces of a fiftieth of a second keep the flow even and a change of faults quick.
        var most = now.BytesPerSecond is { } pace ? Math.Clamp(pace / 50, 1, bytes.Length) : bytes.Length;
        var (allowed, cutNow) = totals.Allow(direction, most);
        for (var sent = 0; sent < allowed;)
        {
            sent += await to.SendAsync(bytes[sent..allowed], cutToken);
        }

        totals.CountPassed(direction, allowed);
        if (cutNow)
        {
            Cut();
        }

        if (now.BytesPerSecond is { } bytesPerSecond)
        {
            await Task.Delay(TimeSpan.FromSeconds((double)allowed / bytesPerSecond), cutToken);
        }

        return allowed;
    }

    private static bool IsEndOfConnection(Exception error) =>
        error is SocketException or OperationCanceledException or ObjectDisposedException or ChannelClosedException;

    private readonly record struct Piece(ReadOnlyMemory<byte> Bytes, long ArrivedAt);
}
