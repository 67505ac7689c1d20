using CsCheck;
using KioskFleet.Service.Alerts;
using Xunit;

namespace KioskFleet.Service.Tests.Alerts;

[RunsOnce]
public sealed class AlertPlanTests
{
    private static readonly AlertKey Door = new("A1", AlertKind.DoorLeftOpen, "main");

    private static LiveAlert Live(AlertState state) => new(7, Door, state, 5);

    private static IReadOnlyList<AlertStep> Plan(AlertState? state, bool? isDue, bool isUnknown = false) =>
        AlertPlan.Of(state is { } live ? [Live(live)] : [], new AlertVerdict(
            isDue is { } due ? [new AlertSign(Door, 5, 9, due)] : [],
            isUnknown ? new HashSet<AlertKind> { Door.Kind } : []));

    [Fact]
    public void A_cause_is_watched_until_it_is_due_and_opens_one_alert()
    {
        Assert.IsType<AlertStep.Watch>(Assert.Single(Plan(null, false)));
        Assert.Empty(Plan(AlertState.Pending, false));
        Assert.Equal(7, Assert.IsType<AlertStep.Open>(Assert.Single(Plan(AlertState.Pending, true))).PendingId);
        Assert.Null(Assert.IsType<AlertStep.Open>(Assert.Single(Plan(null, true))).PendingId);
        Assert.Empty(Plan(AlertState.Open, true));
        Assert.Empty(Plan(AlertState.Acknowledged, true));
    }

    [Fact]
    public void It_closes_by_itself_when_the_cause_is_gone_and_says_so_unless_a_person_closed_it()
    {
        Assert.IsType<AlertStep.Forget>(Assert.Single(Plan(AlertState.Pending, null)));
        Assert.True(Assert.IsType<AlertStep.Close>(Assert.Single(Plan(AlertState.Open, null))).IsTold);
        Assert.True(Assert.IsType<AlertStep.Close>(Assert.Single(Plan(AlertState.Acknowledged, null))).IsTold);
        Assert.False(Assert.IsType<AlertStep.Close>(Assert.Single(Plan(AlertState.Dismissed, null))).IsTold);
    }

    [Fact]
    public void What_a_person_closed_does_not_open_again_while_the_cause_lasts() =>
        Assert.Empty(Plan(AlertState.Dismissed, true));

    [Fact]
    public void Where_nothing_is_known_nothing_changes()
    {
        foreach (var state in (AlertState[])[AlertState.Pending, AlertState.Open, AlertState.Acknowledged])
        {
            Assert.Empty(Plan(state, null, isUnknown: true));
        }
    }

    [Fact]
    public void What_was_said_long_ago_keeps_an_alert_and_lets_go_of_what_is_pending()
    {
        IReadOnlyList<AlertStep> Stale(AlertState state) => AlertPlan.Of([Live(state)], new AlertVerdict(
            [], new HashSet<AlertKind> { Door.Kind }) { Stale = new HashSet<AlertKey> { Door } });
        Assert.IsType<AlertStep.Forget>(Assert.Single(Stale(AlertState.Pending)));
        Assert.Empty(Stale(AlertState.Open));
        Assert.Empty(Stale(AlertState.Dismissed));
    }

    [Fact]
    public void Two_signs_of_the_same_thing_are_one()
    {
        var sign = new AlertSign(Door, 5, 9, true);
        Assert.Single(AlertPlan.Of([], new AlertVerdict([sign, sign with { Value = 1 }], new HashSet<AlertKind>())));
    }

    [Fact]
    public void Persons_take_the_steps_that_the_state_allows()
    {
        (AlertState From, AlertState To)[] allowed =
        [
            (AlertState.Open, AlertState.Acknowledged), (AlertState.Open, AlertState.Dismissed),
            (AlertState.Acknowledged, AlertState.Dismissed),
        ];
        foreach (var from in Enum.GetValues<AlertState>())
        {
            foreach (var to in Enum.GetValues<AlertState>())
            {
                Assert.Equal(allowed.Contains((from, to)) ? to : null, AlertLife.After(from, to));
            }

            Assert.Equal(allowed.Count(step => step.From == from), AlertLife.StepsFrom(from).Count);
        }
    }

    [Fact]
    public void Whatever_comes_and_goes_there_is_at_most_one_live_alert_and_it_ends_with_its_cause() =>
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Int[0, 3]).Array[1, 60].Sample(history =>
        {
            LiveAlert? live = null;
            foreach (var (isThere, isDue, person) in history)
            {
                var step = AlertPlan.Of(live is null ? [] : [live], new AlertVerdict(
                    isThere ? [new AlertSign(Door, 5, 9, isDue)] : [], new HashSet<AlertKind>())).SingleOrDefault();
                live = step switch
                {
                    AlertStep.Watch => Live(AlertState.Pending),
                    AlertStep.Open => Live(AlertState.Open),
                    AlertStep.Close or AlertStep.Forget => null,
                    _ => live,
                };
                Assert.Equal(isThere, live is not null);
                Assert.False(isThere && isDue && live!.State == AlertState.Pending);
                if (live is not null && person > 0 && AlertLife.After(live.State,
                    person == 1 ? AlertState.Acknowledged : AlertState.Dismissed) is { } next)
                {
                    live = live with { State = next };
                }
            }
        });
}
