using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace KioskFleet.Simulators.Faults;

/// <summary>
/// The network between one cabinet and the broker, on loopback: passes bytes, or cuts, refuses, delays and swallows
/// them as it is told, open connections included. Thread-safe.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly IPEndPoint _broker;
    private readonly TimeProvider _time;
    private readonly Socket _door;
    private readonly Task _accepting;
    private readonly ConcurrentDictionary<FaultConnection, Task> _connections = new();
    private LinkFaults _faults = LinkFaults.None;
    private long _accepted;
    private long _cut;

    /// <summary>Opens the link.</summary>
    /// <param name="brokerPort">The broker's port on 127.0.0.1; it need not listen yet.</param>
    /// <param name="time">The clock that delays are measured with.</param>
    public FaultProxy(int brokerPort, TimeProvider time)
    {
        _broker = new IPEndPoint(IPAddress.Loopback, brokerPort);
        _time = time;
        Port = LoopbackPorts.Next();
        _door = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _door.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        _door.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>The port on 127.0.0.1 that the cabinet is told.</summary>
    public int Port { get; }

    /// <summary>
    /// The faults of this moment. Setting them acts at once; a stream that lost bytes is cut when it may go on.
    /// </summary>
    public LinkFaults Faults
    {
        get => Volatile.Read(ref _faults);
        set
        {
            Volatile.Write(ref _faults, value);
            foreach (var connection in _connections.Keys)
            {
                connection.CutIfBytesAreMissing(value);
            }
        }
    }

    /// <summary>Connections accepted so far, refused ones included.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Connections cut by <see cref="CutAll"/> so far.</summary>
    public long Cuts => Interlocked.Read(ref _cut);

    /// <summary>Resets all open connections.</summary>
    /// <returns>How many were open.</returns>
    public int CutAll()
    {
        var count = _connections.Keys.Count(static connection => connection.Cut());
        Interlocked.Add(ref _cut, count);
        return count;
    }

    /// <summary>Closes the port and resets all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        _door.Dispose();
        await _accepting.WaitAsync(FaultLimits.EndTimeout);
        CutAll();
        await Task.WhenAll(_connections.Values).WaitAsync(FaultLimits.EndTimeout);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _door.AcceptAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // The door was closed: the link is being taken down.
                return;
            }

            Interlocked.Increment(ref _accepted);
            var connection = new FaultConnection(client, () => Faults, _time);
            if (Faults.RefusesNew)
            {
                connection.Cut();
                continue;
            }

            var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _connections[connection] = end.Task;
            _ = RunAsync(connection, end);
        }
    }

    private async Task RunAsync(FaultConnection connection, TaskCompletionSource end)
    {
        try
        {
            await connection.RunAsync(_broker);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            end.SetResult();
        }
    }
}
