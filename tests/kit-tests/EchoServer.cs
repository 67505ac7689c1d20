using System.Net;
using System.Net.Sockets;

namespace KioskFleet.TestKit.Tests;

/// <summary>A TCP server on loopback that sends back what it gets and tells how each connection ended.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task running;
    private long bytesReceived;
    private long ended;

    public EchoServer()
    {
        listener.Start();
        running = RunAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public long BytesReceived => Interlocked.Read(ref bytesReceived);

    public long Ended => Interlocked.Read(ref ended);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await running.WaitAsync(TimeSpan.FromSeconds(5));
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var open = new List<Task>();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                open.Add(EchoAsync(await listener.AcceptSocketAsync(stopping.Token)));
            }
            catch (Exception error)
                when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                break;
            }
        }

        await Task.WhenAll(open);
    }

    private async Task EchoAsync(Socket socket)
    {
        using var _ = socket;
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, stopping.Token) is var count and > 0)
            {
                Interlocked.Add(ref bytesReceived, count);
                await socket.SendAsync(buffer.AsMemory(0, count), stopping.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            Interlocked.Increment(ref ended);
            return;
        }

        Interlocked.Increment(ref ended);
    }
}
