using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace KioskFleet.TestKit.Tests;

public sealed class TcpFaultProxyTests : IAsyncLifetime
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);

    private readonly EchoServer server = new();
    private readonly TcpFaultProxy proxy;

    public TcpFaultProxyTests() => proxy = TcpFaultProxy.Start(server.Port);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Bytes_pass_unchanged_in_both_directions_and_are_counted()
    {
        using var client = await ConnectAsync();
        var sent = new byte[300_000];
        new Random(7).NextBytes(sent);
        var echo = ReceiveAsync(client, sent.Length);
        await client.SendAsync(sent);
        Assert.Equal(sent, await echo);
        var counts = proxy.Counts;
        Assert.Equal((1, 1, sent.Length, sent.Length, 0), (counts.Accepted, counts.Open, (int)counts.BytesToServer,
            (int)counts.BytesToClient, (int)counts.BytesSwallowed));
    }

    [Fact]
    public async Task An_orderly_end_of_the_client_reaches_the_server_and_the_echo_still_comes_back()
    {
        using var client = await ConnectAsync();
        await client.SendAsync("bye"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("bye"u8.ToArray(), await ReceiveAsync(client, 3));
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], Token).AsTask().WaitAsync(Limit, Token));
        await UntilAsync(() => server.Ended == 1 && proxy.Counts.Open == 0);
    }

    [Fact]
    public async Task A_cut_resets_open_connections_on_both_sides_and_new_ones_work()
    {
        using var client = await ConnectAsync();
        await EchoAsync(client);
        Assert.Equal(1, proxy.CutAll());
        await AssertResetAsync(client);
        await UntilAsync(() => server.Ended == 1);
        using var next = await ConnectAsync();
        await EchoAsync(next);
    }

    [Fact]
    public async Task Refusing_lets_nobody_in_and_leaves_open_connections_alone_and_can_be_taken_back_often()
    {
        using var client = await ConnectAsync();
        await EchoAsync(client);
        for (var round = 0; round < 3; round++)
        {
            proxy.RefuseNew();
            var refused = await Assert.ThrowsAsync<SocketException>(ConnectAsync);
            Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
            await EchoAsync(client);
            proxy.AcceptNew();
            using var next = await ConnectAsync();
            await EchoAsync(next);
        }
    }

    [Fact]
    public async Task Going_dark_looks_like_a_server_that_is_gone()
    {
        using var client = await ConnectAsync();
        await EchoAsync(client);
        proxy.GoDark();
        await AssertResetAsync(client);
        await Assert.ThrowsAsync<SocketException>(ConnectAsync);
    }

    [Fact]
    public async Task A_delayed_connection_answers_late_by_the_delay_of_both_ways()
    {
        using var client = await ConnectAsync();
        proxy.DelayBy(TimeSpan.FromMilliseconds(100));
        var clock = Stopwatch.StartNew();
        await EchoAsync(client);
        Assert.InRange(clock.ElapsedMilliseconds, 200, 2_000);
        proxy.Pass();
        clock.Restart();
        await EchoAsync(client);
        Assert.InRange(clock.ElapsedMilliseconds, 0, 99);
    }

    [Fact]
    public async Task A_half_open_connection_swallows_one_direction_without_a_sign_to_either_side()
    {
        using var client = await ConnectAsync();
        await EchoAsync(client);
        var before = server.BytesReceived;
        proxy.HalfOpen(Flow.ToServer);
        await client.SendAsync("lost"u8.ToArray());
        await AssertSilentAsync(client);
        Assert.Equal((before, 0, 4), (server.BytesReceived, server.Ended, proxy.Counts.BytesSwallowed));
    }

    [Fact]
    public async Task A_half_open_connection_hides_that_the_client_has_gone_and_is_cut_when_the_fault_ends()
    {
        using var client = await ConnectAsync();
        await EchoAsync(client);
        proxy.HalfOpen(Flow.Both);
        client.Dispose();
        await Task.Delay(Quiet, Token);
        Assert.Equal((0, 1), (server.Ended, proxy.Counts.Open));
        proxy.Pass();
        await UntilAsync(() => server.Ended == 1 && proxy.Counts.Open == 0);
    }

    [Fact]
    public async Task A_stream_that_lost_bytes_never_goes_on_without_them()
    {
        using var client = await ConnectAsync();
        proxy.HalfOpen(Flow.ToClient);
        await client.SendAsync("lost"u8.ToArray());
        await UntilAsync(() => proxy.Counts.BytesSwallowed == 4);
        proxy.Pass();
        await AssertResetAsync(client);
    }

    [Fact]
    public async Task A_throttled_connection_keeps_to_its_pace_and_loses_nothing()
    {
        using var client = await ConnectAsync();
        proxy.Throttle(20_000);
        var sent = new byte[4_000];
        new Random(8).NextBytes(sent);
        var clock = Stopwatch.StartNew();
        await client.SendAsync(sent);
        Assert.Equal(sent, await ReceiveAsync(client, sent.Length));
        Assert.InRange(clock.ElapsedMilliseconds, 180, 3_000);
    }

    [Fact]
    public async Task A_stalled_connection_goes_on_with_every_byte_when_released()
    {
        using var client = await ConnectAsync();
        proxy.Throttle(0);
        await client.SendAsync("later"u8.ToArray());
        var silence = Task.Delay(Quiet, Token);
        var echo = ReceiveAsync(client, 5);
        Assert.Same(silence, await Task.WhenAny(echo, silence));
        proxy.Pass();
        Assert.Equal("later"u8.ToArray(), await echo);
    }

    [Fact]
    public async Task An_armed_cut_falls_exactly_after_the_named_number_of_bytes_and_once()
    {
        using var client = await ConnectAsync();
        proxy.CutAfter(Flow.ToServer, 5);
        await client.SendAsync("in the middle"u8.ToArray());
        await AssertResetAsync(client);
        Assert.Equal(5, proxy.Counts.BytesToServer);
        using var next = await ConnectAsync();
        await EchoAsync(next);
    }

    [Fact]
    public async Task A_server_that_does_not_accept_resets_the_client_and_is_counted()
    {
        proxy.RetargetTo(FreePort.Next());
        // The reset may be there before the client has noticed that it was connected.
        var reset = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var client = await ConnectAsync();
            await client.ReceiveAsync(new byte[1], Token).AsTask().WaitAsync(Limit, Token);
        });
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        await UntilAsync(() => proxy.Counts.Unreachable == 1);
        proxy.RetargetTo(server.Port);
        using var next = await ConnectAsync();
        await EchoAsync(next);
    }

    [Fact]
    public async Task Many_connections_that_come_and_go_while_faults_change_leave_nothing_open()
    {
        var clients = Enumerable.Range(0, 40).Select(async number =>
        {
            await Task.Delay(number * 5, Token);
            try
            {
                using var client = await ConnectAsync();
                await EchoAsync(client);
            }
            catch (SocketException)
            {
                return 0;
            }
            catch (TimeoutException)
            {
                return 0;
            }

            return 1;
        });
        var all = Task.WhenAll(clients);
        for (var round = 0; round < 10; round++)
        {
            proxy.Faults = new TcpFaults { RefuseNew = round % 3 == 0, Delay = TimeSpan.FromMilliseconds(round) };
            proxy.CutAll();
            await Task.Delay(20, Token);
        }

        proxy.Pass();
        await all;
        await UntilAsync(() => proxy.Counts.Open == 0);
        using var last = await ConnectAsync();
        await EchoAsync(last);
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, proxy.Port)).WaitAsync(Limit);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task EchoAsync(Socket client)
    {
        byte[] sent = [1, 2, 3, 4];
        await client.SendAsync(sent);
        Assert.Equal(sent, await ReceiveAsync(client, sent.Length));
    }

    private static async Task<byte[]> ReceiveAsync(Socket client, int count)
    {
        var received = new byte[count];
        for (var at = 0; at < count;)
        {
            var more = await client.ReceiveAsync(received.AsMemory(at), Token).AsTask().WaitAsync(Limit);
            at += more > 0 ? more : throw new SocketException((int)SocketError.Disconnecting);
        }

        return received;
    }

    private static async Task AssertResetAsync(Socket client)
    {
        // What the server answered before the reset may still arrive.
        var error = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (await client.ReceiveAsync(new byte[1], Token).AsTask().WaitAsync(Limit, Token) > 0)
            {
                await Task.Yield();
            }
        });
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    private static async Task AssertSilentAsync(Socket client)
    {
        using var limit = new CancellationTokenSource(Quiet);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await client.ReceiveAsync(new byte[1], limit.Token));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Limit, "It did not come in time.");
            await Task.Delay(5, Token);
        }
    }
}
