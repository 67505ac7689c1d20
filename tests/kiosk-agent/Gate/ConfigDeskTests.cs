using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Tests.Journal;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Identity;
using Xunit;

namespace KioskFleet.Agent.Tests.Gate;

public sealed class ConfigDeskTests
{
    [Fact]
    public void An_applied_config_is_on_the_disk_and_survives_a_restart()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(3);
        var config = ConfigOnPaper.Restrict(cabinet).Encode();

        Assert.Equal(new ConfigOutcome.Applied(config.Version),
            cabinet.Configs().Take(config.Payload, ConfigOnPaper.Cabinet));

        cabinet.Restart();
        var read = cabinet.Configs().Current!;
        Assert.Equal((config.Version, cabinet.Journal.Id, 3ul),
            (read.Version, read.AppliedAt.Journal, read.AppliedAt.Seq));
        Assert.Equal(config.Payload.ToArray(), read.Versioned.Payload.ToArray());
        Assert.IsType<ConfigOutcome.AlreadyApplied>(cabinet.Configs().Take(config.Payload, ConfigOnPaper.Cabinet));
    }

    [Fact]
    public void Before_the_first_config_none_is_applied()
    {
        using var cabinet = new TestCabinet();

        Assert.Null(cabinet.Configs().Current);
        Assert.Equal("", cabinet.Configs().AppliedVersion);
    }

    [Fact]
    public void A_config_of_another_cabinet_or_that_is_none_leaves_the_applied_one()
    {
        using var cabinet = new TestCabinet();
        var desk = cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet));
        var applied = desk.AppliedVersion;
        var foreign = ConfigOnPaper.Restrict(cabinet) with { Cabinet = CabinetId.Parse("CZ-0002") };
        var damaged = (ConfigOnPaper.Restrict(cabinet) with { ExemptUntilUtcMs = 9 }).Encode().Payload.ToArray();
        damaged[^1] ^= 1;

        foreach (var payload in new ReadOnlyMemory<byte>[] { foreign.Encode().Payload, damaged, new byte[3], default })
        {
            Assert.IsType<ConfigOutcome.Refused>(desk.Take(payload, ConfigOnPaper.Cabinet));
        }

        Assert.Equal(applied, desk.AppliedVersion);
        Assert.Equal(applied, cabinet.Configs().AppliedVersion);
    }

    [Fact]
    public void A_config_that_cannot_be_kept_is_not_worked_by()
    {
        using var cabinet = new TestCabinet();
        var desk = cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet));
        var applied = desk.AppliedVersion;

        // Nothing can be written beside the file: a folder stands there.
        Directory.CreateDirectory(PathOf(cabinet) + ".new");
        var next = (ConfigOnPaper.Restrict(cabinet) with { ExemptUntilUtcMs = 9 }).Encode();
        Assert.IsType<ConfigOutcome.Refused>(desk.Take(next.Payload, ConfigOnPaper.Cabinet));

        Assert.Equal(applied, desk.AppliedVersion);
        Assert.Equal(applied, cabinet.Configs().AppliedVersion);
        Directory.Delete(PathOf(cabinet) + ".new");
        Assert.Equal(new ConfigOutcome.Applied(next.Version), desk.Take(next.Payload, ConfigOnPaper.Cabinet));
    }

    [Fact]
    public void A_new_config_that_was_written_half_does_not_touch_the_old_one()
    {
        using var cabinet = new TestCabinet();
        var applied = cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet)).AppliedVersion;
        File.WriteAllBytes(PathOf(cabinet) + ".new", File.ReadAllBytes(PathOf(cabinet))[..40]);

        Assert.Equal(applied, cabinet.Configs().AppliedVersion);
    }

    [Fact]
    public void A_damaged_file_is_not_worked_by_and_the_next_config_replaces_it()
    {
        using var cabinet = new TestCabinet();
        cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet));
        var whole = File.ReadAllBytes(PathOf(cabinet));
        for (var at = 0; at < whole.Length; at += 7)
        {
            var bytes = (byte[])whole.Clone();
            bytes[at] ^= 0x40;
            File.WriteAllBytes(PathOf(cabinet), bytes);
            var read = cabinet.Configs().Current;

            // The place beside the config is not part of its version: a wrong one only counts more strictly.
            Assert.Equal(at is >= 4 and < 28, read is not null);
        }

        File.WriteAllBytes(PathOf(cabinet), whole[..^1]);
        Assert.Null(cabinet.Configs().Current);
        var version = cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet)).AppliedVersion;
        Assert.Equal(version, cabinet.Configs().AppliedVersion);
    }

    [Fact]
    public void A_mode_is_the_configs_unless_notice_or_exemption_say_otherwise()
    {
        using var cabinet = new TestCabinet();
        var restrict = ConfigOnPaper.Restrict(cabinet) with { RestrictFromUtcMs = 100 };

        Assert.Equal(GateMode.Warn, MarginRule.ModeAt(restrict, 99));
        Assert.Equal(GateMode.Restrict, MarginRule.ModeAt(restrict, 100));
        Assert.Equal(GateMode.Observe, MarginRule.ModeAt(restrict with { ExemptUntilUtcMs = 150 }, 149));
        Assert.Equal(GateMode.Restrict, MarginRule.ModeAt(restrict with { ExemptUntilUtcMs = 150 }, 150));
        Assert.Equal(GateMode.Observe,
            MarginRule.ModeAt(restrict with { Mode = GateMode.Observe, RestrictFromUtcMs = 0 }, 200));
    }

    private static string PathOf(TestCabinet cabinet) =>
        Path.Combine(cabinet.Options.DataDirectory, ConfigDesk.FileName);
}
