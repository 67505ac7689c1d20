using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace KioskFleet.TestKit;

/// <summary>
/// A man in the middle on loopback between a client and a TCP server, which passes, cuts, refuses, delays, swallows
/// or throttles, switchable while running by <see cref="Faults"/> or the methods named for one fault. Thread-safe.
/// </summary>
public sealed class TcpFaultProxy : IAsyncDisposable
{
    /// <summary>How long the server behind may take to accept one connection.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BindTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<TcpProxyConnection, Task> connections = new();
    private readonly TcpProxyTotals totals = new();
    private Socket door;
    private Task accepting = Task.CompletedTask;
    private TcpFaults faults = TcpFaults.None;
    private volatile IPEndPoint target;
    private bool disposed;

    private TcpFaultProxy(IPEndPoint target)
    {
        this.target = target;
        Port = FreePort.Next();
        door = BindDoor();
        OpenDoor();
    }

    /// <summary>The port on 127.0.0.1 for clients; the same for the life of this object.</summary>
    public int Port { get; }

    /// <summary>The faults being played. Setting them acts at once, on open connections too.</summary>
    public TcpFaults Faults
    {
        get => Volatile.Read(ref faults);
        set => Change(_ => value);
    }

    /// <summary>What was counted since the start.</summary>
    public TcpProxyCounts Counts => totals.Read(connections.Count);

    /// <summary>Starts a proxy without faults before a server on 127.0.0.1.</summary>
    public static TcpFaultProxy Start(int targetPort) => Start(new IPEndPoint(IPAddress.Loopback, targetPort));

    /// <summary>Starts a proxy without faults before a server.</summary>
    public static TcpFaultProxy Start(IPEndPoint target) => new(target);

    /// <summary>Ends all faults; streams that lost bytes meanwhile are cut.</summary>
    public void Pass() => Faults = TcpFaults.None;

    /// <summary>Lets no new connection in; open ones go on.</summary>
    public void RefuseNew() => Change(now => now with { RefuseNew = true });

    /// <summary>Lets new connections in again.</summary>
    public void AcceptNew() => Change(now => now with { RefuseNew = false });

    /// <summary>Refuses new connections and cuts the open ones: the server is gone, for the client.</summary>
    public void GoDark()
    {
        RefuseNew();
        CutAll();
    }

    /// <summary>Delays every byte from now on.</summary>
    public void DelayBy(TimeSpan delay) => Change(now => now with { Delay = delay });

    /// <summary>Swallows a direction silently: connections look open and are dead.</summary>
    public void HalfOpen(Flow swallow) => Change(now => now with { Swallow = swallow });

    /// <summary>Limits each connection and direction; zero stalls it.</summary>
    public void Throttle(int bytesPerSecond) => Change(now => now with { BytesPerSecond = bytesPerSecond });

    /// <summary>Sends connections made from now on to another server on 127.0.0.1.</summary>
    public void RetargetTo(int targetPort) => target = new IPEndPoint(IPAddress.Loopback, targetPort);

    /// <summary>Cuts all open connections with a reset, on both sides.</summary>
    /// <returns>How many were cut.</returns>
    public int CutAll() => connections.Keys.Count(connection => connection.Cut());

    /// <summary>
    /// Arms one cut: when this many more bytes have passed in the direction, over all connections, the connection
    /// that carried the last of them is cut there, in the middle of a message if it falls so.
    /// </summary>
    public void CutAfter(Flow direction, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        totals.Arm(direction, bytes);
    }

    /// <summary>Closes the port and cuts all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (disposed)
            {
                return;
            }

            disposed = true;
            door.Dispose();
        }

        await stopping.CancelAsync();
        await accepting.WaitAsync(EndTimeout);
        CutAll();
        await Task.WhenAll(connections.Values).WaitAsync(EndTimeout);
        stopping.Dispose();
    }

    private void Change(Func<TcpFaults, TcpFaults> change)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var before = faults;
            var after = change(before);
            Volatile.Write(ref faults, after);
            if (after.RefuseNew != before.RefuseNew)
            {
                SwitchDoor(after.RefuseNew);
            }

            foreach (var connection in connections.Keys)
            {
                connection.CutIfBytesAreMissing(after);
            }
        }
    }

    private void SwitchDoor(bool refuse)
    {
        if (refuse)
        {
            // A socket that is bound and does not listen keeps the port ours while the system refuses connections.
            door.Dispose();
            door = BindDoor();
        }
        else
        {
            OpenDoor();
        }
    }

    private Socket BindDoor()
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, Port));
                return socket;
            }
            catch (SocketException error) when (
                error.SocketErrorCode == SocketError.AddressAlreadyInUse && clock.Elapsed < BindTimeout)
            {
                // A child being started at this moment holds the door we have just closed until it runs its program.
                socket.Dispose();
                Thread.Sleep(1);
            }
        }
    }

    private void OpenDoor()
    {
        const int backlog = 4_096;
        door.Listen(backlog);
        accepting = Task.WhenAll(accepting, AcceptAsync(door));
    }

    private async Task AcceptAsync(Socket listening)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listening.AcceptAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }

            totals.CountAccepted();
            var connection = new TcpProxyConnection(client, totals, () => Faults);
            var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            connections[connection] = end.Task;
            _ = RunAsync(connection, end);
        }
    }

    private async Task RunAsync(TcpProxyConnection connection, TaskCompletionSource end)
    {
        try
        {
            await connection.RunAsync(target, ConnectTimeout, stopping.Token);
        }
        finally
        {
            connections.TryRemove(connection, out _);
            end.SetResult();
        }
    }
}
