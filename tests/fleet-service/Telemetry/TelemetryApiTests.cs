using System.Net;
using System.Text.Json;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Telemetry;
using KioskFleet.Protocol.Topics;
using KioskFleet.Service.Access;
using KioskFleet.Service.Broker;
using KioskFleet.Service.Series;
using KioskFleet.Service.Tests.Hosting;
using KioskFleet.TestKit;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Xunit;
using static KioskFleet.Service.Tests.Telemetry.TelemetryOnPaper;

namespace KioskFleet.Service.Tests.Telemetry;

/// <summary>The whole service: from its broker to its answers.</summary>
public sealed class TelemetryApiTests
{
    private const string Path = "/api/v1/telemetry/cabinets";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private static TelemetryMessage Rich(string cabinet)
    {
        var now = Now;
        return Message(cabinet, now, Sample(now, Degrees(4_100), Door(true, 12_000),
            new TelemetryReading.Stock("A1", 0, 10, "tea"), new TelemetryReading.Stock("A2", 7, null, ""),
            new TelemetryReading.Signal(-71, 60, "4g"), new TelemetryReading.Disk(5_000, 9_000),
            new TelemetryReading.Faults([new TelemetryFaultCode("E1", "压缩机")]),
            new TelemetryReading.Agent("1.2.3", 77), new TelemetryReading.Backlog(2, 60_000)));
    }

    private static Task SendAsync(ServiceRig rig, TelemetryMessage message) =>
        rig.Host.Services.GetRequiredService<IUpMessageHandler>().HandleAsync(new UpMessage(
            new CabinetTopic(message.Header.Cabinet, Lane.Telemetry), Bytes(message)), Stop).AsTask();

    private static async Task<JsonElement> ShownAsync(ServiceRig rig, string cabinet)
    {
        for (var tries = 0; ; tries++)
        {
            using var response = await rig.Anonymous.GetAsync($"{Path}/{cabinet}", Stop);
            if (response.StatusCode == HttpStatusCode.OK || tries == 100)
            {
                return await ServiceRig.JsonAsync(response, HttpStatusCode.OK);
            }

            await Task.Delay(50, Stop);
        }
    }

    [Fact]
    public async Task What_a_cabinet_publishes_on_the_embedded_broker_is_shown()
    {
        await using var rig = await ServiceRig.StartAsync(null, ("Telemetry:GatherMilliseconds", "10"));
        await rig.RegisterAsync("CZ-1");
        var id = CabinetId.Parse("CZ-1");
        var password = await rig.Database.WriteAsync(
            (connection, _) => CabinetCredentials.Issue(connection, id, Now), Stop);
        rig.Host.Services.GetRequiredService<CabinetCredentials>().Reload(id);
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", rig.Host.BrokerPort)
            .WithProtocolVersion(MqttProtocolVersion.V500).WithClientId("CZ-1").WithCredentials("CZ-1", password)
            .Build(), Stop);
        await client.PublishAsync(new MqttApplicationMessageBuilder().WithTopic("kf/v1/CZ-1/up/telemetry")
            .WithPayload(Bytes(Rich("CZ-1"))).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtMostOnce).Build(),
            Stop);

        var shown = await ShownAsync(rig, "CZ-1");
        Assert.Equal("CZ-1", shown.GetProperty("cabinetId").GetString());
        Assert.Equal(4_100, shown.GetProperty("temperatures")[0].GetProperty("milliCelsius").GetInt64());
        Assert.True(shown.GetProperty("doors")[0].GetProperty("open").GetBoolean());
        Assert.InRange(Now - shown.GetProperty("doors")[0].GetProperty("openSinceUtc").GetDateTimeOffset()
            .ToUnixTimeMilliseconds(), 12_000, 40_000);
        Assert.Equal((2, 1), (shown.GetProperty("slotsTold").GetInt32(), shown.GetProperty("slotsEmpty").GetInt32()));
        Assert.Equal("tea", shown.GetProperty("stock")[0].GetProperty("sku").GetString());
        Assert.Equal("压缩机", shown.GetProperty("faults").GetProperty("faults")[0].GetProperty("words").GetString());
        Assert.Equal(60_000, shown.GetProperty("backlog").GetProperty("oldestAgeMs").GetInt64());
        Assert.InRange(shown.GetProperty("clockOffsetMs").GetInt64(), 0, 30_000);
    }

    [Fact]
    public async Task Lists_and_hours_are_filtered_and_paged()
    {
        await using var rig = await ServiceRig.StartAsync(null, ("Telemetry:GatherMilliseconds", "10"));
        foreach (var cabinet in (string[])["A1", "A2", "A3"])
        {
            await rig.RegisterAsync(cabinet);
        }

        await SendAsync(rig, Rich("A2"));
        await ShownAsync(rig, "A2");
        var page = await GetAsync(rig, "?pageSize=2&page=1");
        Assert.Equal((3, 2), (page.GetProperty("total").GetInt32(), page.GetProperty("items").GetArrayLength()));
        Assert.Equal(JsonValueKind.Null, page.GetProperty("items")[0].GetProperty("heardUtc").ValueKind);
        Assert.Equal(1, page.GetProperty("items")[1].GetProperty("slotsEmpty").GetInt32());
        Assert.Equal(JsonValueKind.Null, page.GetProperty("items")[1].GetProperty("stock").ValueKind);
        Assert.Equal(0, (await GetAsync(rig, "?operator=nobody")).GetProperty("total").GetInt32());

        var hours = await GetAsync(rig, "/A2/hours?measure=temperature");
        var hour = hours.GetProperty("items")[0];
        Assert.Equal((1, 1), (hours.GetProperty("total").GetInt32(), hour.GetProperty("minutes").GetInt32()));
        Assert.Equal((4_100, 4_100), (hour.GetProperty("least").GetInt64(), hour.GetProperty("mean").GetInt64()));
        var all = (await GetAsync(rig, "/A2/hours")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(12, all.Where(one => one.GetProperty("measure").GetString() == "Door")
            .Sum(one => one.GetProperty("openSeconds").GetInt32()));
        Assert.Contains(all, one => one.GetProperty("measure").GetString() == "Online");
        var past = await GetAsync(rig, "/A2/hours?from=2020-01-01&to=2020-01-02");
        Assert.Equal(0, past.GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("/B9", 404, "cabinetUnknown")]
    [InlineData("/no%20id", 404, "cabinetUnknown")]
    [InlineData("/A1", 404, "noTelemetry")]
    [InlineData("/B9/hours", 404, "cabinetUnknown")]
    [InlineData("/A1/hours?from=yesterday", 400, "invalid")]
    [InlineData("/A1/hours?from=2020-01-02&to=2020-01-01", 400, "invalid")]
    [InlineData("/A1/hours?from=2020-01-01&to=2020-03-01", 400, "invalid")]
    [InlineData("/A1/hours?measure=humidity", 400, "invalid")]
    [InlineData("?county=341125&order=up", 400, "unknownQueryName")]
    public async Task What_cannot_be_answered_is_a_problem_with_its_code(string path, int status, string code)
    {
        await using var rig = await ServiceRig.StartAsync();
        await rig.RegisterAsync("A1");
        using var response = await rig.Anonymous.GetAsync(Path + path, Stop);
        var problem = await ServiceRig.JsonAsync(response, (HttpStatusCode)status);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.NotEqual(problem.GetProperty("title").GetString(), problem.GetProperty("titleZh").GetString());
    }

    [Fact]
    public async Task Wrong_settings_are_named_and_a_stranger_may_not_read()
    {
        var host = Service.Hosting.FleetServiceHost.Build(new Dictionary<string, string?>
        {
            ["Telemetry:MaxWaitingMessages"] = "1", ["Telemetry:HourDays"] = "0",
        });
        var error = Assert.ThrowsAny<Exception>(() => { _ = host.StartAsync(Stop); });
        var lines = Service.Hosting.ConfigurationProblem.Describe(error)!;
        Assert.Contains("Telemetry:MaxWaitingMessages: got 1; takes 100 to 100000.", lines);
        Assert.Contains("Telemetry:HourDays: got 0; takes 1 to 1000.", lines);

        await using var rig = await ServiceRig.StartAsync(null, ("Access:AnonymousReadOnLoopback", "false"));
        using var response = await rig.Anonymous.GetAsync(Path, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Stock_and_temperature_are_in_a_real_time_series_server_at_their_own_moments()
    {
        ServerAvailability.RequireVictoriaMetrics();
        await using var server = await VictoriaMetricsServer.StartAsync();
        await using var rig = await ServiceRig.StartAsync(
            null, ("Series:Enabled", "true"), ("Series:Url", server.BaseAddress.ToString()), ("Series:Org", "city"),
            ("Series:Bucket", "sales"), ("Telemetry:GatherMilliseconds", "10"));
        await rig.RegisterAsync("A1");
        await SendAsync(rig, Rich("A1"));
        await ShownAsync(rig, "A1");
        var gauges = rig.Host.Services.GetRequiredService<TelemetryGauges>();
        Assert.True(await gauges.TellAsync(Stop));
        Assert.True(await gauges.TellAsync(Stop));

        var stock = await server.ExportAsync("kf_stock_pieces");
        for (var tries = 0; stock.Count < 2 && tries < 100; tries++)
        {
            await Task.Delay(100, Stop);
            stock = await server.ExportAsync("kf_stock_pieces");
        }

        Assert.Equal([("A1", 0.0), ("A2", 7.0)], stock.Select(s => (s.Labels["slot"], s.Values.Distinct().Single()))
            .OrderBy(pair => pair.Item1));
        Assert.All(stock, s => Assert.Equal(("A1", "op1"), (s.Labels["cabinet"], s.Labels["operator"])));
        var degrees = Assert.Single(await server.ExportAsync("kf_temperature_milli_celsius"));
        Assert.Equal((4_100.0, "main"), (degrees.Values.Distinct().Single(), degrees.Labels["zone"]));
        Assert.Single(await server.ExportAsync("kf_backlog_oldest_age_ms"));
    }

    private static async Task<JsonElement> GetAsync(ServiceRig rig, string query)
    {
        using var response = await rig.Anonymous.GetAsync(Path + query, Stop);
        return await ServiceRig.JsonAsync(response, HttpStatusCode.OK);
    }
}
