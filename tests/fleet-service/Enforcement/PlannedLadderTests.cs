using KioskFleet.Protocol.Configs;
using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

/// <summary>The ladder as the planner climbs it.</summary>
public abstract class PlannedLadderTests(string dataSet)
{
    [Fact]
    public async Task A_cabinet_climbs_the_ladder_and_its_config_follows()
    {
        using var rig = new EnforcementRig(dataSet, p => p with
        {
            MinimumTurnoverFen = 0, Enforcement = new EnforcementTerms(PolicyMode.Restrict, 2, 200, 3),
        });
        var journal = await rig.Sell("cab-1", ("cola", 900));
        Assert.Equal(1, await rig.Plan());
        Assert.Equal((GateMode.Warn, 0), (rig.Config("cab-1").Mode, rig.Config("cab-1").RestrictFromUtcMs));

        rig.GoTo(new DateTime(2020, 9, 2, 9, 0, 0));
        Assert.Equal(1, await rig.Plan());
        Assert.Equal(Rung.Announced, rig.State("cab-1").Ladder.Rung);
        Assert.Equal((GateMode.Restrict, rig.Books.Places.Zone.StartOfUtcMs(new DateOnly(2020, 9, 6))),
            (rig.Config("cab-1").Mode, rig.Config("cab-1").RestrictFromUtcMs));

        // The config that was announced is the one that restricts: nothing is sent again.
        rig.GoTo(new DateTime(2020, 9, 6, 0, 0, 1));
        Assert.Equal(0, await rig.Plan());
        Assert.Equal(Rung.Restricted, rig.State("cab-1").Ladder.Rung);

        await rig.Sell(journal, ("tea", 5_000));
        Assert.Equal(1, await rig.Plan());
        Assert.Equal(GateMode.Observe, rig.Config("cab-1").Mode);
        Assert.Equal(
            [
                "Announced|Restricted|NoticeRanOut|system", "Observing|Warned|BreachBegan|system",
                "Restricted|Observing|Recovered|system", "Warned|Announced|BreachLasted|system",
            ], rig.History("cab-1"));
        Assert.Contains("\"aidFen\":5000", rig.Books.Rows(
            "SELECT evidence FROM enforcement_history WHERE reason = 'Recovered'")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_operator_begins_on_the_lowest_rung_and_the_change_is_on_record()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await rig.Sell("cab-1", ("cola", rig.BreachFen));
        await rig.Plan();
        var before = rig.State("cab-1");
        Assert.Equal((Rung.Restricted, "op-a", 0),
            (before.Ladder.Rung, before.OperatorId, before.CountFromUtcMs));
        rig.GoTo(new DateTime(2020, 9, 5));
        rig.Books.Assign(journal.Cabinet.Id, "op-b", rig.Moment.NowUtcMs);
        Assert.Equal(1, await rig.Plan());

        var state = rig.State("cab-1");
        Assert.Equal((LadderState.Start(rig.Moment.NowUtcMs), "op-b", rig.Moment.NowUtcMs),
            (state.Ladder, state.OperatorId, state.CountFromUtcMs));
        Assert.Equal((GateMode.Observe, 0), (rig.Config("cab-1").Mode, rig.Config("cab-1").RestrictFromUtcMs));
        Assert.Contains("Restricted|Observing|OperatorChanged|system", rig.History("cab-1"));
        Assert.Equal(0, await rig.Plan());
        Assert.Single(rig.History("cab-1"), row => row.Contains("OperatorChanged", StringComparison.Ordinal));

        // Its own sales are its own breach.
        await rig.Sell(journal, ("cola", rig.BreachFen));
        await rig.Plan();
        Assert.Equal((Rung.Restricted, "op-b"), (rig.State("cab-1").Ladder.Rung, rig.State("cab-1").OperatorId));
    }

    [Fact]
    public async Task An_operator_that_comes_back_begins_anew()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await rig.Sell("cab-1", ("cola", rig.BreachFen));
        await rig.Plan();
        rig.GoTo(new DateTime(2020, 10, 9));
        rig.Books.Assign(journal.Cabinet.Id, "op-b", rig.Moment.NowUtcMs - 2);
        rig.Books.Assign(journal.Cabinet.Id, "op-a", rig.Moment.NowUtcMs - 1);
        await rig.Plan();
        Assert.Equal((Rung.Observing, rig.Moment.NowUtcMs - 1),
            (rig.State("cab-1").Ladder.Rung, rig.State("cab-1").CountFromUtcMs));
        Assert.Contains("Restricted|Observing|OperatorChanged|system", rig.History("cab-1"));
    }

    [Fact]
    public async Task An_announced_restriction_of_an_exempt_cabinet_acts_by_itself_when_the_exemption_is_over()
    {
        using var rig = new EnforcementRig(dataSet, p => p with
        {
            Enforcement = new EnforcementTerms(PolicyMode.Restrict, 1, 200, 3),
        });
        await rig.Sell("cab-1", ("cola", rig.BreachFen));
        await rig.Plan();
        var acts = rig.State("cab-1").Ladder.ActsFromUtcMs!.Value;
        await rig.Exemptions.AddAsync(new Exemption(
            0, Exemption.OfCabinet, "cab-1", "flood", "wang", 0, acts + 5, null, null), BooksRig.Stop);
        rig.Books.Time.SetUtcNow(DateTimeOffset.FromUnixTimeMilliseconds(acts + 1));
        await rig.Plan();
        Assert.Equal(Rung.Announced, rig.State("cab-1").Ladder.Rung);
        Assert.Equal((GateMode.Restrict, acts, acts + 5), (rig.Config("cab-1").Mode,
            rig.Config("cab-1").RestrictFromUtcMs, rig.Config("cab-1").ExemptUntilUtcMs));
    }

    [Fact]
    public async Task An_announced_restriction_whose_moment_came_without_data_only_warns_until_the_breach_shows()
    {
        using var rig = new EnforcementRig(dataSet, p => p with
        {
            MinimumTurnoverFen = 1_000, Enforcement = new EnforcementTerms(PolicyMode.Restrict, 1, 200, 3),
        });
        rig.GoToEnd(days: -2, hour: 9);
        var journal = await rig.Sell("cab-1", ("cola", rig.BreachFen));
        await rig.Plan();
        Assert.Equal((Rung.Announced, GateMode.Restrict), (rig.State("cab-1").Ladder.Rung, rig.Config("cab-1").Mode));
        rig.GoToEnd(days: 2, hour: 9);
        Assert.Equal(1, await rig.Plan());
        Assert.Equal((Rung.Announced, GateMode.Warn, 0), (rig.State("cab-1").Ladder.Rung, rig.Config("cab-1").Mode,
            rig.Config("cab-1").RestrictFromUtcMs));
        await rig.Sell(journal, ("cola", 2_000));
        Assert.Equal(1, await rig.Plan());
        Assert.Equal((Rung.Restricted, GateMode.Restrict), (rig.State("cab-1").Ladder.Rung, rig.Config("cab-1").Mode));
    }

    [Fact]
    public async Task A_policy_without_restriction_never_restricts_and_no_policy_only_observes()
    {
        using var rig = new EnforcementRig(dataSet, p => p with
        {
            Enforcement = p.Enforcement with { Mode = PolicyMode.Warn },
        });
        await rig.Sell("cab-1", ("cola", rig.BreachFen));
        await rig.Plan();
        Assert.Equal(GateMode.Warn, rig.Config("cab-1").Mode);

        rig.Put();
        Assert.Equal(1, await rig.Plan());
        var config = rig.Config("cab-1");
        Assert.Equal((GateMode.Observe, ""), (config.Mode, config.Policy.PolicyId));
        Assert.Equal(0, config.Policy.ThresholdOf(config.Figures.Window));
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouPlannedLadderTests() : PlannedLadderTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangPlannedLadderTests() : PlannedLadderTests("linjiang-2027");
