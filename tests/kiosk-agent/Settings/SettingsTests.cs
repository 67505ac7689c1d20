using System.Text;
using KioskFleet.Agent.Settings;
using KioskFleet.Agent.Texts;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace KioskFleet.Agent.Tests.Settings;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("""{"broker":{"port":99999}}""", "broker:port", "99999", "from 1 to 65535")]
    [InlineData("""{"broker":{"port":"x"}}""", "broker:port", "x", "from 1 to 65535")]
    [InlineData("""{"broker":{"host":"a b"}}""", "broker:host", "a b", "host name")]
    [InlineData("""{"broker":{"tls":"perhaps"}}""", "broker:tls", "perhaps", "true or false")]
    [InlineData("""{"broker":"fleet.example"}""", "broker", "fleet.example", "no such setting")]
    [InlineData("""{"brokre":{"host":"a"}}""", "brokre:host", "a", "no such setting")]
    [InlineData("""{"dataDirectory":"data"}""", "dataDirectory", "data", "absolute path")]
    [InlineData("""{"dataDirectory":["/a"]}""", "dataDirectory", "{…}", "one value")]
    [InlineData("""{"serviceUrl":"ftp://a/"}""", "serviceUrl", "ftp://a/", "http or https")]
    [InlineData("""{"journal":{"retentionDays":0}}""", "journal:retentionDays", "0", "from 1 to 36500")]
    [InlineData("""{"uplink":{"maxBatchEntries":501}}""", "uplink:maxBatchEntries", "501", "from 1 to 500")]
    [InlineData("""{"api":{"listen":["127.0.0.1"]}}""", "api:listen", "127.0.0.1", "IP:port")]
    [InlineData("""{"api":{"listen":"unix:relative.sock"}}""", "api:listen", "unix:relative.sock", "unix:/absolute")]
    [InlineData("""{"api":{"listen":"192.168.1.5:8460"}}""", "api:listen", "http://192.168.1.5:8460", "api:tokenFile")]
    [InlineData("""{"api":{"listen":["127.0.0.1:1","[::]:8460"]}}""", "api:listen",
        "http://[::]:8460", "api:tokenFile")]
    [InlineData("""{"telemetry":{"maxMiB":0}}""", "telemetry:maxMiB", "0", "from 1 to 1024")]
    [InlineData("""{"telemetry":{"command":"probe"}}""", "telemetry:command", "probe", "absolute path")]
    [InlineData("""{"telemetry":{"commandSeconds":5,"commandTimeoutSeconds":6}}""", "telemetry:commandTimeoutSeconds",
        "6", "telemetry:commandSeconds")]
    [InlineData("""{"vending":{"maxOpenVends":-1}}""", "vending:maxOpenVends", "-1", "from 1 to 1024")]
    public void A_wrong_setting_is_named_with_what_it_got_and_what_it_takes(
        string json, string setting, string got, string takes)
    {
        var finding = Assert.Single(Assert.Throws<SettingsException>(() => Read(json)).Findings);
        Assert.Equal(setting, finding.Setting);
        Assert.Equal(got, finding.Got);
        Assert.Contains(takes, SettingTexts.Describe(finding, Language.English), StringComparison.Ordinal);
        Assert.Contains(got, SettingTexts.Describe(finding, Language.Chinese), StringComparison.Ordinal);
        Assert.NotEqual(
            SettingTexts.Describe(finding, Language.English), SettingTexts.Describe(finding, Language.Chinese));
    }

    [Fact]
    public void All_wrong_settings_are_named_at_once() =>
        Assert.Equal(3, Assert.Throws<SettingsException>(
            () => Read("""{"a":1,"broker":{"port":0},"journal":{"retentionDays":"x"}}""")).Findings.Count);

    [Fact]
    public void An_empty_file_gives_the_defaults()
    {
        var settings = Read("{}");
        Assert.Equal(400, settings.Journal.RetentionDays);
        Assert.Equal("http://127.0.0.1:8460", Assert.Single(settings.Api.Listen).ToString());
        Assert.Equal(30_000, settings.Uplink.Sender.AnswerTimeoutMs);
    }

    [Theory]
    [InlineData("127.0.0.1:8460", false)]
    [InlineData("localhost:8460", false)]
    [InlineData("[::1]:8460", false)]
    [InlineData("http://127.0.0.1:8460/", false)]
    [InlineData("unix:/run/kioskfleet/agent.sock", false)]
    [InlineData("0.0.0.0:8460", true)]
    [InlineData("192.168.0.2:8460", true)]
    public void Only_addresses_that_other_machines_reach_need_a_token(string text, bool needsToken)
    {
        Assert.True(ListenAddress.TryParse(text, out var address));
        Assert.Equal(needsToken, address.NeedsToken);
    }

    [Theory]
    [InlineData("::1:8460")]
    [InlineData("8460")]
    [InlineData(":8460")]
    [InlineData("")]
    [InlineData("https://127.0.0.1:8460")]
    public void What_is_no_address_is_refused(string text) => Assert.False(ListenAddress.TryParse(text, out _));

    [Fact]
    public void A_token_that_is_too_short_is_refused()
    {
        using var folder = new KioskFleet.TestKit.TemporaryFolder();
        var api = new ApiSettings { TokenFile = folder.Write("token", "short\n") };
        Assert.Equal("api:tokenFile",
            Assert.Single(Assert.Throws<SettingsException>(() => SettingsFile.ReadToken(api)).Findings).Setting);
    }

    internal static AgentSettings Read(string json)
    {
        var file = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        return SettingsFile.Read(file, file);
    }
}
