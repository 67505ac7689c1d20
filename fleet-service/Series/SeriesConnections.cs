using System.Net.Sockets;

namespace KioskFleet.Service.Series;

/// <summary>
/// Makes the connections to the server of time series and counts them: a server that was restarted, or killed, is found
/// by nothing else than that a new connection was needed. Thread-safe.
/// </summary>
internal sealed class SeriesConnections
{
    private long _made;

    /// <summary>Connections made since the start.</summary>
    public long Made => Interlocked.Read(ref _made);

    /// <summary>A handler whose connections are counted.</summary>
    public SocketsHttpHandler Handler() => new() { ConnectCallback = ConnectAsync };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancel);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        Interlocked.Increment(ref _made);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
