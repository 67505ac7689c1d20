using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;
using MQTTnet.Exceptions;

namespace KioskFleet.Service.Broker;

/// <summary>
/// A channel that ends when a packet announces more bytes than are taken, and that reads a heavy one only when there is
/// room for it: a city that comes back at once waits in its cabinets. The server library makes room for whatever length
/// a packet states, so the guard has to sit below it. Reads come one at a time, as the library does, and the next
/// packet is read when the one before was taken.
/// </summary>
/// <param name="inner">The connection.</param>
/// <param name="room">The bytes of heavy packets that all connections may hold.</param>
/// <param name="time">By which a heavy packet has to come.</param>
internal sealed class GuardedChannel(IMqttChannel inner, ByteBudget room, TimeProvider time) : IMqttChannel
{
    private readonly FrameSizeGuard _guard = new(BrokerLimits.MaxFirstPacketBytes, BrokerLimits.MaxPacketBytes);
    private int _held;
    private long _began;
    private CancellationTokenSource? _limit;
    private volatile bool _isDisposed;

    /// <inheritdoc/>
    public X509Certificate2 ClientCertificate => inner.ClientCertificate;

    /// <inheritdoc/>
    public EndPoint RemoteEndPoint => inner.RemoteEndPoint;

    /// <inheritdoc/>
    public EndPoint LocalEndPoint => inner.LocalEndPoint;

    /// <inheritdoc/>
    public bool IsSecureConnection => inner.IsSecureConnection;

    /// <inheritdoc/>
    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="MqttProtocolViolationException">A packet is larger than taken, or comes too slowly.</exception>
    public async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        if (_guard.IsBetweenPackets)
        {
            // The library asks for more when it is done with the packet before.
            GiveBack();
        }

        var read = await ReadInTimeAsync(buffer, offset, count, cancellationToken);
        _limit?.CancelAfter(Left());
        if (!_guard.Accept(buffer.AsSpan(offset, read)))
        {
            throw new MqttProtocolViolationException(
                $"A packet of at least {_guard.RefusedBytes} bytes is larger than taken.");
        }

        if (_limit is null && _guard.BodyBytesToCome > BrokerLimits.LightBytes)
        {
            var bytes = _guard.BodyBytesToCome;
            await room.TakeAsync(bytes, isLight: false, cancellationToken);
            (_held, _began) = (bytes, time.GetTimestamp());
            _limit = new CancellationTokenSource(Left(), time);
            if (_isDisposed)
            {
                // The connection ended while it waited for room: nobody else gives it back.
                GiveBack();
            }
        }

        return read;
    }

    /// <inheritdoc/>
    public Task WriteAsync(
        ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, isEndOfPacket, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        inner.Dispose();
        GiveBack();
    }

    private async Task<int> ReadInTimeAsync(
        byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        if (_limit is not { } limit)
        {
            return await inner.ReadAsync(buffer, offset, count, cancellationToken);
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await inner.ReadAsync(buffer, offset, count, both.Token);
        }
        catch (Exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new MqttProtocolViolationException(
                $"A packet of {_held} bytes came too slowly, or nothing more of it came.");
        }
    }

    /// <summary>Until when the next bytes of the heavy packet in hand have to come.</summary>
    private TimeSpan Left()
    {
        var left = BrokerLimits.HeavyTimeout(_held) - time.GetElapsedTime(_began);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < BrokerLimits.HeavyPause ? left : BrokerLimits.HeavyPause;
    }

    private void GiveBack()
    {
        if (Interlocked.Exchange(ref _limit, null) is { } limit)
        {
            room.Return(_held);
            limit.Dispose();
        }
    }
}
