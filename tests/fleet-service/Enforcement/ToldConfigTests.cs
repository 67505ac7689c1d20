using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

/// <summary>What hellos say of configs.</summary>
public abstract class ToldConfigTests(string dataSet)
{
    private static readonly DateTime Morning = new(2020, 9, 1, 9, 0, 0);

    [Fact]
    public async Task A_hello_binds_to_what_it_reports_and_says_until_when()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        var told = Assert.Single(rig.Told.Read("cab-1", 0));
        Assert.Equal((rig.State("cab-1").WantedVersion, null, null),
            (told.Version, told.BindsUtcMs, told.ReportedUtcMs));
        rig.GoTo(Morning);
        var first = rig.Moment.NowUtcMs;
        rig.Hear(journal, told.Version);
        await rig.Plan();
        rig.GoTo(Morning.AddHours(1));
        rig.Hear(journal, told.Version);
        await rig.Plan();
        told = Assert.Single(rig.Told.Read("cab-1", 0));
        Assert.Equal((first, rig.Moment.NowUtcMs), (told.BindsUtcMs, told.ReportedUtcMs));
    }

    [Fact]
    public async Task A_config_that_was_not_sent_is_passed_over_by_nobody()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        for (var day = 0; day < 4; day++)
        {
            rig.GoTo(Morning.AddDays(day));
            rig.Hear(journal);
            await rig.Plan();
        }

        Assert.Null(Assert.Single(rig.Told.Read("cab-1", 0)).BindsUtcMs);
    }

    [Fact]
    public async Task Who_took_a_newer_config_did_not_pass_over_the_one_before()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        await rig.Sent("cab-1");
        rig.GoTo(Morning);
        rig.Hear(journal);
        await rig.Plan();
        rig.Put(rig.Policy with { Version = 2 });
        await rig.Plan();
        await rig.Inform(journal);
        rig.GoTo(Morning.AddDays(2));
        rig.Hear(journal, rig.State("cab-1").WantedVersion);
        await rig.Plan();
        Assert.Equal([false, true], rig.Told.Read("cab-1", 0).Select(told => told.BindsUtcMs is not null));
    }

    [Fact]
    public async Task A_version_that_comes_back_is_not_reported_by_a_hello_from_before()
    {
        using var rig = new EnforcementRig(dataSet, p => p with { MinimumTurnoverFen = 0 });
        var journal = await Restricted(rig);
        await rig.Inform(journal);
        rig.GoTo(Morning.AddDays(1));
        var policy = rig.Policy;
        rig.Put(policy with { OpeningAllowance = new OpeningAllowance(90_000, 0) });
        await rig.Plan();
        rig.Put(policy);
        await rig.Plan();
        Assert.Equal(0, await rig.Plan());
        var told = rig.Told.Read("cab-1", 0);
        Assert.Equal(told[0].Version, told[2].Version);
        Assert.Equal([true, false, false], told.Select(config => config.ReportedUtcMs is not null));

        // By the config between them it might have sold this.
        await rig.Sell(journal, ("cola", 300));
        Assert.Empty(rig.Source.Check(rig.Moment, [], BooksRig.Stop).Found);
    }

    private static async Task<JournalOnPaper> Restricted(EnforcementRig rig)
    {
        var journal = await rig.Sell("cab-1", ("cola", rig.BreachFen));
        await rig.Plan();
        Assert.Equal(Rung.Restricted, rig.State("cab-1").Ladder.Rung);
        return journal;
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouToldConfigTests() : ToldConfigTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangToldConfigTests() : ToldConfigTests("linjiang-2027");
