using KioskFleet.Agent.Clock;
using Xunit;

namespace KioskFleet.Agent.Tests.Clock;

public sealed class SystemBootClockTests
{
    [Fact]
    public void An_agent_restarted_without_a_reboot_stays_in_its_boot()
    {
        var before = new SystemBootClock(TimeProvider.System);
        var after = new SystemBootClock(TimeProvider.System);
        Assert.True(after.MonotonicMs >= before.MonotonicMs);
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(before.Boot, after.Boot);
            var uptimeMs = double.Parse(
                File.ReadAllText("/proc/uptime").Split(' ')[0],
                System.Globalization.CultureInfo.InvariantCulture) * 1_000;
            Assert.InRange(after.MonotonicMs, uptimeMs - 5_000, uptimeMs + 5_000);
        }
    }
}
