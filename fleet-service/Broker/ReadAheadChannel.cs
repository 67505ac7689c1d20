using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Channel;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Implementations;

namespace KioskFleet.Service.Broker;

/// <summary>
/// A channel that takes from the network what is there, up to 64 KiB at once. The client library asks for a packet's
/// first bytes one by one and for its body in pieces of 4 KiB: a dozen ways into the kernel for each batch of a
/// backlog. Reads come one at a time, as the library does.
/// </summary>
/// <param name="inner">The connection.</param>
internal sealed class ReadAheadChannel(IMqttChannel inner) : IMqttChannel
{
    private const int MostBytes = 64 * 1024;

    private readonly byte[] _ahead = new byte[MostBytes];
    private int _next;
    private int _end;

    /// <inheritdoc/>
    public X509Certificate2 ClientCertificate => inner.ClientCertificate;

    /// <inheritdoc/>
    public EndPoint RemoteEndPoint => inner.RemoteEndPoint;

    /// <inheritdoc/>
    public EndPoint LocalEndPoint => inner.LocalEndPoint;

    /// <inheritdoc/>
    public bool IsSecureConnection => inner.IsSecureConnection;

    /// <inheritdoc/>
    public Task ConnectAsync(CancellationToken cancellationToken)
    {
        // What came over a connection before is no part of this one.
        _next = _end = 0;
        return inner.ConnectAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        if (_next == _end)
        {
            _next = _end = 0;
            _end = await inner.ReadAsync(_ahead, 0, MostBytes, cancellationToken);
        }

        var read = Math.Min(count, _end - _next);
        _ahead.AsSpan(_next, read).CopyTo(buffer.AsSpan(offset));
        _next += read;
        return read;
    }

    /// <inheritdoc/>
    public Task WriteAsync(
        ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, isEndOfPacket, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}

/// <summary>Lets the client library read ahead.</summary>
internal sealed class ReadAheadAdapters : IMqttClientAdapterFactory
{
    /// <inheritdoc/>
    public IMqttChannelAdapter CreateClientAdapter(
        MqttClientOptions options, MqttPacketInspector packetInspector, IMqttNetLogger logger) =>
        new MqttChannelAdapter(
            new ReadAheadChannel(new MqttTcpChannel(options)),
            new MqttPacketFormatterAdapter(
                options.ProtocolVersion, new MqttBufferWriter(options.WriterBufferSize, options.WriterBufferSizeMax)),
            logger)
        {
            AllowPacketFragmentation = options.AllowPacketFragmentation,
            PacketInspector = packetInspector,
        };
}
