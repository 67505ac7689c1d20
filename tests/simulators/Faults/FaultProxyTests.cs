using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using KioskFleet.Simulators.Faults;
using Xunit;

namespace KioskFleet.Simulators.Tests.Faults;

public sealed class FaultProxyTests : IAsyncDisposable
{
    private readonly TcpListener _echo = new(IPAddress.Loopback, 0);
    private readonly FaultProxy _proxy;
    private readonly Task _echoing;

    public FaultProxyTests()
    {
        _echo.Start();
        _echoing = EchoAsync();
        _proxy = new FaultProxy(((IPEndPoint)_echo.LocalEndpoint).Port, TimeProvider.System);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_faults_bytes_pass_both_ways()
    {
        using var client = await ConnectAsync();

        Assert.Equal("hello", await AskAsync(client, "hello"));
    }

    [Fact]
    public async Task A_cut_resets_what_is_open_and_lets_new_connections_through()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "hello");

        Assert.Equal(1, _proxy.CutAll());

        await Assert.ThrowsAnyAsync<IOException>(() => AskAsync(client, "again"));
        using var next = await ConnectAsync();
        Assert.Equal("new", await AskAsync(next, "new"));
    }

    [Fact]
    public async Task A_dark_link_lets_nobody_through_and_leaves_open_connections_alone()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "hello");
        _proxy.Faults = new LinkFaults { RefusesNew = true };

        // The reset may come while connecting or with the first words.
        var refused = await Record.ExceptionAsync(async () =>
        {
            using var next = await ConnectAsync();
            await AskAsync(next, "new");
        });

        Assert.True(refused is IOException or SocketException, $"{refused}");
        Assert.Equal("still", await AskAsync(client, "still"));
    }

    [Fact]
    public async Task A_late_link_delivers_late_and_whole()
    {
        using var client = await ConnectAsync();
        _proxy.Faults = new LinkFaults { Delay = TimeSpan.FromMilliseconds(150) };
        var clock = Stopwatch.StartNew();

        Assert.Equal("late", await AskAsync(client, "late"));

        // Once on the way there and once on the way back.
        Assert.InRange(clock.ElapsedMilliseconds, 280, 5_000);
    }

    [Theory]
    [InlineData((int)LinkDirection.Up)]
    [InlineData((int)LinkDirection.Down)]
    public async Task A_half_open_link_looks_open_and_is_reset_when_it_heals(int swallows)
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "hello");
        _proxy.Faults = new LinkFaults { Swallows = (LinkDirection)swallows };

        var answer = AskAsync(client, "into the void");
        await Task.Delay(200, Cancel);
        Assert.False(answer.IsCompleted);

        _proxy.Faults = LinkFaults.None;
        await Assert.ThrowsAnyAsync<IOException>(() => answer);
    }

    [Fact]
    public async Task A_broker_that_is_away_is_a_reset_for_the_cabinet_and_nothing_else()
    {
        _echo.Stop();

        var refused = await Record.ExceptionAsync(async () =>
        {
            using var client = await ConnectAsync();
            await AskAsync(client, "anybody");
        });

        Assert.True(refused is IOException or SocketException, $"{refused}");
    }

    [Fact]
    public void Ports_are_handed_out_once_and_lie_below_the_ephemeral_range()
    {
        var ports = Enumerable.Range(0, 50).Select(_ => LoopbackPorts.Next()).ToList();

        Assert.Equal(50, ports.Distinct().Count());
        Assert.All(ports, port => Assert.InRange(port, FaultLimits.LowestPort, FaultLimits.HighestPort));
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _echo.Stop();
        await _echoing;
    }

    private static async Task<string> AskAsync(TcpClient client, string words)
    {
        var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(words), Cancel);
        var answer = new byte[words.Length];
        await stream.ReadExactlyAsync(answer, Cancel);
        return System.Text.Encoding.UTF8.GetString(answer);
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, _proxy.Port, Cancel);
        return client;
    }

    private async Task EchoAsync()
    {
        try
        {
            while (true)
            {
                var client = await _echo.AcceptTcpClientAsync();
                _ = Task.Run(async () =>
                {
                    using (client)
                    {
                        try
                        {
                            await client.GetStream().CopyToAsync(client.GetStream());
                        }
                        catch (IOException)
                        {
                            // Reset by the proxy: what the tests are about.
                            return;
                        }
                    }
                });
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
            return;
        }
    }
}
