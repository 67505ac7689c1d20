using KioskFleet.Agent.Tests.LocalApi;
using KioskFleet.Protocol;
using Xunit;

namespace KioskFleet.Agent.Tests.Telemetry;

/// <summary>Pushes over the agent's real server.</summary>
public sealed class TelemetryApiTests
{
    private const string Push = """
        {"temperatures":[{"zone":"chilled","milliCelsius":4100}],"doors":[{"open":true,"openMs":12000}],
         "stock":[{"slot":"A1","pieces":3}],"signal":{"dbm":-71,"network":"4g"},"agent":{"version":"9","upMs":1}}
        """;

    [Fact]
    public async Task What_is_pushed_is_in_the_status_beside_what_the_agent_knows_itself()
    {
        await using var agent = await RunningAgent.StartAsync();
        var (status, body, _) = await agent.PostAsync("/v1/telemetry", Push);
        Assert.Equal((202, 5), (status, body.GetProperty("readings").GetInt32()));

        var readings = new Dictionary<string, string>();
        for (var tries = 0; tries < 100 && readings.Count < 8; tries++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            var telemetry = (await agent.GetAsync("/v1/status")).Body.GetProperty("telemetry");
            readings = telemetry.GetProperty("readings").EnumerateArray().ToDictionary(
                one => $"{one.GetProperty("kind").GetString()} {one.GetProperty("name").GetString()}".TrimEnd(),
                one => one.GetProperty("value").GetString()!);
        }

        Assert.Equal("4.1 °C", readings["temperatures chilled"]);
        Assert.Equal("open 12 s", readings["doors main"]);
        Assert.Equal("-71 dBm 4g", readings["signal"]);

        // The source counts slot A1, the agent by its plan slot A2; of itself the agent knows better.
        Assert.Equal("3", readings["stock A1"]);
        Assert.Equal("0/10", readings["stock A2"]);
        Assert.StartsWith("0.1.0 ", readings["agent"], StringComparison.Ordinal);
        Assert.Equal("0 0 s", readings["backlog"]);
        Assert.Contains("MiB", readings["disk"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", 400, "notJson", null)]
    [InlineData("""{"doors":[{"door":"x"}]}""", 400, "missing", "doors[0].open")]
    [InlineData("""{"signal":{"dbm":"loud"}}""", 400, "wrongType", "signal.dbm")]
    [InlineData("""{"temperature":[]}""", 400, "unknownField", "temperature")]
    [InlineData("""{"doors":[{"open":true},{"open":true,"opened":1}]}""", 400, "unknownField", "doors[1].opened")]
    [InlineData("""{"signal":{"dbm":7}}""", 422, "outOfRange", "signal.dbm")]
    [InlineData("""{"stock":[{"slot":"AAAAAAAAAAAAAAAAA","pieces":1}]}""", 422, "tooLong", "stock[0].slot")]
    public async Task What_is_wrong_is_named_in_both_languages(string json, int code, string reason, string? field)
    {
        await using var agent = await RunningAgent.StartAsync();
        var (status, body, _) = await agent.PostAsync("/v1/telemetry", json);
        Assert.Equal((code, reason), (status, body.GetProperty("reason").GetString()));
        Assert.Equal(field, body.TryGetProperty("field", out var named) ? named.GetString() : null);
        var chinese = await agent.PostAsync("/v1/telemetry", json, "zh-CN");
        Assert.NotEqual(body.GetProperty("title").GetString(), chinese.Body.GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("""{"signal":{"dbm":7}}""", "-200", "0")]
    [InlineData("""{"doors":[{"open":1}]}""", "doors[0].open", "true")]
    [InlineData("""{"stock":[{"slot":"AAAAAAAAAAAAAAAAA","pieces":1}]}""", "stock[0].slot", "16")]
    [InlineData("""{"temperature":[]}""", "temperature", "temperatures")]
    public async Task What_would_be_taken_is_said_in_both_languages(string json, string first, string second)
    {
        await using var agent = await RunningAgent.StartAsync();
        foreach (var language in (string[])["en", "zh-CN"])
        {
            var answer = await agent.PostAsync("/v1/telemetry", json, language);
            var detail = answer.Body.GetProperty("detail").GetString();
            Assert.Contains(first, detail, StringComparison.Ordinal);
            Assert.Contains(second, detail, StringComparison.Ordinal);
            Assert.DoesNotContain("fen", detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Too_many_bytes_are_refused()
    {
        await using var agent = await RunningAgent.StartAsync();
        var (status, body, _) = await agent.PostAsync(
            "/v1/telemetry", new string(' ', Limits.MaxTelemetryBytes) + "{}");
        Assert.Equal((413, "tooManyBytes"), (status, body.GetProperty("reason").GetString()));
    }
}
