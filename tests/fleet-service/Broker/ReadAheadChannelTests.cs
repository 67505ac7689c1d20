using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using KioskFleet.Service.Broker;
using MQTTnet.Channel;
using Xunit;

namespace KioskFleet.Service.Tests.Broker;

public sealed class ReadAheadChannelTests
{
    [Fact]
    public async Task Everything_comes_in_its_order_and_the_network_is_asked_once_for_what_is_there()
    {
        var bytes = new byte[150_000];
        new Random(7).NextBytes(bytes);
        var network = new Network(bytes, 70_000, 1, 79_999);
        using var channel = new ReadAheadChannel(network);

        var read = new List<byte>();
        var sizes = new[] { 1, 1, 3, 4_096, 4_096, 4_000 };
        for (var i = 0; read.Count < bytes.Length; i++)
        {
            var buffer = new byte[sizes[i % sizes.Length] + 2];
            var count = await channel.ReadAsync(buffer, 1, buffer.Length - 2, CancellationToken.None);
            Assert.InRange(count, 1, buffer.Length - 2);
            Assert.Equal((0, 0), (buffer[0], buffer[^1]));
            read.AddRange(buffer[1..(count + 1)]);
        }

        Assert.Equal(bytes, read);
        Assert.Equal(5, network.Reads);
        Assert.Equal(0, await channel.ReadAsync(new byte[9], 0, 9, CancellationToken.None));
    }

    [Fact]
    public async Task Nothing_of_one_connection_is_told_over_the_next()
    {
        var network = new Network([1, 2, 3, 4, 5, 6], 4, 2);
        using var channel = new ReadAheadChannel(network);
        var buffer = new byte[4];
        Assert.Equal(1, await channel.ReadAsync(buffer, 0, 1, CancellationToken.None));

        await channel.ConnectAsync(CancellationToken.None);

        Assert.Equal(2, await channel.ReadAsync(buffer, 0, 4, CancellationToken.None));
        Assert.Equal([5, 6], buffer[..2]);
    }

    [Fact]
    public async Task A_read_that_fails_tells_nothing_again()
    {
        var network = new Network([1, 2, 3], 2, 1) { FailsAt = 2 };
        using var channel = new ReadAheadChannel(network);
        var buffer = new byte[2];
        Assert.Equal(2, await channel.ReadAsync(buffer, 0, 2, CancellationToken.None));
        await Assert.ThrowsAsync<IOException>(() => channel.ReadAsync(buffer, 0, 2, CancellationToken.None));
        Assert.Equal(1, await channel.ReadAsync(buffer, 0, 2, CancellationToken.None));
        Assert.Equal(3, buffer[0]);
    }

    /// <summary>Gives some bytes in pieces, each at most as large as is asked for.</summary>
    private sealed class Network(byte[] bytes, params int[] pieces) : IMqttChannel
    {
        private readonly Queue<int> _pieces = new(pieces);
        private int _given;

        public int Reads { get; private set; }

        public int FailsAt { get; init; }

        public X509Certificate2 ClientCertificate => null!;

        public EndPoint RemoteEndPoint => new IPEndPoint(IPAddress.Loopback, 1);

        public EndPoint LocalEndPoint => new IPEndPoint(IPAddress.Loopback, 2);

        public bool IsSecureConnection => false;

        public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task DisconnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Reads++;
            if (Reads == FailsAt)
            {
                return Task.FromException<int>(new IOException("The network is gone."));
            }

            var piece = _pieces.TryDequeue(out var next) ? next : 0;
            var given = Math.Min(piece, count);
            if (given < piece)
            {
                var rest = new[] { piece - given }.Concat(_pieces).ToList();
                _pieces.Clear();
                rest.ForEach(_pieces.Enqueue);
            }

            bytes.AsSpan(_given, given).CopyTo(buffer.AsSpan(offset));
            _given += given;
            return Task.FromResult(given);
        }

        public Task WriteAsync(
            ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken) =>
            Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
