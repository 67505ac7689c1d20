using KioskFleet.Service.Hosting;
using KioskFleet.TestKit;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace KioskFleet.Service.Tests.Hosting;

[RunsOnce]
public sealed class SettingNamesTests
{
    [Theory]
    [InlineData("Storage:DataDirectory=/var/lib/kioskfleet")]
    [InlineData("storage:datadirectory=x=y")]
    [InlineData("Broker:Embedded:Port=1883")]
    [InlineData("Reconciliation:UnionPay:Time=交易时间")]
    [InlineData("Logging:LogLevel:Default=Debug")]
    [InlineData("Urls=http://127.0.0.1:8080")]
    public void What_the_service_reads_is_taken(string assignment) => SettingNames.Check([assignment]);

    [Theory]
    [InlineData("Storage:DataDirectory", "takes Section:Name=VALUE")]
    [InlineData("=x", "takes Section:Name=VALUE")]
    [InlineData("Storag:DataDirectory=x", "Storage")]
    [InlineData("Storage:DataFolder=x", "DataDirectory")]
    [InlineData("Broker:Embedded:Porte=1", "Port")]
    public void What_nobody_would_read_is_refused_with_what_there_is(string assignment, string told)
    {
        var error = Assert.Throws<SettingException>(() => SettingNames.Check([assignment]));
        Assert.Contains(assignment, error.Message, StringComparison.Ordinal);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.Equal([error.Message], ConfigurationProblem.Describe(error)!);
    }

    [Theory]
    [InlineData("Storage__DataDirectory")]
    [InlineData("broker__external__host")]
    [InlineData("PATH")]
    [InlineData("DOTNET_gcServer")]
    [InlineData("OTHER__Thing")]
    public void Variables_of_others_and_known_settings_are_taken(string name) => SettingNames.CheckEnvironment([name]);

    [Theory]
    [InlineData("Storage__DataFolder", "DataDirectory")]
    [InlineData("Broker__Embedded__Porte", "Port")]
    public void A_variable_that_nobody_would_read_is_refused(string name, string told)
    {
        var error = Assert.Throws<SettingException>(() => SettingNames.CheckEnvironment([name]));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://127.0.0.1:8080; https://*:8443")]
    public void Addresses_that_can_be_listened_on_are_taken(string urls) => SettingNames.CheckUrls(urls);

    [Theory]
    [InlineData("foo")]
    [InlineData("http://127.0.0.1:8080;ftp://here")]
    [InlineData("http://127.0.0.1:port")]
    public void An_address_that_cannot_be_listened_on_is_named(string urls)
    {
        var error = Assert.Throws<SettingException>(() => SettingNames.CheckUrls(urls));
        Assert.Contains(urls.Split(';')[^1], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_examples_hold_only_settings_that_there_are()
    {
        var examples = Directory.GetFiles(Path.Combine(SourceTree.Root, "deploy", "service"), "*.json.example");
        Assert.Equal(2, examples.Length);
        Assert.All(examples, example => SettingNames.CheckFile(
            example, new ConfigurationBuilder().AddJsonFile(example).Build().AsEnumerable()
                .Where(setting => setting.Value is not null).Select(setting => setting.Key)));
    }

    [Fact]
    public void Every_setting_is_listed_with_its_meaning_and_can_be_set_by_its_name()
    {
        var settings = SettingReference.All();
        Assert.True(settings.Count > 100);
        Assert.Empty(settings.Where(setting => setting.Words.Length == 0).Select(setting => setting.Name));
        SettingNames.Check(settings.Select(setting => $"{setting.Name}={setting.Default}"));
        Assert.Equal("1883", settings.Single(setting => setting.Name == "Broker:Embedded:Port").Default);
        Assert.EndsWith(
            "One of None, StartTls, Tls.", settings.Single(setting => setting.Name == "Alerts:Mail:Security").Words,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_the_name_narrows_the_list_and_one_that_is_nowhere_is_told()
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        Assert.Equal(0, SettingsCommand.Print("ingest:maxgroup", output, errors));
        Assert.StartsWith(
            "Ingest:MaxGroupEntries=20000\n    Most entries", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, SettingsCommand.Print("Ingest:MaxGruop", output, errors));
        Assert.Contains("Ingest:MaxGruop", errors.ToString(), StringComparison.Ordinal);
    }
}
