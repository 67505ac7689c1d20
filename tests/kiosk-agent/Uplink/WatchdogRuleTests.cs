using KioskFleet.Agent.Uplink;
using Xunit;

namespace KioskFleet.Agent.Tests.Uplink;

public sealed class WatchdogRuleTests
{
    [Theory]
    [InlineData(0, 900_000, false, "nothing waits")]
    [InlineData(1, 900_000, true, "old, connected, and nothing was committed")]
    [InlineData(1, 100, false, "young")]
    public void A_link_is_suspect_only_while_something_old_waits(long backlog, long ageMs, bool expected, string why) =>
        Assert.True(expected == WatchdogRule.MustReconnect(
            new WatchdogView(1_000_000, 500_000, 600_000, backlog, ageMs), 600_000, 300_000), why);

    [Fact]
    public void A_new_link_gets_its_time() => Assert.False(WatchdogRule.MustReconnect(
        new WatchdogView(1_000_000, 900_000, 0, 1, 900_000), 600_000, 300_000));

    [Fact]
    public void Progress_keeps_a_link() => Assert.False(WatchdogRule.MustReconnect(
        new WatchdogView(1_000_000, 0, 900_000, 1, 900_000), 600_000, 300_000));

    [Fact]
    public void A_wall_clock_set_back_does_not_blind_it() => Assert.True(WatchdogRule.MustReconnect(
        new WatchdogView(1_000_000, 0, 100_000, 1, -50_000_000), 600_000, 300_000));
}
