using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Restrict;
using Xunit;

namespace KioskFleet.Simulators.Tests.Restrict;

public sealed class InterruptionPlanTests
{
    [Fact]
    public void Every_interruption_befalls_some_cabinet_and_one_is_left_alone()
    {
        var plans = Enumerable.Range(0, InterruptionPlan.Fates)
            .Select(static cabinet => InterruptionPlan.Of(new RestrictOptions(), cabinet)).ToList();
        Assert.Equal(
            Enum.GetValues<InterruptionKind>(), plans.SelectMany(static plan => plan).Select(static one => one.Kind)
                .Distinct().Order());
        Assert.Single(plans, static plan => plan.Count == 0);
    }

    [Fact]
    public void All_of_them_lie_within_the_cut_off_and_in_order_whatever_its_length()
    {
        for (var days = RestrictOptions.MinDays; days <= RestrictOptions.MaxDays; days++)
        {
            var options = new RestrictOptions { Days = days, Seed = (ulong)days };
            for (var cabinet = 0; cabinet < InterruptionPlan.Fates; cabinet++)
            {
                var plan = InterruptionPlan.Of(options, cabinet);
                Assert.Equal(plan.OrderBy(static one => one.AtUtc), plan);
                Assert.All(plan, one => Assert.InRange(one.AtUtc, RestrictOptions.CutUtc, options.EndUtc));
            }
        }
    }

    [Fact]
    public void The_last_clock_ahead_comes_in_the_window_in_which_the_network_comes_back_and_points_behind_it()
    {
        for (var days = RestrictOptions.MinDays; days <= RestrictOptions.MaxDays; days++)
        {
            var options = new RestrictOptions { Days = days };
            var ahead = Assert.Single(InterruptionPlan.Of(options, 1));
            Assert.Equal(InterruptionKind.RebootAhead, ahead.Kind);
            Assert.Equal(WeekOf(options.EndUtc), WeekOf(ahead.AtUtc));
            Assert.True(WeekOf(ahead.AtUtc + InterruptionPlan.Ahead) > WeekOf(options.EndUtc));
        }
    }

    private static DateOnly WeekOf(DateTimeOffset instant) => BusinessWeek.FirstDayOf(BusinessMonth.DayOf(instant));
}
