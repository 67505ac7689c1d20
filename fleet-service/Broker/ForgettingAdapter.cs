using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace KioskFleet.Service.Broker;

/// <summary>
/// A connection that lets go of a message when it was taken. The server library keeps the newest packet of each
/// connection twice until the next one comes, as it was read and as it was understood: with thousands of cabinets that
/// are silent after a large batch that is more than everything else. Receives come one at a time, as the library does.
/// </summary>
internal sealed class ForgettingAdapter(IMqttChannelAdapter inner) : IMqttChannelAdapter
{
    // The smallest packet that the library's reader takes hold of: an acknowledgement, which goes no further.
    private static readonly ReceivedMqttPacket Smallest =
        new((byte)MqttControlPacketType.PubAck << 4, new ArraySegment<byte>([0, 1]), 4);

    private MqttPublishPacket? _newest;

    /// <inheritdoc/>
    public long BytesReceived => inner.BytesReceived;

    /// <inheritdoc/>
    public long BytesSent => inner.BytesSent;

    /// <inheritdoc/>
    public X509Certificate2 ClientCertificate => inner.ClientCertificate;

    /// <inheritdoc/>
    public EndPoint RemoteEndPoint => inner.RemoteEndPoint;

    /// <inheritdoc/>
    public EndPoint LocalEndPoint => inner.LocalEndPoint;

    /// <inheritdoc/>
    public bool IsSecureConnection => inner.IsSecureConnection;

    /// <inheritdoc/>
    public MqttPacketFormatterAdapter PacketFormatterAdapter => inner.PacketFormatterAdapter;

    /// <inheritdoc/>
    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<MqttPacket> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        Forget();
        var packet = await inner.ReceivePacketAsync(cancellationToken);
        _newest = packet as MqttPublishPacket;
        return packet;
    }

    /// <inheritdoc/>
    public void ResetStatistics() => inner.ResetStatistics();

    /// <inheritdoc/>
    public Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken) =>
        inner.SendPacketAsync(packet, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    // The library asks for the next packet when it is done with the one before.
    private void Forget()
    {
        if (_newest is { } taken)
        {
            _newest = null;
            taken.Payload = default;
            PacketFormatterAdapter.Decode(Smallest);
        }
    }
}
