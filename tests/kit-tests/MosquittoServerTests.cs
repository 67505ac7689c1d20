using System.Net.Sockets;
using System.Text;
using Xunit;

namespace KioskFleet.TestKit.Tests;

public sealed class MosquittoServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private const byte Accepted = 0;
    private const byte NotAuthorised = 5;

    public MosquittoServerTests() => ServerAvailability.RequireMosquitto();

    [Fact]
    public async Task A_broker_without_users_lets_anyone_in()
    {
        await using var broker = await MosquittoServer.StartAsync();
        Assert.Equal(Accepted, await ConnectAsync(broker, null, null));
    }

    [Fact]
    public async Task A_broker_with_users_lets_in_only_these_with_their_password()
    {
        await using var broker = await MosquittoServer.StartAsync(new MosquittoOptions
        {
            Users = new Dictionary<string, string> { ["kf-1"] = "secret" },
            AccessList = ["pattern readwrite kf/v1/%u/#"],
        });
        Assert.Equal(Accepted, await ConnectAsync(broker, "kf-1", "secret"));
        Assert.Equal(NotAuthorised, await ConnectAsync(broker, "kf-1", "wrong"));
        Assert.Equal(NotAuthorised, await ConnectAsync(broker, null, null));
    }

    [Fact]
    public async Task A_killed_broker_comes_back_on_its_port_with_its_log_kept()
    {
        await using var broker = await MosquittoServer.StartAsync(new MosquittoOptions { Persistence = true });
        var port = broker.Port;
        broker.Kill();
        Assert.False(broker.IsRunning);
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(broker, null, null));
        await broker.StartAgainAsync();
        await broker.StopAsync();
        await broker.StartAgainAsync();
        Assert.Equal(port, broker.Port);
        Assert.Equal(Accepted, await ConnectAsync(broker, null, null));
        Assert.Equal(3, broker.Log.Count(line => line.Contains("running", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_frozen_broker_holds_the_connection_and_answers_after_thawing()
    {
        await using var broker = await MosquittoServer.StartAsync();
        broker.Freeze();
        var answer = ConnectAsync(broker, null, null);
        var silence = Task.Delay(200, Token);
        Assert.Same(silence, await Task.WhenAny(answer, silence));
        broker.Thaw();
        Assert.Equal(Accepted, await answer);
    }

    [Fact]
    public async Task A_wrong_configuration_line_is_told_and_not_waited_for()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => MosquittoServer.StartAsync(new MosquittoOptions { ExtraLines = ["no_such_setting 1"] }));
        Assert.Contains("no_such_setting", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Sends an MQTT 3.1.1 CONNECT and returns the return code of the CONNACK.</summary>
    private static async Task<byte> ConnectAsync(MosquittoServer broker, string? user, string? password)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(MosquittoServer.Host, broker.Port).WaitAsync(TimeSpan.FromSeconds(5));
        var flags = (byte)(0x02 | (user is null ? 0 : 0x80) | (password is null ? 0 : 0x40));
        byte[] body = [.. Text("MQTT"), 4, flags, 0, 60, .. Text("kit"), .. Text(user), .. Text(password)];
        await client.GetStream().WriteAsync((byte[])[0x10, (byte)body.Length, .. body]);
        var answer = new byte[4];
        await client.GetStream().ReadExactlyAsync(answer).AsTask().WaitAsync(TimeSpan.FromSeconds(5));
        return answer[3];
    }

    private static byte[] Text(string? text) =>
        text is null ? [] : [0, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
}
