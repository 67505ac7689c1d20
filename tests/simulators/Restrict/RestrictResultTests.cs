using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Restrict;
using Xunit;

namespace KioskFleet.Simulators.Tests.Restrict;

public sealed class RestrictResultTests
{
    [Fact]
    public void A_gate_that_keeps_the_rule_beside_one_that_only_looks_is_a_proof()
    {
        var result = Result(Restrict(), Observe());
        Assert.True(result.Proven);
        Assert.Empty(result.Findings);
        Assert.Equal((1, 0, 1), (result.Restrict.Windows, result.Restrict.Beyond, result.Observe.Beyond));
    }

    [Fact]
    public void One_window_one_fen_beyond_its_allowance_fails_and_is_named()
    {
        var result = Result(Restrict() with { Windows = [Window(10_001)] }, Observe());
        Assert.False(result.Proven);
        Assert.Equal("restrict: R001 ended the week of 2020-09-07 with 0.00 of 100.01 yuan aid, 0.01 beyond its "
            + "allowance of 100.00", Assert.Single(result.Findings));
    }

    [Fact]
    public void A_run_in_which_nothing_was_denied_or_approved_or_ended_beyond_proves_nothing()
    {
        Assert.False(Result(Restrict(tally => tally.Denied = 0), Observe()).Proven);
        Assert.False(Result(Restrict(tally => tally.Approved = 0), Observe()).Proven);
        Assert.False(Result(Restrict(tally => tally.MixedPassed = 0), Observe()).Proven);
        Assert.False(Result(Restrict() with { Windows = [] }, Observe()).Proven);
        Assert.False(Result(Restrict(), Observe() with { Windows = [Window(10_000)] }).Proven);
    }

    [Fact]
    public void What_no_gate_may_do_fails_in_either_mode()
    {
        Assert.False(Result(Restrict(tally => tally.AidDenied = 1), Observe()).Proven);
        Assert.False(Result(Restrict(tally => tally.MixedDenied = 1), Observe()).Proven);
        Assert.False(Result(Restrict(tally => tally.DenialsWithoutText = 1), Observe()).Proven);
        Assert.False(Result(Restrict(), Observe(tally => tally.Denied = 1)).Proven);
        Assert.False(Result(Restrict(), Observe() with { Findings = ["something"] }).Proven);
        Assert.False(Result(Restrict() with { Proof = EntryProofResult.Empty with { Lost = 1 } }, Observe()).Proven);
        Assert.False(Result(Restrict(), Observe() with { Proof = EntryProofResult.Empty with { Doubled = 1 } }).Proven);
    }

    private static RestrictResult Result(CutOffOutcome restrict, CutOffOutcome observe) =>
        RestrictResult.Of(new RestrictOptions(), restrict, observe, TimeSpan.FromSeconds(1));

    private static CutOffOutcome Restrict(Action<RunTally>? change = null)
    {
        var tally = new RunTally { Approved = 5, Denied = 3, MixedPassed = 1, AidAsked = 2 };
        change?.Invoke(tally);
        return new CutOffOutcome(RestrictRun.Restrict, tally, [Window(10_000)], EntryProofResult.Empty, []);
    }

    private static CutOffOutcome Observe(Action<RunTally>? change = null)
    {
        var tally = new RunTally { Approved = 9 };
        change?.Invoke(tally);
        return new CutOffOutcome(RestrictRun.Observe, tally, [Window(20_000)], EntryProofResult.Empty, []);
    }

    private static WindowVerdict Window(long ordinaryFen) => new()
    {
        Cabinet = "R001",
        First = new DateOnly(2020, 9, 7),
        AidFen = 0,
        TotalFen = ordinaryFen,
        AddedBackFen = 0,
        AllowanceFen = 10_000,
        ShortfallFen = ordinaryFen,
    };
}
