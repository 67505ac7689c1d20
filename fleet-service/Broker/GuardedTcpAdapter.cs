using System.Net;
using System.Net.Sockets;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Implementations;
using MQTTnet.Server;

namespace KioskFleet.Service.Broker;

/// <summary>
/// Accepts TCP connections for the embedded broker: bounded in number, each behind a <see cref="GuardedChannel"/> and
/// before a <see cref="ForgettingAdapter"/>.
/// </summary>
internal sealed class GuardedTcpAdapter(
    EmbeddedBrokerOptions options, BrokerMetrics metrics, TimeProvider time, ILogger log) : IMqttServerAdapter
{
    private const int Backlog = 1_024;
    private const int KeepAliveSeconds = 60;

    // The server's own frames are receipts and acknowledgements; a small buffer per connection is enough.
    private const int WriteBufferBytes = 512;

    private readonly ByteBudget _room = new(BrokerLimits.MaxHeavyBytes);
    private readonly CancellationTokenSource _stop = new();
    private Socket? _door;
    private int _connections;

    /// <inheritdoc/>
    public Func<IMqttChannelAdapter, Task> ClientHandler { get; set; } = _ => Task.CompletedTask;

    /// <summary>The port listened on; 0 before the start.</summary>
    public int Port => (_door?.LocalEndPoint as IPEndPoint)?.Port ?? 0;

    /// <inheritdoc/>
    public Task StartAsync(MqttServerOptions serverOptions, IMqttNetLogger logger)
    {
        var address = IPAddress.Parse(options.BindAddress);
        _door = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _door.Bind(new IPEndPoint(address, options.Port));
        _door.Listen(Backlog);
        _ = AcceptAsync(_door, serverOptions, logger);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        _door?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _door?.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(Socket door, MqttServerOptions serverOptions, IMqttNetLogger logger)
    {
        var stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var socket = await door.AcceptAsync(stop);
                if (Interlocked.Increment(ref _connections) > options.MaxConnections)
                {
                    Interlocked.Decrement(ref _connections);
                    metrics.ConnectionRefused("too_many");
                    BrokerLog.TooManyConnections(log, options.MaxConnections);
                    socket.Dispose();
                    continue;
                }

                _ = Task.Run(() => ServeAsync(socket, serverOptions, logger), CancellationToken.None);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException error)
            {
                // Out of file descriptors, or a peer that left before it was accepted: neither may end the accepting.
                BrokerLog.AcceptFailed(log, error);
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
            }
        }
    }

    private async Task ServeAsync(Socket socket, MqttServerOptions serverOptions, IMqttNetLogger logger)
    {
        try
        {
            var (local, remote) = (socket.LocalEndPoint, socket.RemoteEndPoint);
            socket.NoDelay = true;

            // Finds a peer that is gone also when it asked for no MQTT keep-alive.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds / 4);
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            using var channel = new GuardedChannel(
                new MqttTcpChannel(stream, local, remote, null), _room, time);
            var formatter = new MqttPacketFormatterAdapter(
                new MqttBufferWriter(WriteBufferBytes, serverOptions.WriterBufferSizeMax));
            using var adapter = new ForgettingAdapter(new MqttChannelAdapter(channel, formatter, logger));
            await ClientHandler(adapter);
        }
        catch (Exception error) when (
            error is IOException or SocketException or ObjectDisposedException or OperationCanceledException
                or MqttCommunicationException or MqttProtocolViolationException)
        {
            BrokerLog.ConnectionFailed(log, error.Message);
        }
        finally
        {
            socket.Dispose();
            Interlocked.Decrement(ref _connections);
        }
    }
}
