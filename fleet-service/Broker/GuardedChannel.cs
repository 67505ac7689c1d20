using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;
using MQTTnet.Exceptions;

namespace KioskFleet.Service.Broker;

/// <summary>
/// A channel that ends when a packet announces more bytes than are taken. The server library makes room for whatever
/// length a packet states, so the guard has to sit below it. Reads come one at a time, as the library does.
/// </summary>
internal sealed class GuardedChannel(IMqttChannel inner) : IMqttChannel
{
    private readonly FrameSizeGuard _guard = new(BrokerLimits.MaxFirstPacketBytes, BrokerLimits.MaxPacketBytes);

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
    /// <exception cref="MqttProtocolViolationException">A packet is larger than taken.</exception>
    public async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        var read = await inner.ReadAsync(buffer, offset, count, cancellationToken);
        return _guard.Accept(buffer.AsSpan(offset, read))
            ? read
            : throw new MqttProtocolViolationException(
                $"A packet of at least {_guard.RefusedBytes} bytes is larger than taken.");
    }

    /// <inheritdoc/>
    public Task WriteAsync(
        ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, isEndOfPacket, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}
