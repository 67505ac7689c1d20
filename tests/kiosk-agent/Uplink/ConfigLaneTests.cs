using KioskFleet.Agent.Tests.Gate;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Identity;
using Xunit;

namespace KioskFleet.Agent.Tests.Uplink;

public sealed class ConfigLaneTests
{
    private readonly ScriptedLedger _ledger = new();

    [Fact]
    public async Task A_config_that_comes_is_applied_and_told_by_a_hello_at_once()
    {
        var transport = new InProcessTransport(_ledger);

        // No hello is due for a long time: only the config makes one.
        await using var agent = new LinkedAgent(transport, uplink: LinkedAgent.Quick with
        {
            Sender = LinkedAgent.Quick.Sender with { HelloIntervalMs = 3_600_000 },
        });
        agent.Sell(3);
        await agent.StartAsync();
        await agent.DrainedAsync();
        Assert.Equal("", _ledger.AppliedConfigs.Last());
        var hellos = _ledger.AppliedConfigs.Count;

        var config = Config(LinkedAgent.Cabinet, 1);
        transport.SendConfig(config.Payload);

        await agent.UntilAsync(() => _ledger.AppliedConfigs.Last() == config.Version, "the hello tells the config");
        Assert.Equal(hellos + 1, _ledger.AppliedConfigs.Count);
        Assert.Equal(config.Version, agent.Configs.AppliedVersion);

        // The same again says nothing new.
        transport.SendConfig(config.Payload);
        agent.Sell(1);
        await agent.DrainedAsync();
        Assert.Equal(hellos + 1, _ledger.AppliedConfigs.Count);

        await agent.RestartAsync();
        await agent.UntilAsync(() => _ledger.AppliedConfigs.Count > hellos + 1, "the restarted agent says hello");
        Assert.Equal(config.Version, _ledger.AppliedConfigs.Last());
    }

    [Fact]
    public async Task A_foreign_or_unreadable_config_changes_nothing_and_holds_nothing_up()
    {
        var transport = new InProcessTransport(_ledger);
        await using var agent = new LinkedAgent(transport);
        await agent.StartAsync();
        await agent.UntilAsync(() => !_ledger.AppliedConfigs.IsEmpty, "the first hello is heard");

        transport.SendConfig(Config("CZ-0002", 1).Payload);
        transport.SendConfig(new byte[] { 1, 2, 3 });
        transport.SendConfig(default);
        agent.Sell(2);
        await agent.DrainedAsync();

        Assert.All(_ledger.AppliedConfigs, applied => Assert.Equal("", applied));
        Assert.Equal("", agent.Configs.AppliedVersion);
    }

    [Fact]
    public async Task The_wanted_config_of_a_receipt_is_shown_beside_the_applied_one()
    {
        _ledger.WantedConfig = "wanted-1";
        await using var agent = new LinkedAgent(new InProcessTransport(_ledger));
        await agent.StartAsync();

        await agent.UntilAsync(() => agent.Status.WantedConfigVersion == "wanted-1", "a receipt names the config");
    }

    private static VersionedConfig Config(string cabinet, long exemptUntil) => new CabinetConfig(
        CabinetId.Parse(cabinet), CabinetKind.Slot, GateMode.Warn, 0, exemptUntil, ConfigOnPaper.Policy,
        new GateFigures(default, default, 0, 0, BusinessWindow.Of("day", new DateOnly(2020, 9, 15)), 0, []),
        ConfigOnPaper.Skus, []).Encode();
}
