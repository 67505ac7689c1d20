using System.Text.Json;
using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

/// <summary>A cabinet is judged by what it heard, and by nothing else.</summary>
public abstract class JudgedByConfigTests(string dataSet)
{
    private static readonly DateTime NextDay = new(2020, 9, 2, 9, 0, 0);

    [Fact]
    public async Task What_was_sold_while_the_restriction_was_only_announced_is_not_held_against_it()
    {
        using var rig = new EnforcementRig(dataSet, p => p with
        {
            Enforcement = new EnforcementTerms(PolicyMode.Restrict, 1, 200, 1),
        });
        var journal = await rig.Sell("cab-1", ("cola", rig.BreachFen));
        await rig.Plan();
        Assert.Equal(Rung.Announced, rig.State("cab-1").Ladder.Rung);
        await rig.Inform(journal);
        rig.GoTo(NextDay);
        await rig.Sell(journal, ("cola", 300));
        rig.GoTo(NextDay.AddDays(1));
        await rig.Plan();
        Assert.Equal(Rung.Restricted, rig.State("cab-1").Ladder.Rung);
        Assert.Empty(Check(rig));
        await rig.Sell(journal, ("cola", 50));
        Assert.Equal(50, Number(Assert.Single(Check(rig)), "beyondLimitFen"));
    }

    [Fact]
    public async Task A_window_that_opened_while_the_cabinet_was_offline_has_the_allowance_that_its_gate_opened()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig, ("cola", 30_000));
        rig.GoToEnd(days: 1, hour: 9);
        await rig.Sell(journal, ("cola", 3_000));
        Assert.Empty(Check(rig));
        await rig.Sell(journal, ("cola", 40));
        Assert.Equal((40, 3_000), (Number(Assert.Single(Check(rig)), "beyondLimitFen"),
            Number(Assert.Single(Check(rig)), "allowanceFen")));
    }

    [Fact]
    public async Task A_rule_of_the_next_window_does_not_excuse_the_one_before()
    {
        using var rig = new EnforcementRig(dataSet, p => p with { MinimumTurnoverFen = 0 });
        var threshold = rig.Threshold;
        var journal = await Restricted(rig, ("tea", 4_500), ("cola", rig.Gives(4_500) + 500));
        rig.GoToEnd(days: -1, hour: 9);
        await rig.Sell(journal, ("cola", 600));
        rig.GoToEnd(days: 1, hour: 9);
        Raise(rig, by: -500);
        await rig.Plan();
        var evidence = Assert.Single(Check(rig));
        Assert.Equal((100, threshold), (Number(evidence, "beyondLimitFen"), Number(evidence, "thresholdBasisPoints")));
    }

    [Fact]
    public async Task A_threshold_raised_while_the_cabinet_was_offline_does_not_accuse_it_and_its_own_config_does()
    {
        using var rig = new EnforcementRig(dataSet, p => p with { MinimumTurnoverFen = 0 });
        var (threshold, gives) = (rig.Threshold, rig.Gives(900));
        var journal = await Restricted(rig, ("tea", 4_500), ("cola", rig.Gives(4_500) + 500));
        rig.GoTo(new DateTime(2020, 9, 5, 9, 0, 0));
        Raise(rig, by: 1_000);
        await rig.Plan();

        // By its own config it may sell 500 and what 900 of aid give back.
        await rig.Sell(journal, ("tea", 900), ("cola", gives + 500));
        Assert.Empty(Check(rig));
        await rig.Sell(journal, ("cola", 9));
        var evidence = Assert.Single(Check(rig));
        Assert.Equal((9, threshold, 1), (Number(evidence, "beyondLimitFen"), Number(evidence, "thresholdBasisPoints"),
            Number(evidence, "policyVersion")));
    }

    [Fact]
    public async Task A_kinder_rule_that_it_may_have_heard_is_taken_until_it_says_that_it_had_not()
    {
        using var rig = new EnforcementRig(dataSet, p => p with { MinimumTurnoverFen = 0 });
        var journal = await Restricted(rig, ("tea", 4_500), ("cola", rig.Gives(4_500) + 500));
        var applied = rig.State("cab-1").WantedVersion;
        rig.GoTo(new DateTime(2020, 9, 5, 9, 0, 0));
        Raise(rig, by: -200);
        await rig.Plan();
        await rig.Sell(journal, ("cola", 700));
        Assert.Empty(Check(rig));

        // It says that it still works by the rule before: then the 500 were the limit.
        rig.GoTo(new DateTime(2020, 9, 5, 10, 0, 0));
        rig.Hear(journal, applied);
        await rig.Plan();
        Assert.Equal(200, Number(Assert.Single(Check(rig)), "beyondLimitFen"));
    }

    [Fact]
    public async Task A_stricter_rule_counts_from_when_it_was_heard_and_forgives_nothing_that_was_before()
    {
        using var rig = new EnforcementRig(dataSet, p => p with { MinimumTurnoverFen = 0 });
        var threshold = rig.Threshold;
        var journal = await Restricted(rig, ("tea", 4_500), ("cola", rig.Gives(4_500) + 500));
        rig.GoTo(new DateTime(2020, 9, 5, 9, 0, 0));
        await rig.Sell(journal, ("cola", 600));
        Assert.Equal(100, Number(Assert.Single(Check(rig)), "beyondLimitFen"));
        Raise(rig, by: 1_000);
        await rig.Plan();
        await rig.Inform(journal);
        Assert.Equal(100, Number(Assert.Single(Check(rig)), "beyondLimitFen"));
        rig.GoTo(new DateTime(2020, 9, 6, 9, 0, 0));
        await rig.Sell(journal, ("cola", 300));
        var evidence = Assert.Single(Check(rig));
        Assert.Equal((400, threshold), (Number(evidence, "beyondLimitFen"), Number(evidence, "thresholdBasisPoints")));

        // Aid makes up for the share before, and not for the one by which it sold since.
        var (aid, raised) = (Ceiling(400 * threshold, 10_000 - threshold), threshold + 1_000);
        await rig.Sell(journal, ("tea", aid));
        evidence = Assert.Single(Check(rig));
        var beyond = Ceiling(300 * raised - aid * (10_000 - raised), raised);
        Assert.Equal((beyond, raised, 2), (Number(evidence, "beyondLimitFen"),
            Number(evidence, "thresholdBasisPoints"), Number(evidence, "policyVersion")));
    }

    [Fact]
    public async Task A_larger_allowance_of_a_later_config_is_taken()
    {
        using var rig = new EnforcementRig(dataSet, p => p with { MinimumTurnoverFen = 0 });
        var journal = await Restricted(rig, ("tea", 4_500), ("cola", rig.Gives(4_500) + 500));
        rig.GoTo(new DateTime(2020, 9, 5, 9, 0, 0));
        rig.Put(rig.Policy with { Version = 2, OpeningAllowance = new OpeningAllowance(1_400, 0) });
        await rig.Plan();
        await rig.Sell(journal, ("cola", 900));
        Assert.Empty(Check(rig));
        await rig.Sell(journal, ("cola", 1));
        Assert.Equal(1_400, Number(Assert.Single(Check(rig)), "allowanceFen"));
    }

    [Fact]
    public async Task A_policy_that_only_warns_since_is_not_held_against_who_may_have_heard_of_it()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        rig.GoTo(NextDay);
        var restrict = rig.Policy;
        rig.Put(restrict with { Version = 2, Enforcement = restrict.Enforcement with { Mode = PolicyMode.Warn } });
        await rig.Plan();
        await rig.Sell(journal, ("cola", 300));
        rig.Put(restrict with { Version = 3 });
        await rig.Plan();
        Assert.Equal(Rung.Restricted, rig.State("cab-1").Ladder.Rung);
        Assert.Empty(Check(rig));
    }

    [Fact]
    public async Task Each_day_of_a_rolling_window_is_judged_by_the_window_that_ended_with_it()
    {
        using var rig = new EnforcementRig(dataSet, p => p with { Window = "trailing-3", MinimumTurnoverFen = 0 });
        var journal = await Restricted(rig, ("tea", 4_500), ("cola", rig.Gives(4_500) + 500));
        rig.GoTo(new DateTime(2020, 9, 3, 9, 0, 0));
        await rig.Plan();
        await rig.Sell(journal, ("cola", 500));

        // The tea that allowed it has left the window since.
        rig.GoTo(new DateTime(2020, 9, 4, 9, 0, 0));
        Assert.Empty(Check(rig));
        await rig.Sell(journal, ("cola", 600));
        Assert.Equal(100, Number(Assert.Single(Check(rig)), "beyondLimitFen"));
        rig.GoTo(new DateTime(2020, 9, 5, 9, 0, 0));
        Assert.Equal("2020-09-02/2020-09-04", Assert.Single(rig.Source.Check(rig.Moment, [], BooksRig.Stop).Found)
            .Subject);
    }

    [Fact]
    public async Task What_the_gate_denied_and_was_sold_all_the_same_is_found_above_the_policys_number()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        await rig.SellDenied(journal, "cola", 500);
        rig.GoTo(NextDay);
        await rig.Sell(journal, ("tea", 5_000));
        Assert.Empty(Check(rig));
        await rig.SellDenied(journal, "cola", 500);
        await rig.SellDenied(journal, "tea", 500);
        await rig.SellDenied(journal, "cola", 300);

        var draft = Assert.Single(rig.Source.Check(rig.Moment, [], BooksRig.Stop).Found);
        var evidence = JsonDocument.Parse(draft.Evidence).RootElement;
        Assert.Equal((2, 800, 0, 0), (Number(evidence, "deniedSales"), Number(evidence, "deniedFen"),
            Number(evidence, "beyondLimitFen"), Number(evidence, "deniedSalesAllowed")));
        Assert.Equal(800, draft.Weight);

        rig.Put(rig.Policy with { Checks = rig.Policy.Checks with { DeniedSales = 2 } });
        Assert.Empty(Check(rig));
        await rig.SellDenied(journal, "cola", 1);
        Assert.Equal((3, 2), (Number(Assert.Single(Check(rig)), "deniedSales"),
            Number(Assert.Single(Check(rig)), "deniedSalesAllowed")));
    }

    [Fact]
    public async Task Sales_of_the_operator_before_are_not_held_against_the_next_one()
    {
        using var rig = new EnforcementRig(dataSet, p => p with { MinimumTurnoverFen = 0 });
        var journal = await Restricted(rig);
        var inherited = rig.State("cab-1").WantedVersion;
        rig.GoTo(NextDay);
        rig.Books.Assign(journal.Cabinet.Id, "op-b", rig.Moment.NowUtcMs + 1);
        await rig.Sell(journal, ("cola", 300));
        Assert.Empty(Check(rig));
        rig.Books.Time.Advance(TimeSpan.FromSeconds(1));
        await rig.Plan();
        await rig.Sell(journal, ("cola", 2_000));
        await rig.Plan();
        Assert.Equal(Rung.Restricted, rig.State("cab-1").Ladder.Rung);
        rig.GoTo(NextDay.AddDays(1));
        await rig.Sell(journal, ("cola", 300));
        rig.Hear(journal, inherited);
        await rig.Plan();
        Assert.Empty(Check(rig));
    }

    [Fact]
    public async Task Aid_of_the_operator_before_gives_the_next_one_no_room()
    {
        using var rig = new EnforcementRig(dataSet, p => p with { MinimumTurnoverFen = 0 });
        var journal = await rig.Sell("cab-1", ("tea", 90_000));
        rig.GoTo(NextDay);
        rig.Books.Assign(journal.Cabinet.Id, "op-b", rig.Moment.NowUtcMs);
        await rig.Sell(journal, ("cola", 2_000));
        await rig.Plan();
        Assert.Equal(Rung.Restricted, rig.State("cab-1").Ladder.Rung);
        await rig.Inform(journal);
        rig.GoTo(NextDay.AddDays(1));
        await rig.Sell(journal, ("cola", 300));
        Assert.Equal((300, 0), (Number(Assert.Single(Check(rig)), "beyondLimitFen"),
            Number(Assert.Single(Check(rig)), "beforeAidFen")));
    }

    [Fact]
    public async Task What_was_found_before_the_restriction_was_lifted_by_policy_stays_open()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        rig.GoTo(NextDay);
        await rig.Sell(journal, ("cola", 300));
        var draft = Assert.Single(rig.Source.Check(rig.Moment, [], BooksRig.Stop).Found);
        rig.Put(rig.Policy with { Version = 2, Enforcement = rig.Policy.Enforcement with { Mode = PolicyMode.Warn } });
        await rig.Plan();
        var check = rig.Source.Check(
            rig.Moment, [new OpenFinding(7, draft.Kind, "cab-1", draft.Subject)], BooksRig.Stop);
        Assert.Empty(check.Found);
        Assert.Empty(check.Ended);
    }

    [Fact]
    public async Task A_window_of_which_a_config_is_gone_is_not_known_to_have_ended()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await Restricted(rig);
        rig.GoTo(NextDay);
        await rig.Sell(journal, ("cola", 300));
        var draft = Assert.Single(rig.Source.Check(rig.Moment, [], BooksRig.Stop).Found);
        for (var i = 0; i <= EnforcementLimits.KeptConfigs; i++)
        {
            rig.Put(rig.Policy with { Version = rig.Policy.Version + 1 });
            rig.Books.Time.Advance(TimeSpan.FromHours(1));
            await rig.Plan();
            await rig.Inform(journal);
        }

        var check = rig.Source.Check(
            rig.Moment, [new OpenFinding(7, draft.Kind, "cab-1", draft.Subject)], BooksRig.Stop);
        Assert.Empty(check.Ended);
    }

    /// <summary>A cabinet with sales of 1 September that heard of its restriction that day.</summary>
    private static async Task<JournalOnPaper> Restricted(
        EnforcementRig rig, params (string Sku, long PaidFen)[] sales)
    {
        var journal = await rig.Sell("cab-1", sales.Length == 0 ? [("cola", rig.BreachFen)] : sales);
        await rig.Plan("cab-1");
        Assert.Equal(Rung.Restricted, rig.State("cab-1").Ladder.Rung);
        await rig.Inform(journal);
        return journal;
    }

    private static long Ceiling(long of, long by) => (of + by - 1) / by;

    /// <summary>Another share from today on.</summary>
    private static void Raise(EnforcementRig rig, int by) => rig.Put(
        rig.Policy with { To = rig.Moment.Today },
        rig.Policy with
        {
            Version = 2, From = rig.Moment.Today, Threshold = ThresholdSchedule.Of(rig.Threshold + by),
        });

    private static List<JsonElement> Check(EnforcementRig rig) =>
        [.. rig.Source.Check(rig.Moment, [], BooksRig.Stop).Found
            .Select(draft => JsonDocument.Parse(draft.Evidence).RootElement)];

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouJudgedByConfigTests() : JudgedByConfigTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangJudgedByConfigTests() : JudgedByConfigTests("linjiang-2027");
