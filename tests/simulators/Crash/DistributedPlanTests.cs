using KioskFleet.Simulators.Crash;
using Xunit;

namespace KioskFleet.Simulators.Tests.Crash;

public sealed class DistributedPlanTests
{
    [Fact]
    public void A_seed_repeats_every_decision_and_another_seed_makes_others()
    {
        var first = Words(DistributedPlan.Of(7, 100, 3, 3));

        Assert.Equal(first, Words(DistributedPlan.Of(7, 100, 3, 3)));
        Assert.NotEqual(first, Words(DistributedPlan.Of(8, 100, 3, 3)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_short_campaign_leaves_no_kind_of_fault_out(int replicas)
    {
        var actions = DistributedPlan.Of(3, 8, 2, replicas).SelectMany(round => round.Actions).ToList();
        var kinds = typeof(DistributedAction).GetNestedTypes(System.Reflection.BindingFlags.NonPublic)
            .Where(type => type.IsSubclassOf(typeof(DistributedAction))).ToHashSet();

        Assert.Equal(11, kinds.Count);
        Assert.Equal(kinds, actions.Select(action => action.GetType()).ToHashSet());
    }

    [Fact]
    public void Two_hundred_rounds_reach_every_service_and_hold_every_cut_of_a_link()
    {
        var rounds = DistributedPlan.Of(1, 200, 3, 3);
        var actions = rounds.SelectMany(round => round.Actions).ToList();

        Assert.Equal([0, 1, 2],
            actions.OfType<DistributedAction.KillReplica>().Select(action => action.Replica).Distinct().Order());
        Assert.Equal(
            Enum.GetValues<LinkCut>().Where(cut => cut != LinkCut.Duplicate),
            actions.OfType<DistributedAction.CutDatabase>().Select(action => action.Cut).Distinct().Order());
        Assert.All(
            rounds.Where(round => round.Actions.Any(
                action => action is DistributedAction.FreezeReplica { IsLong: true })),
            round => Assert.Equal(DistributedPlan.LongFreezeMs, round.DuringMs));
    }

    private static string Words(IReadOnlyList<DistributedRound> rounds) => string.Join('\n', rounds.Select(
        round => $"{round.Number} {round.BeforeMs} {round.DuringMs} {string.Join(';', round.Actions)}"));
}
