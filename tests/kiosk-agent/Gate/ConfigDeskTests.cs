using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Tests.Journal;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Entries;
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
    public void A_damaged_file_is_not_worked_by_and_its_copy_replaces_it()
    {
        using var cabinet = new TestCabinet();
        var version = cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet)).AppliedVersion;
        var whole = File.ReadAllBytes(PathOf(cabinet));
        for (var at = 0; at < whole.Length; at += 7)
        {
            var bytes = (byte[])whole.Clone();
            bytes[at] ^= 0x40;
            File.WriteAllBytes(PathOf(cabinet), bytes);
            Assert.Equal(version, cabinet.Configs().AppliedVersion);

            Assert.Equal(whole, File.ReadAllBytes(PathOf(cabinet)));
        }

        File.WriteAllBytes(PathOf(cabinet), whole[..^1]);
        Assert.Equal(version, cabinet.Configs().AppliedVersion);
    }

    [Fact]
    public void A_config_whose_file_is_gone_is_worked_by_from_the_journal_also_of_a_successor()
    {
        using var cabinet = new TestCabinet();
        var version = cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet)).AppliedVersion;
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "");
        File.Delete(PathOf(cabinet));
        cabinet.Restart();

        Assert.Equal(version, cabinet.Configs().AppliedVersion);
        Assert.True(File.Exists(PathOf(cabinet)));
    }

    [Fact]
    public void A_journal_that_was_lost_gets_its_copy_back_from_the_file()
    {
        using var cabinet = new TestCabinet();
        var version = cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet)).AppliedVersion;
        var lost = cabinet.CurrentPath;
        cabinet.RestartAfter(() => File.Delete(lost));
        cabinet.Configs();
        File.Delete(PathOf(cabinet));

        Assert.Equal(version, cabinet.Configs().AppliedVersion);
    }

    [Fact]
    public void A_restricting_config_of_which_no_copy_can_be_read_is_lost_and_vends_nothing_until_it_comes_again()
    {
        using var cabinet = new TestCabinet();
        cabinet.Observe();
        var config = ConfigOnPaper.Restrict(cabinet);
        cabinet.Configs().Take(config);
        LoseBoth(cabinet);
        var desk = cabinet.Configs();
        Assert.Equal(("", null, GateMode.Restrict), (desk.AppliedVersion, desk.Current, desk.Lost!.Mode));
        var flow = cabinet.Flow(desk);
        Assert.Equal(new VendAnswer.Denied(DenialReason.RuleLost, null),
            flow.RequestVend(new VendRequest("a", "A1", "cola", 100)));
        Assert.Equal(DenialReason.RuleLost, Assert.IsType<VendAnswer.Denied>(flow.OpenSession("s")).Reason);

        desk.Take(config);
        Assert.Null(desk.Lost);
        Assert.IsType<VendAnswer.Approved>(flow.RequestVend(new VendRequest("a", "A1", "cola", 100)));
        cabinet.Restart();
        Assert.NotEqual("", cabinet.Configs().AppliedVersion);
    }

    [Theory]
    [InlineData(GateMode.Warn, CabinetKind.Slot, 0)]
    [InlineData(GateMode.Observe, CabinetKind.Slot, 0)]
    [InlineData(GateMode.Restrict, CabinetKind.Slot, 1)]
    [InlineData(GateMode.Restrict, CabinetKind.OpenDoor, 0)]
    public void A_lost_config_that_refused_nothing_yet_observes(GateMode mode, CabinetKind kind, int noticeHours)
    {
        using var cabinet = new TestCabinet();
        cabinet.Observe();
        var from = mode == GateMode.Restrict ? cabinet.Clock.WallUtcMs + noticeHours * 3_600_000 : 0;
        cabinet.Configs().Take(ConfigOnPaper.Restrict(cabinet) with
        {
            Mode = mode, Kind = kind, RestrictFromUtcMs = from,
        });
        LoseBoth(cabinet);
        var flow = cabinet.Flow();

        Assert.NotNull(flow.LostRule);
        Assert.IsType<VendAnswer.Approved>(flow.RequestVend(new VendRequest("a", "A1", "cola", 100_000)));
        cabinet.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(noticeHours > 0,
            flow.RequestVend(new VendRequest("b", "A1", "cola", 1)) is VendAnswer.Denied);
    }

    [Fact]
    public void A_damaged_file_without_a_copy_is_lost_and_a_cabinet_without_either_never_heard_one()
    {
        using var cabinet = new TestCabinet();
        Assert.Null(cabinet.Configs().Lost);
        File.WriteAllText(PathOf(cabinet), "damaged");

        Assert.Equal(GateMode.Observe, cabinet.Configs().Lost!.Mode);
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

    private static void LoseBoth(TestCabinet cabinet)
    {
        var journal = cabinet.CurrentPath;
        cabinet.RestartAfter(() => TestCabinet.Sql(journal, "UPDATE gate_config SET bytes = x'00'"));
        File.Delete(PathOf(cabinet));
    }

    private static string PathOf(TestCabinet cabinet) =>
        Path.Combine(cabinet.Options.DataDirectory, ConfigDesk.FileName);
}
