using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using KioskFleet.Service.Broker;
using Microsoft.Extensions.Time.Testing;
using MQTTnet.Adapter;
using MQTTnet.Channel;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using Xunit;

namespace KioskFleet.Service.Tests.Broker;

/// <summary>What a connection of the embedded broker holds of large packets, and for how long.</summary>
[RunsOnce]
public sealed class HeavyPacketTests
{
    private const int Heavy = 20_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_heavy_packet_waits_at_its_header_until_another_connections_was_taken()
    {
        var room = new ByteBudget(Heavy);
        var time = new FakeTimeProvider();
        using var first = await OpenAsync(room, time);
        using var second = await OpenAsync(room, time);
        await first.HeaderAsync(Heavy);
        var waiting = second.HeaderAsync(Heavy);
        await first.BodyAsync(Heavy);
        Assert.False(waiting.IsCompleted);
        Assert.Equal(Heavy, room.Taken);

        // The library reads on: the first packet was taken.
        _ = first.ReadNothingAsync();
        await waiting.WaitAsync(Soon, Stop);
        Assert.Equal(Heavy, room.Taken);
        second.Dispose();
        Assert.Equal(0, room.Taken);
    }

    [Fact]
    public async Task A_connection_that_ends_while_it_waits_for_room_keeps_none()
    {
        var room = new ByteBudget(Heavy);
        var time = new FakeTimeProvider();
        using var first = await OpenAsync(room, time);
        var second = await OpenAsync(room, time);
        await first.HeaderAsync(Heavy);
        var waiting = second.HeaderAsync(Heavy);
        second.Dispose();
        first.Dispose();
        await waiting.WaitAsync(Soon, Stop);
        Assert.Equal(0, room.Taken);
    }

    [Fact]
    public async Task A_light_packet_needs_no_room()
    {
        var room = new ByteBudget(Heavy);
        var time = new FakeTimeProvider();
        using var first = await OpenAsync(room, time);
        using var second = await OpenAsync(room, time);
        await first.HeaderAsync(Heavy);
        await second.HeaderAsync(BrokerLimits.LightBytes).WaitAsync(Soon, Stop);
        Assert.Equal(Heavy, room.Taken);
    }

    [Fact]
    public async Task Who_announces_much_and_sends_nothing_gives_the_room_back()
    {
        var room = new ByteBudget(Heavy);
        var time = new FakeTimeProvider();
        using (var connection = await OpenAsync(room, time))
        {
            await connection.HeaderAsync(Heavy);
            var body = connection.ReadNothingAsync();
            time.Advance(BrokerLimits.HeavyPause);
            await Assert.ThrowsAsync<MqttProtocolViolationException>(() => body.WaitAsync(Soon, Stop));
        }

        Assert.Equal(0, room.Taken);
    }

    [Fact]
    public async Task A_slow_packet_may_take_its_time_and_a_trickle_may_not()
    {
        var room = new ByteBudget(Heavy);
        var time = new FakeTimeProvider();
        using var connection = await OpenAsync(room, time);
        await connection.HeaderAsync(Heavy);
        var whole = BrokerLimits.HeavyTimeout(Heavy);
        for (var at = TimeSpan.Zero; at + TimeSpan.FromSeconds(10) < whole; at += TimeSpan.FromSeconds(10))
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await connection.BodyAsync(10);
        }

        var body = connection.ReadNothingAsync();
        time.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<MqttProtocolViolationException>(() => body.WaitAsync(Soon, Stop));
    }

    [Fact]
    public async Task A_taken_message_is_kept_neither_as_packet_nor_as_bytes()
    {
        var formatter = new MqttPacketFormatterAdapter(MqttProtocolVersion.V500, new MqttBufferWriter(512, 1 << 20));
        using var adapter = new ForgettingAdapter(new OnePacketAdapter(formatter));
        var (body, packet) = await ReceiveAsync(adapter);
        await adapter.ReceivePacketAsync(Stop);
        Assert.Equal(0, packet.Payload.Length);
        GC.Collect();
        Assert.False(body.IsAlive);
        GC.KeepAlive(formatter);
    }

    // In a method of its own, so that nothing here keeps the bytes.
    private static async Task<(WeakReference Body, MqttPublishPacket Packet)> ReceiveAsync(ForgettingAdapter adapter)
    {
        var packet = Assert.IsType<MqttPublishPacket>(await adapter.ReceivePacketAsync(Stop));
        Assert.Equal(Heavy, packet.Payload.Length);
        return (OnePacketAdapter.Newest!, packet);
    }

    /// <summary>A connection behind its first packet.</summary>
    private static async Task<Connection> OpenAsync(ByteBudget room, TimeProvider time)
    {
        var connection = new Connection(room, time);
        await connection.HeaderAsync(1);
        await connection.BodyAsync(1);
        return connection;
    }

    private sealed class Connection(ByteBudget room, TimeProvider time) : IDisposable
    {
        private readonly ScriptedChannel _script = new();
        private GuardedChannel? _channel;

        private GuardedChannel Channel => _channel ??= new GuardedChannel(_script, room, time);

        public async Task HeaderAsync(int length)
        {
            await ReadAsync([0x30]);
            while (length > 0)
            {
                var more = length >= 128 ? 128 : 0;
                await ReadAsync([(byte)(length % 128 | more)]);
                length /= 128;
            }
        }

        public Task<int> BodyAsync(int length) => ReadAsync(new byte[length]);

        public Task<int> ReadNothingAsync() => Channel.ReadAsync(new byte[1], 0, 1, Stop);

        public void Dispose() => Channel.Dispose();

        private Task<int> ReadAsync(byte[] bytes)
        {
            _script.Next = bytes;
            return Channel.ReadAsync(new byte[bytes.Length], 0, bytes.Length, Stop);
        }
    }

    /// <summary>Gives what the test put there; without anything, nothing comes.</summary>
    private sealed class ScriptedChannel : IMqttChannel
    {
        public byte[]? Next { get; set; }

        public X509Certificate2 ClientCertificate => null!;

        public EndPoint RemoteEndPoint => null!;

        public EndPoint LocalEndPoint => null!;

        public bool IsSecureConnection => false;

        public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task DisconnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            if (Next is not { } bytes)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return 0;
            }

            Next = null;
            bytes.CopyTo(buffer, offset);
            return bytes.Length;
        }

        public Task WriteAsync(
            ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken) =>
            Task.CompletedTask;

        public void Dispose()
        {
        }
    }

    /// <summary>Reads one message, as the library does, and then nothing.</summary>
    private sealed class OnePacketAdapter(MqttPacketFormatterAdapter formatter) : IMqttChannelAdapter
    {
        private bool _isDone;

        public static WeakReference? Newest { get; private set; }

        public long BytesReceived => 0;

        public long BytesSent => 0;

        public X509Certificate2 ClientCertificate => null!;

        public EndPoint RemoteEndPoint => null!;

        public EndPoint LocalEndPoint => null!;

        public bool IsSecureConnection => false;

        public MqttPacketFormatterAdapter PacketFormatterAdapter => formatter;

        public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task DisconnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<MqttPacket> ReceivePacketAsync(CancellationToken cancellationToken)
        {
            if (_isDone)
            {
                return Task.FromResult<MqttPacket>(null!);
            }

            _isDone = true;

            // Topic "t", no properties.
            byte[] body = [0, 1, (byte)'t', 0, .. new byte[Heavy]];
            Newest = new WeakReference(body);
            return Task.FromResult(formatter.Decode(
                new ReceivedMqttPacket(0x30, new ArraySegment<byte>(body), body.Length + 4)));
        }

        public void ResetStatistics()
        {
        }

        public Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
