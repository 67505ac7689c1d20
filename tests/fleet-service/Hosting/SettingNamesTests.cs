using KioskFleet.Service.Hosting;
using Xunit;

namespace KioskFleet.Service.Tests.Hosting;

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
}
