using KioskFleet.Simulators.Crash;
using Xunit;

namespace KioskFleet.Simulators.Tests.Crash;

public sealed class CrashPlanTests
{
    [Fact]
    public void A_seed_repeats_every_decision_and_another_seed_makes_others()
    {
        var first = Words(CrashPlan.Of(7, 100, 3));

        Assert.Equal(first, Words(CrashPlan.Of(7, 100, 3)));
        Assert.NotEqual(first, Words(CrashPlan.Of(8, 100, 3)));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(10)]
    public void A_short_campaign_leaves_no_grave_fault_out(int rounds)
    {
        var actions = CrashPlan.Of(3, rounds, 3).SelectMany(round => round.Actions).ToList();

        Assert.Contains(actions, action => action is CrashAction.KillAgent);
        Assert.Contains(actions, action => action is CrashAction.KillService);
        Assert.Contains(actions, action => action is CrashAction.RestoreImage);
        Assert.Contains(actions, action => action is CrashAction.Corrupt);
        Assert.Contains(actions, action => action is CrashAction.RestoreBackup);
        Assert.Contains(actions, action => action is CrashAction.CutLink { Cut: LinkCut.Duplicate });
    }

    [Fact]
    public void A_hundred_rounds_hold_every_kind_of_broken_link_and_every_agent()
    {
        var actions = CrashPlan.Of(1, 100, 3).SelectMany(round => round.Actions).ToList();

        Assert.Equal(Enum.GetValues<LinkCut>(),
            actions.OfType<CrashAction.CutLink>().Select(action => action.Cut).Distinct().Order());
        Assert.Equal([0, 1, 2],
            actions.OfType<CrashAction.KillAgent>().Select(action => action.Agent).Distinct().Order());
        Assert.Contains(actions, action => action is CrashAction.Corrupt { AfterKill: true });
        Assert.Contains(actions, action => action is CrashAction.Backup { Live: true });
    }

    private static string Words(IReadOnlyList<CrashRound> rounds) => string.Join('\n', rounds.Select(
        round => $"{round.Number} {round.BeforeMs} {round.DuringMs} {string.Join(';', round.Actions)}"));
}
