using System.Net;
using KioskFleet.Service.Hosting;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;
using MQTTnet;
using MQTTnet.Formatter;
using Xunit;

namespace KioskFleet.Service.Tests.Hosting;

public sealed class HostTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/scalar/")]
    public async Task The_service_answers_at(string path)
    {
        await using var rig = await ServiceRig.StartAsync();
        using var response = await rig.Anonymous.GetAsync(path, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task The_api_page_loads_nothing_from_elsewhere()
    {
        await using var rig = await ServiceRig.StartAsync();
        var page = await rig.Anonymous.GetStringAsync("/scalar/", Stop);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"//", page, StringComparison.Ordinal);
        Assert.Contains("\"withDefaultFonts\":false", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_metrics_name_the_broker()
    {
        await using var rig = await ServiceRig.StartAsync();
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", rig.Host.BrokerPort)
                .WithProtocolVersion(MqttProtocolVersion.V500).WithClientId("A1")
                .WithCredentials("A1", "guess").Build(),
            Stop);
        var metrics = await rig.Anonymous.GetStringAsync("/metrics", Stop);

        // The exporter counts the meters of the whole process, so those of other tests' services too.
        Assert.Matches(
            "kf_broker_connections_refused_total\\{.*reason=\"BadUserNameOrPassword\".*\\} [1-9]", metrics);
    }

    [Fact]
    public void All_wrong_settings_are_named_before_anything_is_made()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"kiosk-fleet-{Environment.ProcessId}-never");
        var host = FleetServiceHost.Build(new Dictionary<string, string?>
        {
            ["Storage:DataDirectory"] = folder,
            ["Storage:CacheKibibytes"] = "1",
            ["Broker:Embedded:Port"] = "-1",
            ["Enrolment:TokenDays"] = "0",
            ["Series:Enabled"] = "true",
        });
        var error = Assert.ThrowsAny<Exception>(() => { _ = host.StartAsync(Stop); });
        var lines = ConfigurationProblem.Describe(error)!;
        Assert.Contains(lines, l => l.StartsWith("Storage:CacheKibibytes: got 1;", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("Broker:Embedded:Port: got -1;", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("Enrolment:TokenDays: got 0;", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("Series:Url: got '';", StringComparison.Ordinal));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void A_database_that_cannot_be_opened_is_told_in_a_line_before_the_host_starts_anything()
    {
        using var files = new TemporaryDatabase(StorageEngine.Sqlite);
        var host = FleetServiceHost.Build(new Dictionary<string, string?>
        {
            ["Storage:DataDirectory"] = files.Folder,
            ["Storage:Engine"] = "PostgreSql",
            ["Storage:PostgreSql:Host"] = "127.0.0.1",
            ["Storage:PostgreSql:Port"] = "1",
            ["Storage:PostgreSql:User"] = "nobody",
            ["Storage:PostgreSql:Database"] = "nothing",
        });
        var error = Assert.Throws<StorageException>(() => { _ = host.StartAsync(Stop); });
        Assert.StartsWith(
            "127.0.0.1:1/nothing: the database cannot be opened:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_word_that_is_no_mode_is_named_with_what_it_takes()
    {
        var host = FleetServiceHost.Build(new Dictionary<string, string?> { ["Broker:Mode"] = "Carrier" });
        var error = Assert.ThrowsAny<Exception>(() => { _ = host.StartAsync(Stop); });
        Assert.Equal(["Broker:Mode: got 'Carrier'; takes Embedded or External."], ConfigurationProblem.Describe(error));
    }

    [Fact]
    public void A_misspelt_setting_is_named_with_those_there_are()
    {
        var host = FleetServiceHost.Build(new Dictionary<string, string?> { ["Broker:Embedded:Prot"] = "1" });
        var error = Assert.ThrowsAny<Exception>(() => { _ = host.StartAsync(Stop); });
        var line = Assert.Single(ConfigurationProblem.Describe(error)!);
        Assert.StartsWith(
            "Settings of EmbeddedBroker: got 'Prot'; takes BindAddress, Port,", line, StringComparison.Ordinal);
    }
}
