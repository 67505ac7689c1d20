using System.Net;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Broker;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Broker;

[RunsOnce]
public sealed class CabinetSessionsTests
{
    [Fact]
    public void The_late_end_of_an_old_connection_does_not_forget_the_one_that_followed()
    {
        using var services = new ServiceCollection().AddMetrics().AddSingleton<BrokerMetrics>().BuildServiceProvider();
        var sessions = new CabinetSessions(services.GetRequiredService<BrokerMetrics>());
        var cabinet = CabinetId.Parse("A1");
        var (old, fresh) = (new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2));
        sessions.Add(cabinet, new CabinetSessions.Live(old, null!));
        sessions.Add(cabinet, new CabinetSessions.Live(fresh, null!));
        Assert.False(sessions.Remove(cabinet, old));
        Assert.True(sessions.Contains(cabinet));
        Assert.True(sessions.Remove(cabinet, fresh));
        Assert.False(sessions.Contains(cabinet));
    }
}
